import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { TapReport } from '../src/model/report/tap/tap-report.ts'
import { median } from '../src/stats/summary.ts'
import type { ClientsOrder, ClientsTally } from './tap-bench/clients.ts'
import { type Between, cpuSeconds, PROXIES, peakMemoryBytes } from './tap-bench/proxies.ts'
import type { SinkTally } from './tap-bench/sink.ts'

// Run by `npm run bench-tap`: the same traffic through tap, a bare relay of Node, socat,
// nginx, and straight, in turns, for each size and number of connections. First round
// trips, of clients that wait for each answer; then as much as goes through. Prints a row
// for each, the median of its rounds.

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '1,100' },
    payload: { type: 'string', default: '16,1024,65536' },
    /** Of load, for each size; one for all, or one each. */
    megabytes: { type: 'string', default: '20,150,1000' },
    'round-trips': { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
    proxies: { type: 'string', default: 'none,tap,relay,socat,nginx' },
  },
})

interface Cell {
  clients: number
  payloadBytes: number
  loadBytes: number
}

interface Row {
  cell: Cell
  name: string
  megabytesPerSecond: number
  messagesPerSecond: number
  p50Us: number
  p99Us: number
  peakMemoryBytes: number | null
  /** Without the start of the program. */
  cpuSecondsPerGigabyte: number | null
  /** Of all that crossed, what the tap has in its ledger. */
  readShare: number | null
  findings: string[]
}

const startWorker = (name: string): ChildProcess =>
  fork(fileURLToPath(new URL(`./tap-bench/${name}`, import.meta.url)))

async function ask<T>(worker: ChildProcess, question: object): Promise<T> {
  const answered = once(worker, 'message')
  worker.send(question)
  const [answer] = await answered
  if ('error' in answer) throw new Error(answer.error)
  return answer as T
}

const sumOf = (tallies: readonly ClientsTally[], of: (tally: ClientsTally) => number): number =>
  tallies.reduce((sum, tally) => sum + of(tally), 0)
const bytesOf = (tallies: readonly ClientsTally[]): number =>
  sumOf(tallies, ({ bytesUp, bytesDown }) => bytesUp + bytesDown)

/** What does not agree: between both sides, and with what the tap says. */
function compareSides(sent: ClientsTally[], received: SinkTally, report: TapReport | null) {
  const findings: string[] = []
  const wrong = sumOf(sent, (tally) => tally.wrong)
  if (wrong > 0) findings.push(`${wrong} clients got back something else`)
  const a = sent.flatMap(({ digests }) => digests)
  const b = received.digests.filter((digest) => digest !== EMPTY)
  if (a.toSorted().join() !== b.toSorted().join()) findings.push('other bytes arrived')
  if (report !== null) findings.push(...compareLedger(report, sent))
  return findings
}

/** SHA-1 of nothing: the connection that saw that the proxy listens. */
const EMPTY = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'

const unreadOf = ({ protocols }: TapReport): number =>
  protocols.flatMap(({ unread }) => unread).reduce((sum, { bytes }) => sum + bytes, 0)

function compareLedger(report: TapReport, sent: ClientsTally[]): string[] {
  const messagesOf = (protocol: string): number =>
    report.protocols.find((each) => each.protocol === protocol)?.messages?.up ?? 0
  const passed: [string, number, number][] = [
    ['bytes up', report.wireBytes.up, sumOf(sent, ({ bytesUp }) => bytesUp)],
    ['bytes down', report.wireBytes.down, sumOf(sent, ({ bytesDown }) => bytesDown)],
  ]
  const read: typeof passed = [
    ['messages of MQTT', messagesOf('mqtt/3.1.1'), sumOf(sent, ({ messages }) => messages.mqtt)],
    ['messages of HTTP', messagesOf('http/1.1'), sumOf(sent, ({ messages }) => messages.http)],
  ]
  return [...passed, ...(unreadOf(report) === 0 ? read : [])]
    .filter(([, said, is]) => said !== is)
    .map(([what, said, is]) => `the tap says ${said} ${what}, it was ${is}`)
}

interface Sink {
  worker: ChildProcess
  port: number
}

