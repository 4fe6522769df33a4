#!/usr/bin/env node
import module from 'node:module'
import { catchSignals } from '../dist/terminal/stop-signals.js'

catchSignals()
// Node 22.1 and later keep what they compiled, from one start to the next.
module.enableCompileCache?.()
const { main } = await import('../dist/cli.js')
await main(process.argv.slice(2))
// All is written and stored. A timer or socket that some library has left must not keep the
// process; where there is none, it ends before this.
setTimeout(() => process.exit(), 2_000).unref()
