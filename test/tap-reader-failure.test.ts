import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { saidText } from '../src/model/said/said.ts'
import { runTap } from '../src/tap/tap.ts'
import { checkAgainst } from '../src/tap/tap-book.ts'
import { closingOf, dialTcp, serveTcp } from './support/tap.ts'

const CONNECT = Buffer.from('100c00044d5154540402003c0000', 'hex')
const PUBLISH = Buffer.from('30050001746869', 'hex')

it.each<[string, string, (reader: Worker) => void]>([
  ['is terminated', 'its thread has ended', (reader) => void reader.terminate()],
  ['throws', 'DataView', (reader) => reader.postMessage({ memory: null, length: 1 })],
])(
  'where the thread that reads %s, the tap goes on, and the report says what was not read',
  async (_how, reason, kill) => {
    using server = await serveTcp((socket) => socket.pipe(socket))
    const born = once(process, 'worker') as Promise<[Worker]>
    const ending = new AbortController()
    const remarks: string[] = []
    let listen = (_port: number): void => undefined
    const listening = new Promise<number>((resolve) => {
      listen = resolve
    })
    let tell = (): void => undefined
    const read = new Promise<void>((resolve) => {
      tell = resolve
    })
    const tapped = runTap(
      {
        ...{ listen: { address: '127.0.0.1', port: 0 }, connections: null, forMs: null },
        target: { address: '127.0.0.1', port: server.port },
        ...{
          carrier: 'tcp',
          capture: null,
          rotation: null,
          meter: null,
          only: { host: null, protocol: null },
        },
      },
      {
        ...{ signal: ending.signal, reader: 'thread', reportEveryMs: 20 },
        onListening: (place) => listen(Number(place.split(':').at(-1))),
        onReport: ({ protocols }) => {
          if (protocols.some(({ messages }) => messages?.up === 1 && messages.down === 1)) tell()
        },
        onRemark: (remark) => remarks.push(saidText(remark)),
      },
    )
    const [reader] = await born
    const client = dialTcp(await listening)
    let echoed = Buffer.alloc(0)
    const echoOf = async (bytes: Buffer): Promise<void> => {
      client.write(bytes)
      const until = echoed.length + bytes.length
      while (echoed.length < until)
        echoed = Buffer.concat([echoed, (await once(client, 'data'))[0]])
    }
    await echoOf(Buffer.concat([CONNECT, PUBLISH]))
    await read
    // `once` would reject with the error that comes first.
    const gone = new Promise((resolve) => reader.once('exit', resolve))
    kill(reader)
    await echoOf(PUBLISH)
    await gone
    await echoOf(PUBLISH)
    client.end()
    await closingOf(client)
    ending.abort()
    const report = await tapped
    const sent = Buffer.concat([CONNECT, PUBLISH, PUBLISH, PUBLISH])
    expect(echoed.equals(sent)).toBe(true)
    expect(report).toMatchObject({
      ending: 'signal',
      wireBytes: { up: sent.length, down: sent.length },
      connections: { accepted: 1, closed: 1, open: 0 },
    })
    checkAgainst(report.wireBytes, report.protocols)
    const unread = report.protocols.find(({ protocol }) => protocol === 'unread')
    const bytes = 2 * PUBLISH.length
    const why = expect.stringMatching(`^reading it failed: .*${reason}`)
    expect(unread?.unread).toMatchObject([
      { direction: 'up', bytes, reason: why },
      { direction: 'down', bytes, reason: why },
    ])
    expect(remarks).toContainEqual(
      expect.stringMatching(`not read any more, and passed on all the same: .*${reason}`),
    )
  },
)
