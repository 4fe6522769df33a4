import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { TapReport } from '../src/model/report/tap/tap-report.ts'
import { median } from '../src/stats/summary.ts'
import type { ClientsOrder, ClientsTally } from './tap-bench/clients.ts'
import { type Between, cpuSeconds, PROXIES, peakMemoryBytes } from './tap-bench/proxies.ts'
import type { SinkTally } from './tap-bench/sink.ts'

// Run by `npm run bench-tap`: the same traffic through tap, socat, nginx, and
// straight, in turns. Prints a row for each, the median of its rounds.

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '200' },
    payload: { type: 'string', default: '32768' },
    megabytes: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    proxies: { type: 'string', default: 'none,tap,socat,nginx' },
  },
})

const payloadBytes = Number(options.payload)

interface Row {
  name: string
  megabytesPerSecond: number
  peakMemoryBytes: number | null
  cpuSecondsPerGigabyte: number | null
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

/** What does not agree: between both sides, and with what the tap says. */
function compareSides(sent: ClientsTally, received: SinkTally, printed: string): string[] {
  const findings: string[] = []
  if (sent.wrong > 0) findings.push(`${sent.wrong} clients got back something else`)
  const [a, b] = [sent.digests, received.digests.filter((digest) => digest !== EMPTY)]
  if (a.toSorted().join() !== b.toSorted().join()) findings.push('other bytes arrived')
  if (printed.startsWith('{')) findings.push(...compareLedger(JSON.parse(printed), sent))
  return findings
}

/** SHA-1 of nothing: the connection that saw that the proxy listens. */
const EMPTY = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'

function compareLedger(report: TapReport, sent: ClientsTally): string[] {
  const messagesOf = (protocol: string): number | undefined =>
    report.protocols.find((each) => each.protocol === protocol)?.messages?.up
  const pairs: [string, number | undefined, number][] = [
    ['bytes up', report.wireBytes.up, sent.bytesUp],
    ['bytes down', report.wireBytes.down, sent.bytesDown],
    ['messages of MQTT', messagesOf('mqtt/3.1.1'), sent.messages.mqtt],
    ['messages of HTTP', messagesOf('http/1.1'), sent.messages.http],
  ]
  return pairs
    .filter(([, said, is]) => said !== is)
    .map(([what, said, is]) => `the ledger says ${said} ${what}, it was ${is}`)
}

async function measure(name: string, sink: ChildProcess, sinkPort: number): Promise<Row> {
  const startProxy = PROXIES[name]
  const proxy: Between | null = startProxy === undefined ? null : await startProxy(sinkPort)
  const clients = startWorker('clients.js')
  try {
    const order: ClientsOrder = {
      port: proxy?.port ?? sinkPort,
      clients: Number(options.clients),
      payloadBytes,
      bytesEach: (Number(options.megabytes) * 1e6) / Number(options.clients),
    }
    const sent = await ask<ClientsTally>(clients, order)
    const bytes = sent.bytesUp + sent.bytesDown
    const received = await ask<SinkTally>(sink, { payloadBytes })
    const figures = proxy === null ? null : [peakMemoryBytes(proxy.pid), cpuSeconds(proxy.pid)]
    const printed = (await proxy?.end()) ?? ''
    return {
      name: proxy?.name ?? 'nothing between',
      megabytesPerSecond: bytes / 1e3 / sent.elapsedMs,
      peakMemoryBytes: figures?.[0] ?? null,
      cpuSecondsPerGigabyte: figures === null ? null : ((figures[1] as number) * 1e9) / bytes,
      findings: compareSides(sent, received, printed),
    }
  } finally {
    clients.disconnect()
    await proxy?.end()
  }
}

const say = (line: string): unknown => process.stdout.write(`${line}\n`)

async function main(): Promise<void> {
  const sink = startWorker('sink.js')
  const [{ port }] = await once(sink, 'message')
  await ask(sink, { payloadBytes })
  const names = options.proxies.split(',')
  const rows: Row[] = []
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const name of names) rows.push(await measure(name, sink, port))
  }
  sink.disconnect()
  say('| between clients and server | MB/s | peak RSS of it, MB | CPU s a GB | bytes |')
  say('|---|---:|---:|---:|---|')
  for (const name of new Set(rows.map((row) => row.name))) {
    const own = rows.filter((row) => row.name === name)
    const of = (figure: (row: Row) => number | null): string => {
      const values = own.map(figure).filter((value) => value !== null)
      return values.length === 0 ? '' : String(median(values).toPrecision(3))
    }
    const findings = [...new Set(own.flatMap((row) => row.findings))]
    say(
      `| ${name} | ${of((row) => row.megabytesPerSecond)} | ${of((row) => (row.peakMemoryBytes === null ? null : row.peakMemoryBytes / 1e6))} | ${of((row) => row.cpuSecondsPerGigabyte)} | ${findings.join('; ') || 'identical'} |`,
    )
    if (findings.length > 0) process.exitCode = 1
  }
}

await main()
