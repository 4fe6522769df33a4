import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startMosquitto } from '../src/transports/mqtt/mosquitto-process.ts'
import { hasTool, root } from './support/command.ts'
import { runProgram } from './support/programs.ts'
import { startTap } from './support/tap.ts'

const PATH = join(root, 'docs', 'tap.md')
const BLOCK = /```text\n([\s\S]*?)```/

/** Ports and times differ from run to run, and not in width. */
const withoutVarying = (text: string): string =>
  text.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT').replace(/^[\d.]+ s;/m, 'TIME;')

it.skipIf(!hasTool('mosquitto') || !hasTool('mosquitto_pub'))(
  'docs/tap.md has what the command prints',
  async () => {
    await using broker = await startMosquitto('127.0.0.1', AbortSignal.timeout(20_000))
    await using tap = await startTap(broker.port, ['--connections', '4'])
    const common = ['-p', String(tap.port), '-V', 'mqttv311', '-q', '1', '-i', 'sensor-0001']
    for (const topic of ['sensors/tem0', 'sensors/tem1', 'sensors/tem2']) {
      const message = ['-t', topic, '-m', '{ "temp": 25 }', '-r']
      await runProgram('mosquitto_pub', [...common, ...message])
    }
    await runProgram('mosquitto_sub', [...common, '-t', 'sensors/+', '-C', '3'])
    const { stdout } = await tap.end('SIGWINCH')
    const docs = readFileSync(PATH, 'utf8')
    if (process.env.UPDATE_GOLDEN === '1') {
      const shown = stdout.replace(/^tap .*/, 'tap 127.0.0.1:1884 → 127.0.0.1:1883')
      writeFileSync(PATH, docs.replace(BLOCK, `\`\`\`text\n${shown}\`\`\``))
    }
    const [, shown = ''] = BLOCK.exec(readFileSync(PATH, 'utf8')) ?? []
    expect(withoutVarying(shown)).toBe(withoutVarying(stdout))
  },
)
