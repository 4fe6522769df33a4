/**
 * `npm run watch-day`: a day of a tap that stays, compressed. Short connections of MQTT,
 * one after the other in a few lanes, through `tap --metrics --rotate` on loopback, while
 * its figures are scraped. Fails where memory grows, where the sums at both ends, of the
 * report and of all its periods are not the same, or where a scrape takes too long.
 *
 *   node --import tsx bench/watch-day.ts --connections 200000 --gigabytes 20 --pace 40
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs, promisify } from 'node:util'

const { values } = parseArgs({
  options: {
    connections: { type: 'string', default: '200000' },
    gigabytes: { type: 'string', default: '20' },
    lanes: { type: 'string', default: '20' },
    /** Megabytes a second, so that what crosses can be read too; 0 as fast as it goes. */
    pace: { type: 'string', default: '40' },
    rotate: { type: 'string', default: '100MB' },
  },
})
const run = promisify(execFile)
const connections = Number(values.connections)
const lanes = Number(values.lanes)
const MOST_SCRAPE_MS = 50
const MOST_GROWTH = 0.05
const PAYLOAD_BYTES = 1024

const CONNECT = Buffer.from('100c00044d5154540402003c0000', 'hex')
const CONNACK = Buffer.from('20020000', 'hex')
const DISCONNECT = Buffer.from('e000', 'hex')
const publish = Buffer.concat([
  Buffer.from([0x30, 0x8e, 0x08]),
  Buffer.from('000c706c616e742f372f74656d70', 'hex'),
  Buffer.alloc(PAYLOAD_BYTES, 0x78),
])
const messages = Math.max(
  1,
  Math.round((Number(values.gigabytes) * 1e9) / connections / publish.length),
)
const said = Buffer.concat([...Array<Buffer>(messages).fill(publish), DISCONNECT])

const seen = { server: 0, client: 0 }
const server = createServer({ noDelay: true }, (socket: Socket) => {
  socket.once('data', () => socket.write(CONNACK))
  socket.on('data', (chunk) => {
    seen.server += chunk.length
  })
  socket.on('error', () => undefined)
})
server.listen({ host: '127.0.0.1', port: 0, backlog: 512 })
await once(server, 'listening')
const target = (server.address() as AddressInfo).port

const out = mkdtempSync(join(tmpdir(), 'watch-day-'))
const tap = spawn(
  process.execPath,
  [
    ...['bin/mqtt-vs-http.js', 'tap', '--listen', '0', '--to', `127.0.0.1:${target}`],
    ...['--metrics', '0', '--topics', 'plant/+/temp', '--rotate', values.rotate, '--out', out],
  ],
  { stdio: ['ignore', 'ignore', 'pipe'] },
)
let stderr = ''
const places = new Promise<[number, string]>((resolve) => {
  tap.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
    const port = /tap listens on 127\.0\.0\.1:(\d+) /.exec(stderr)?.[1]
    const url = /(http:\S+\/metrics)/.exec(stderr)?.[1]
    if (port !== undefined && url !== undefined) resolve([Number(port), url])
  })
})
const [port, url] = await places

async function converse(): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  socket.write(CONNECT)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  seen.client += answer.length
  socket.on('data', (chunk) => {
    seen.client += chunk.length
  })
  socket.end(said)
  await once(socket, 'close')
}

const rss: number[] = []
const scrapes: number[] = []
let state: 'driving' | 'done' = 'driving'
async function watch(): Promise<void> {
  while (state === 'driving') {
    // By a process of its own: this one is busy with what it sends.
    const { stdout } = await run('curl', ['-s', '-m', '30', '-w', '\n%{time_total}', url])
    const [text, time] = stdout.split(/\n(?=[\d.]+$)/)
    scrapes.push(Number(time) * 1e3)
    rss.push(Number(/^process_resident_memory_bytes (\S+)$/m.exec(text ?? '')?.[1]))
    if (scrapes.length % 40 === 0) tellProgress()
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

let left = connections
function tellProgress(): void {
  const share = (100 * (connections - left)) / connections
  process.stderr.write(
    `${share.toFixed(0)} %, RSS ${((rss.at(-1) ?? 0) / 1e6).toFixed(0)} MB, last scrape ${scrapes.at(-1)?.toFixed(1)} ms\n`,
  )
}
const pace = Number(values.pace)
async function lane(): Promise<void> {
  while (left > 0) {
    left -= 1
    const dueMs = pace === 0 ? 0 : ((connections - left) * said.length) / pace / 1e3
    const earlyMs = dueMs - (performance.now() - began)
    if (earlyMs > 1) await new Promise((resolve) => setTimeout(resolve, earlyMs))
    await converse()
  }
}
const began = performance.now()
const watching = watch()
await Promise.all(Array.from({ length: lanes }, lane))
state = 'done'
await watching
const seconds = (performance.now() - began) / 1e3

const ended = once(tap, 'close')
tap.kill('SIGINT')
await ended
server.close()

interface Stored {
  wireBytes: { up: number; down: number }
  connections: { accepted: number; closed: number }
  protocols: {
    messages: { up: number } | null
    ledger: { bytes: number }[]
    unread: { bytes: number }[]
  }[]
}
const read = (folder: string): Stored =>
  JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))
