#!/usr/bin/env node
await import('../dist/cli.js').then(({ main }) => main(process.argv.slice(2)))
