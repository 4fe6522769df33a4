#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'
import { fileURLToPath } from 'node:url'

if (existsSync(new URL('../dist/cli.js', import.meta.url))) await start()
else refuse()

async function start() {
  const { catchSignals } = await import('../dist/terminal/stop-signals.js')
  catchSignals()
  // Node 22.1 and later keep what they compiled, from one start to the next.
  module.enableCompileCache?.()
  const { main } = await import('../dist/cli.js')
  await main(process.argv.slice(2))
  // All is written and stored. A timer or socket that some library has left must not keep the
  // process; where there is none, it ends before this.
  setTimeout(() => process.exit(), 2_000).unref()
}

/** A clone that was not built, or that could not be. */
function refuse() {
  const root = fileURLToPath(new URL('..', import.meta.url))
  process.stderr.write(
    `error: ${root} is a clone that is not built; whoever may write to it runs there: npm ci && npm run build\n`,
  )
  process.exitCode = 2
}