async function measure(name: string, sink: Sink, cell: Cell): Promise<Row> {
  const { clients, payloadBytes, loadBytes } = cell
  await ask(sink.worker, { payloadBytes })
  const startProxy = PROXIES[name]
  const proxy: Between | null = startProxy === undefined ? null : await startProxy(sink.port)
  const worker = startWorker('clients.js')
  try {
    const roundTripBytes = Number(options['round-trips']) * 2 * (payloadBytes + 80)
    const order = (kind: ClientsOrder['kind'], bytes: number): ClientsOrder => ({
      ...{ kind, clients, payloadBytes, bytesEach: bytes / clients },
      port: proxy?.port ?? sink.port,
    })
    const cpuBefore = proxy === null ? 0 : cpuSeconds(proxy.pid)
    const timed = await ask<ClientsTally>(
      worker,
      order('roundTrips', Math.min(roundTripBytes, loadBytes / 4)),
    )
    const loaded = await ask<ClientsTally>(worker, order('load', loadBytes))
    const sent = [timed, loaded]
    const received = await ask<SinkTally>(sink.worker, { payloadBytes })
    const cpu = proxy === null ? null : cpuSeconds(proxy.pid) - cpuBefore
    const memory = proxy === null ? null : peakMemoryBytes(proxy.pid)
    const printed = (await proxy?.end()) ?? ''
    const report = printed.startsWith('{') ? (JSON.parse(printed) as TapReport) : null
    const { mqtt, http } = loaded.messages
    return {
      cell,
      name: proxy?.name ?? 'nothing',
      megabytesPerSecond: bytesOf([loaded]) / 1e3 / loaded.elapsedMs,
      messagesPerSecond: ((mqtt + http) * 1e3) / loaded.elapsedMs,
      p50Us: timed.roundTripUs?.p50 ?? 0,
      p99Us: timed.roundTripUs?.p99 ?? 0,
      peakMemoryBytes: memory,
      cpuSecondsPerGigabyte: cpu === null ? null : (cpu * 1e9) / bytesOf(sent),
      readShare: report === null ? null : 1 - unreadOf(report) / bytesOf(sent),
      findings: compareSides(sent, received, report),
    }
  } finally {
    worker.disconnect()
    await proxy?.end()
  }
}

const say = (line: string): unknown => process.stdout.write(`${line}\n`)

const HEAD = [
  '| messages | connections | between clients and server | MB/s | messages/s | added to a round trip, p50 µs | p99 µs | CPU s a GB | peak RSS, MB | read | bytes |',
  '|---|--:|---|--:|--:|--:|--:|--:|--:|--:|---|',
]
const sizeName = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KiB`)

/** A line for each proxy of one cell; what nothing between them takes is what others add to. */
function tell(cell: Cell, rows: readonly Row[]): void {
  const medianOf = (own: readonly Row[], figure: (row: Row) => number | null): number | null => {
    const values = own.map(figure).filter((value) => value !== null)
    return values.length === 0 ? null : median(values)
  }
  const straight = rows.filter(({ name }) => name === 'nothing')
  for (const name of new Set(rows.map((row) => row.name))) {
    const own = rows.filter((row) => row.name === name)
    const of = (figure: (row: Row) => number | null, digits = 3): string => {
      const value = medianOf(own, figure)
      return value === null ? '' : String(Number(value.toPrecision(digits)))
    }
    const added = (figure: (row: Row) => number): string => {
      const [value, base] = [medianOf(own, figure), medianOf(straight, figure)]
      if (value === null) return ''
      return name === 'nothing' || base === null
        ? `(${value.toFixed(0)})`
        : (value - base).toFixed(0)
    }
    const findings = [...new Set(own.flatMap((row) => row.findings))]
    const read = medianOf(own, (row) => row.readShare)
    say(
      `| ${[
        ...[sizeName(cell.payloadBytes), cell.clients, name],
        of((row) => row.megabytesPerSecond),
        of((row) => row.messagesPerSecond),
        added((row) => row.p50Us),
        added((row) => row.p99Us),
        of((row) => row.cpuSecondsPerGigabyte),
        of((row) => row.peakMemoryBytes && row.peakMemoryBytes / 1e6),
        read === null ? '' : `${(read * 100).toFixed(0)} %`,
        findings.join('; ') || 'identical',
      ].join(' | ')} |`,
    )
    if (findings.length > 0) process.exitCode = 1
  }
}

const numbersOf = (list: string): number[] => list.split(',').map(Number)

async function main(): Promise<void> {
  const worker = startWorker('sink.js')
  const [{ port }] = await once(worker, 'message')
  const sink = { worker, port }
  const megabytes = numbersOf(options.megabytes)
  for (const line of HEAD) say(line)
  for (const [index, payloadBytes] of numbersOf(options.payload).entries()) {
    for (const clients of numbersOf(options.clients)) {
      const loadBytes = (megabytes[index] ?? (megabytes[0] as number)) * 1e6
      const cell = { clients, payloadBytes, loadBytes }
      const rows: Row[] = []
      for (let round = 0; round < Number(options.rounds); round += 1) {
        for (const name of options.proxies.split(',')) rows.push(await measure(name, sink, cell))
      }
      tell(cell, rows)
    }
  }
  worker.disconnect()
}

await main()
