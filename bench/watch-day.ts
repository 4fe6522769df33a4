/**
 * `npm run watch-day`: a day of a tap that stays, compressed. Short connections of MQTT,
 * one after the other in a few lanes, through `tap --metrics --rotate` on loopback, while
 * its figures are scraped. Fails where memory grows, where the sums at both ends, of the
 * report and of all its periods are not the same, or where a scrape takes too long.
 *
 *   node --import tsx bench/watch-day.ts --connections 200000 --gigabytes 20
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
    const { stdout } = await run('curl', ['-s', '-w', '\n%{time_total}', url])
    const [text, time] = stdout.split(/\n(?=[\d.]+$)/)
    scrapes.push(Number(time) * 1e3)
    rss.push(Number(/^process_resident_memory_bytes (\S+)$/m.exec(text ?? '')?.[1]))
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

let left = connections
async function lane(): Promise<void> {
  while (left > 0) {
    left -= 1
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

const problems: string[] = []
function expectEqual(what: string, is: number, asked: number): void {
  if (is !== asked) problems.push(`${what}: ${is}, but ${asked} was expected`)
}
expectEqual('bytes up that the server saw', whole.wireBytes.up, seen.server)
expectEqual('bytes up that were sent', whole.wireBytes.up, connections * (14 + said.length))
expectEqual('bytes down that clients saw', whole.wireBytes.down, seen.client)
expectEqual('connections closed', whole.connections.closed, connections)
for (const direction of ['up', 'down'] as const) {
  const sum = total(periods.map(({ wireBytes }) => wireBytes[direction]))
  expectEqual(`bytes ${direction} of all periods`, sum, whole.wireBytes[direction])
}
expectEqual('ledgers of all periods', total(periods.map(ledgerOf)), ledgerOf(whole))
const closed = total(periods.map((period) => period.connections.closed))
expectEqual('connections closed of all periods', closed, whole.connections.closed)
const growth = quarter(3) / quarter(1) - 1
if (Math.abs(growth) > MOST_GROWTH) problems.push(`memory went by ${(growth * 100).toFixed(1)} %`)
const slowest = Math.max(...scrapes)
if (slowest > MOST_SCRAPE_MS) problems.push(`a scrape took ${slowest.toFixed(1)} ms`)

const late = scrapes.toSorted((a, b) => a - b)[Math.floor(scrapes.length * 0.99)] ?? 0
process.stdout.write(
  `${[
    `${connections} connections, ${((seen.server + seen.client) / 1e9).toFixed(2)} GB in ${seconds.toFixed(1)} s: ${((seen.server + seen.client) / 1e6 / seconds).toFixed(1)} MB/s`,
    `${unreadOf(whole)} bytes came faster than they could be read`,
    `${periods.length} periods`,
    `RSS by quarter: ${[0, 1, 2, 3].map((index) => `${(quarter(index) / 1e6).toFixed(1)} MB`).join(', ')}`,
    `${scrapes.length} scrapes: median ${(scrapes.toSorted((a, b) => a - b)[Math.floor(scrapes.length / 2)] ?? 0).toFixed(1)} ms, 99 % ${late.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms`,
    ...(problems.length === 0 ? ['all of it holds'] : problems),
  ].join('\n')}\n`,
)
rmSync(out, { recursive: true })
if (problems.length > 0) process.exitCode = 1
