#!/usr/bin/env node
import { catchSignals } from '../dist/terminal/stop-signals.js'

catchSignals()
const { main } = await import('../dist/cli.js')
await main(process.argv.slice(2))