const whole = read(out)
const periods = readdirSync(join(out, 'periods')).map((name) => read(join(out, 'periods', name)))
const total = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0)
const ledgerOf = ({ protocols }: Stored): number =>
  total(protocols.flatMap(({ ledger, unread }) => [...ledger, ...unread].map((e) => e.bytes)))
const unreadOf = ({ protocols }: Stored): number =>
  total(protocols.flatMap(({ unread }) => unread.map(({ bytes }) => bytes)))
const mean = (list: readonly number[]): number => total(list) / list.length
const quarter = (index: number): number =>
  mean(rss.slice((rss.length * index) / 4, (rss.length * (index + 1)) / 4))

const verdicts: { holds: boolean; line: string }[] = []
const hold = (holds: boolean, line: string): unknown => verdicts.push({ holds, line })
function expectEqual(what: string, is: number, asked: number): void {
  hold(is === asked, `${what}: ${is}${is === asked ? '' : `, but ${asked} was expected`}`)
}
expectEqual('bytes up that the server saw', whole.wireBytes.up, seen.server)
expectEqual('bytes up that were sent', whole.wireBytes.up, connections * (14 + said.length))
expectEqual('bytes down that clients saw', whole.wireBytes.down, seen.client)
expectEqual('bytes in ledgers or unread', ledgerOf(whole), seen.server + seen.client)
expectEqual('connections closed', whole.connections.closed, connections)
for (const direction of ['up', 'down'] as const) {
  const sum = total(periods.map(({ wireBytes }) => wireBytes[direction]))
  expectEqual(
    `bytes ${direction} of all ${periods.length} periods`,
    sum,
    whole.wireBytes[direction],
  )
}
expectEqual('ledgers of all periods', total(periods.map(ledgerOf)), ledgerOf(whole))
const closed = total(periods.map((period) => period.connections.closed))
expectEqual('connections closed of all periods', closed, whole.connections.closed)
const growth = quarter(3) / quarter(1) - 1
const quarters = [0, 1, 2, 3].map((index) => `${(quarter(index) / 1e6).toFixed(1)} MB`).join(', ')
hold(
  Math.abs(growth) <= MOST_GROWTH,
  `RSS by quarter: ${quarters}; the last against the second ${(growth * 100).toFixed(1)} %, at most ${MOST_GROWTH * 100} % asked`,
)
const sorted = scrapes.toSorted((a, b) => a - b)
const slowest = sorted.at(-1) ?? Number.POSITIVE_INFINITY
const shareOf = (share: number): string =>
  (sorted[Math.floor(sorted.length * share)] ?? slowest).toFixed(1)
hold(
  slowest <= MOST_SCRAPE_MS,
  `${sorted.length} scrapes: median ${shareOf(0.5)} ms, 99 % ${shareOf(0.99)} ms, slowest ${slowest.toFixed(1)} ms, at most ${MOST_SCRAPE_MS} ms asked`,
)
const passed = seen.server + seen.client
const holdsAll = verdicts.every(({ holds }) => holds)
process.stdout.write(
  `${[
    `${connections} connections, ${(passed / 1e9).toFixed(2)} GB in ${seconds.toFixed(1)} s: ${(passed / 1e6 / seconds).toFixed(1)} MB/s${pace === 0 ? '' : ` (${pace} asked)`}`,
    `${((1 - unreadOf(whole) / passed) * 100).toFixed(1)} % read; ${unreadOf(whole)} bytes came faster`,
    ...verdicts.map(({ holds, line }) => `${holds ? 'holds      ' : 'FALLS SHORT'} ${line}`),
    holdsAll ? 'all of it holds' : 'not all of it holds',
  ].join('\n')}\n`,
)
rmSync(out, { recursive: true })
if (!holdsAll) process.exitCode = 1
