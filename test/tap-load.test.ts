import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { ClientsTally } from '../bench/tap-bench/clients.ts'
import type { SinkTally } from '../bench/tap-bench/sink.ts'
import { root } from './support/command.ts'
import { peakMemoryBytes, startTap } from './support/tap.ts'

const CLIENTS = 50
const PAYLOAD_BYTES = 32 * 1024

const startWorker = (name: string): ChildProcess =>
  fork(join(root, 'bench', 'tap-bench', `${name}.ts`), { execArgv: ['--import', 'tsx'], cwd: root })

async function ask<T>(worker: ChildProcess, question: object): Promise<T> {
  const answered = once(worker, 'message')
  worker.send(question)
  return (await answered)[0] as T
}

/** `npm run bench-tap` is the large one, beside socat and nginx. */
it('passes 20 MB of 50 clients on unchanged, counts all of it, and stays small', async () => {
  const [sink, clients] = [startWorker('sink'), startWorker('clients')]
  try {
    const [{ port }] = await once(sink, 'message')
    await ask(sink, { payloadBytes: PAYLOAD_BYTES })
    await using tap = await startTap(port, ['--connections', String(CLIENTS)])
    const size = { payloadBytes: PAYLOAD_BYTES, bytesEach: 4e5 }
    const order = { port: tap.port, clients: CLIENTS, ...size, kind: 'load' }
    const sent = await ask<ClientsTally>(clients, order)
    const received = await ask<SinkTally>(sink, { payloadBytes: PAYLOAD_BYTES })
    expect(sent.wrong).toBe(0)
    expect(received.digests.toSorted()).toEqual(sent.digests.toSorted())
    expect(sent.bytesUp + sent.bytesDown).toBeGreaterThan(19e6)
    if (process.platform === 'linux') expect(peakMemoryBytes(tap.pid)).toBeLessThan(200e6)
    const { report, code } = await tap.end('SIGWINCH')
    expect(code).toBe(0)
    expect(report.wireBytes).toEqual({ up: sent.bytesUp, down: sent.bytesDown })
    expect(report.connections).toMatchObject({ accepted: CLIENTS, closed: CLIENTS, broken: 0 })
    const of = (name: string) => report.protocols.find(({ protocol }) => protocol === name)
    expect(of('mqtt/3.1.1')?.messages).toEqual({ up: sent.messages.mqtt, down: 0 })
    expect(of('http/1.1')?.messages).toEqual({ up: sent.messages.http, down: 0 })
    expect(report.protocols.flatMap(({ unread }) => unread)).toEqual([])
  } finally {
    sink.kill()
    clients.kill()
  }
})
