import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './command.ts'
import { freePort } from './programs.ts'

/**
 * A Mosquitto that the test may kill.
 * @param settings further lines of its configuration
 * @param chosenPort where it is started again; any that is free if left out
 */
export async function ownMosquitto(settings: readonly string[] = [], chosenPort?: number) {
  const folder = temporaryFolder()
  const port = chosenPort ?? (await freePort())
  const file = join(folder.path, 'mosquitto.conf')
  const lines = [`listener ${port} 127.0.0.1`, 'allow_anonymous true', ...settings]
  writeFileSync(file, lines.join('\n'))
  const broker = spawn('mosquitto', ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(broker, 'close')
  let said = ''
  await new Promise<void>((resolve, reject) => {
    broker.stderr.on('data', (chunk: Buffer) => {
      said += chunk
      if (/running/.test(said)) resolve()
    })
    broker.once('close', () => reject(new Error(`mosquitto did not start: ${said}`)))
  })
  return {
    ...{ port, ended },
    /** What it wrote to its standard error. */
    said: () => said,
    kill: (signal: NodeJS.Signals) => broker.kill(signal),
    async [Symbol.asyncDispose]() {
      broker.kill('SIGKILL')
      await ended
      folder[Symbol.dispose]()
    },
  }
}
