#!/usr/bin/env node
/** In place of Mosquitto: says that it runs, and is killed by its first connection. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const VERSION = 'mosquitto version 2.0.0'
if (process.argv.includes('-h')) process.stdout.write(`${VERSION}\n`)
else {
  const settings = readFileSync(process.argv.at(-1), 'utf8')
  const [, port, host] = /^listener (\d+) (\S+)$/m.exec(settings)
  createServer(() => process.kill(process.pid, 'SIGKILL')).listen(Number(port), host, () =>
    process.stderr.write(`${VERSION} running\n`),
  )
}
