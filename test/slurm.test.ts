import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { describe, expect, it } from 'vitest'
import type { LoadRun } from '../src/model/report/load-result.ts'
import type { Report } from '../src/model/report/report.ts'
import { hasTool, readReport, root, runCommand } from './support/command.ts'
import { ownMosquitto } from './support/own-mosquitto.ts'
import { ownSlurm } from './support/own-slurm.ts'
import { startNginx } from './support/programs.ts'

const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'mosquitto', 'nginx']
const canStart = process.getuid?.() === 0 && PROGRAMS.map(hasTool).every(Boolean)

const PARTS = 3
const RATE = 90
const COMMAND = join(import.meta.dirname, '..', 'bin', 'mqtt-vs-http.js')

const runsOf = ({ cells }: Report): LoadRun[] =>
  cells.flatMap((cell) => (cell.status === 'skipped' ? [] : (cell.load?.runs ?? [])))

const stretchesIn = ({ stretches }: LoadRun) => stretches

describe.skipIf(!canStart)('a job array of Slurm on two nodes', () => {
  // Parts that a busy machine has ready after their instant did not run at one time: then once more, begun further ahead.
  let attempt = 0
  it('is one load: rates, client ids and counts are those of the server', {
    retry: 2,
    timeout: 180_000,
  }, async () => {
    attempt += 1
    await using slurm = await ownSlurm()
    await using mosquitto = await ownMosquitto(['sys_interval 1', 'log_type all'])
    await using nginx = await startNginx()
    await slurm.wouldTake(join(root, 'docs', 'load', 'fleet.sh'))
    const counted = await countedBy(mosquitto.port)
    const load = (transport: string, to: string, startAt: string, ...more: string[]) => [
      ...[process.execPath, COMMAND, 'run', 'json', '-t', transport, ...to.split(' ')],
      ...['--part', 'auto', '--start-at', startAt, '--rate', String(RATE), '--connections', '10'],
      ...['--clients', 'bare', '--duration', '3s', ...more],
    ]
    const startAt = new Date(Date.now() + attempt * 12_000).toISOString()
    const overHttp = `--http-url http://127.0.0.1:${nginx.port}/sensors`
    const overMqtt = `--mqtt-url mqtt://127.0.0.1:${mosquitto.port}`
    const [http, mqtt] = await Promise.all([
      slurm.array('http', PARTS, load('http1', overHttp, startAt)),
      slurm.array('mqtt', PARTS, load('mqtt-qos1', overMqtt, startAt)),
    ])
    for (const [name, parts] of Object.entries({ http, mqtt })) {
      const merged = join(slurm.folder, `${name}-merged`)
      const { code, stderr } = await runCommand(['report', '--merge', ...parts, '--out', merged])
      expect(code, stderr).toBe(0)
      const report = readReport(merged)
      // Both sides have the clock of this machine, and the server tells whole seconds.
      for (const { aheadOfServerMs } of parts
        .map(readReport)
        .flatMap(runsOf)
        .flatMap(stretchesIn)) {
        if (name === 'mqtt') expect(aheadOfServerMs).toBeUndefined()
        else {
          expect(aheadOfServerMs).toBeGreaterThanOrEqual(0)
          expect(aheadOfServerMs).toBeLessThan(1_000)
        }
      }
      expect(report.merged?.map(({ part }) => part)).toEqual([1, 2, 3])
      const [run] = runsOf(report)
      const [stretch] = run?.stretches ?? []
      expect(run?.connections).toBe(10)
      expect(stretch?.completed).toBe(RATE * 3)
      expect(Math.abs((stretch?.offeredPerS ?? 0) / RATE - 1)).toBeLessThan(0.01)
      expect(Math.abs((stretch?.messagesPerS ?? 0) / RATE - 1)).toBeLessThan(0.01)
      const sent = (run?.warmUp?.sent ?? Number.NaN) + (stretch?.sent ?? Number.NaN)
      if (name === 'http') expect(nginx.posts()).toBe(sent)
      else await expect.poll(counted.messages, { timeout: 20_000 }).toBe(sent)
    }
    await counted.end()
    const ids = [...mosquitto.said().matchAll(/as (\S+-w\d\dc\d{5}) /g)].map(([, id]) => id)
    expect(ids).toHaveLength(10)
    expect(new Set(ids).size).toBe(10)
    // One that is killed while it waits for its instant leaves a report that is none of the whole.
    const later = new Date(Date.now() + attempt * 7_000).toISOString()
    let killing: Promise<unknown> | null = null
    const killed = await slurm.array('cut', PARTS, load('http1', overHttp, later), (job) => {
      const waiting = expect
        .poll(() => readReport(join(slurm.folder, 'cut-2')).partial, { timeout: 20_000 })
        .toBe(true)
      killing = waiting.then(() => slurm.kill(`${job}_2`))
    })
    await killing
    const cut = await runCommand(['report', '--merge', ...killed])
    expect(cut.code).toBe(3)
    expect(cut.stdout).toContain('part 2 was cut short')
    const missing = await runCommand(['report', '--merge', ...http.slice(0, 2)])
    expect(missing.code).toBe(3)
    expect(missing.stdout).toContain('of 3 parts 3 is missing')
  })
})

/** What a broker itself says that it has received. */
async function countedBy(port: number) {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'counter' })
  let messages = 0
  client.on('message', (_, payload) => {
    messages = Number(payload.toString())
  })
  await client.subscribeAsync('$SYS/broker/publish/messages/received')
  return { messages: () => messages, end: () => client.endAsync() }
}
