import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { generate, type Packet } from 'mqtt-packet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TappedLink } from '../src/load/passes/tapped-path.ts'
import type { InstrumentError } from '../src/model/errors.ts'
import type { Cell, FirstMessage, Report } from '../src/model/report/report.ts'
import { saidText } from '../src/model/said/said.ts'
import type { ByteTotals } from '../src/model/wire/ledger.ts'
import { FIRST_FAILURE, MQTT5_REASONS } from '../src/model/wire/mqtt-reasons.ts'
import { Deadline } from '../src/system/deadline.ts'
import { mqtt5Qos1, mqtt5Qos2 } from '../src/transports/mqtt/mqtt5.ts'
import { loadTransport } from '../src/transports/registry.ts'
import { Authority, type CertificateFiles } from './support/certificates.ts'
import {
  BYTES_ONLY,
  hasTool,
  readCsv,
  readReport,
  runCommand,
  temporaryFolder,
} from './support/command.ts'
import { LoopbackCapture } from './support/loopback-capture.ts'
import { openBroker, SCENARIO } from './support/mqtt-load.ts'
import { countOpened, countPayload, startOddServer } from './support/odd-server.ts'
import { type DefaultNginx, startDefaultNginx } from './support/odd-servers/nginx-defaults.ts'
import { besideTcpdump, tellRow } from './support/odd-table.ts'
import { failure } from './support/transports.ts'

/**
 * Servers that end a connection which their client would keep: how often another
 * is opened, by the report, by the server's own count and by tcpdump's, and what
 * that costs whom.
 */

interface Seen {
  connections: number
  requests: number
  ended: number
}

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const authority = new Authority(folder.path, 'ends')
const identity: CertificateFiles = authority.sign('server', 'IP:127.0.0.1,DNS:localhost')
let runs = 0

async function run(...args: string[]) {
  runs += 1
  const out = join(folder.path, `run-${runs}`)
  const { code, stderr, stdout } = await runCommand([
    ...['run', 'json', '--out', out, '--format', 'markdown', ...args],
    ...(args.some((arg) => arg.startsWith('https:')) ? ['--ca', authority.certificate] : []),
  ])
  return { code, stderr, stdout, report: readReport(out), rows: readCsv(out, 'results.csv') }
}

/** Of cells that were all measured. */
function bytesOf(report: Report) {
  return report.cells.map((cell: Cell) => {
    const reason = cell.status === 'measured' ? null : saidText(cell.reason)
    expect(reason, `${cell.scenario} on ${cell.transport}`).toBeNull()
    if (cell.status !== 'measured' || cell.bytes === null) throw new Error('no bytes')
    return cell.bytes
  })
}

/** Of all cells together. */
const totalsOf = (report: Report): ByteTotals => ({
  up: sumOf(bytesOf(report).map(({ totals }) => totals.up)),
  down: sumOf(bytesOf(report).map(({ totals }) => totals.down)),
})

/** How a server says that it ends a connection. */
const WORDS: Readonly<Record<string, string>> = {
  'http/1.1': 'with Connection: close',
  'http/2': 'with GOAWAY',
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

/** Whether a server took what it was sent behind its goodbye is its own affair. */
const isFrom =
  (least: number, further: number) =>
  (count: number): boolean =>
    count >= least && count <= least + further

const CLEAR = {
  transports: ['http1', 'http1-replay', 'http1-bare'],
  protocol: 'http/1.1',
  tls: false,
}
const TLS = { transports: ['https1'], protocol: 'http/1.1', tls: true }
const H2C = { transports: ['h2c'], protocol: 'http/2', tls: false }
const HTTP2 = { transports: ['http2'], protocol: 'http/2', tls: true }

const CASES = [
  ...[CLEAR, TLS, H2C, HTTP2].flatMap((kind) => [
    { ...kind, how: 'announced', after: 1, messages: 5 },
    { ...kind, how: 'announced', after: 2, messages: 7 },
    { ...kind, how: 'announced', after: 100, messages: 301 },
  ]),
  { ...CLEAR, transports: ['http1', 'http1-replay'], how: 'silent', after: 2, messages: 7 },
  { ...CLEAR, transports: ['http1', 'http1-replay'], how: 'silent', after: 1, messages: 5 },
  { ...CLEAR, transports: ['http1', 'http1-replay'], how: 'silent', after: 100, messages: 301 },
  { ...TLS, how: 'silent', after: 1, messages: 5 },
  { ...TLS, how: 'silent', after: 2, messages: 7 },
  { ...TLS, how: 'silent', after: 100, messages: 301 },
]

describe.skipIf(!hasTool('tcpdump'))(
  'connections are those that the server makes necessary',
  () => {
    it.each(CASES)('$transports, $how after $after', async (kind) => {
      const { transports, protocol, tls, how, after, messages } = kind
      await using server = await startOddServer<Seen>('closing.mjs', {
        ...{ protocol, how, after },
        ...(tls && identity),
      })
      const capture = await LoopbackCapture.start(server.port, ['-s', '100'])
      const url = `http${tls ? 's' : ''}://127.0.0.1:${server.port}/`
      const { code, stderr, report, rows } = await run(
        ...['--http-url', url, '-t', transports.join(), ...BYTES_ONLY],
        ...['--messages', String(messages)],
      )
      expect(code, stderr).toBe(0)
      const connections = Math.ceil(messages / after)
      const serverEnds = Math.floor(messages / after)
      // Behind the last message of all a FIN that nothing announces may meet our own.
      const late = how === 'silent' && messages % after === 0 ? 1 : 0
      const isSeen = isFrom(serverEnds - late, late)
      for (const bytes of bytesOf(report)) {
        expect(bytes.roundTrips?.connections).toBe(connections)
        expect(bytes.renewals).toMatchObject({
          ...{ serverEnds: expect.toSatisfy(isSeen), connections: connections - 1 },
          everyMessages: after,
        })
      }
      // A busy machine may put a FIN behind the pause that there is for it.
      const repeated = sumOf(bytesOf(report).map(({ renewals }) => renewals?.repeated ?? 0))
      expect(repeated).toBeLessThanOrEqual(how === 'silent' ? serverEnds : 0)
      for (const row of rows) {
        expect(row).toMatchObject({
          server_ended_connections: expect.toSatisfy((ends) => isSeen(Number(ends))),
          renewed_connections: String(connections - 1),
          messages_per_connection: String(after),
        })
      }
      const all = transports.length
      expect(await server.seen()).toEqual({
        connections: all * connections,
        requests: expect.toSatisfy(isFrom(all * messages, repeated)),
        ended: all * serverEnds,
      })
      const captured = await capture.stop()
      const opened = countOpened(captured, server.port)
      expect(opened).toBe(all * connections)
      const payload = countPayload(captured, server.port)
      const totals = totalsOf(report)
      tellRow(
        `closing after ${after}, ${how === 'silent' ? 'a FIN alone' : WORDS[protocol]} (${transports}, ${messages} messages)`,
        'measured',
        code,
        besideTcpdump(totals, payload, `${all * connections}; tcpdump ${opened}`),
      )
      expect(totals).toEqual(payload)
    })
  },
)

describe('a server that goes as the next request comes', () => {
  it('is sent it again, and how often is counted', async () => {
    await using server = await startOddServer<Seen>('closing.mjs', {
      ...{ protocol: 'http/1.1', how: 'silent', after: 2 },
    })
    const { code, stderr, report, stdout } = await run(
      ...['--http-url', `http://127.0.0.1:${server.port}/`, '-t', 'http1-bare'],
      ...[...BYTES_ONLY, '--messages', '7'],
    )
    expect(code, stderr).toBe(0)
    const [bytes] = bytesOf(report)
    // It sends the next before it could hear of the end.
    expect(bytes?.renewals).toMatchObject({ serverEnds: 3, connections: 3, everyMessages: 2 })
    expect(bytes?.renewals?.repeated).toBe(3)
    expect(bytes?.payloadBytes).toBe((7 + 3) * 14)
    expect(stdout).toContain('Connections that the server ended')
  })

  it('is lost where it never answers', async () => {
    await using server = await startOddServer<Seen>('closing.mjs', {
      ...{ protocol: 'http/1.1', how: 'unanswered', after: 1 },
    })
    const { code, report } = await run(
      ...['--http-url', `http://127.0.0.1:${server.port}/`, '-t', 'http1,http1-replay,http1-bare'],
      ...[...BYTES_ONLY, '--messages', '3'],
    )
    expect(code).toBe(3)
    for (const cell of report.cells) {
      expect(cell.status === 'failed' && saidText(cell.reason)).toMatch(/ended: /)
    }
    expect((await server.seen()).connections).toBe(3)
  })
})

describe.skipIf(!hasTool('nginx'))('nginx with its defaults', () => {
  let nginx: DefaultNginx
  beforeAll(async () => {
    nginx = await startDefaultNginx(identity)
  })
  afterAll(() => nginx[Symbol.asyncDispose]())

  it.each([
    ['http', 'http', 'http1,http1-replay,http1-bare'],
    ['https', 'https', 'https1'],
    ['h2c', 'http', 'h2c'],
    ['http2', 'https', 'http2'],
  ] as const)('takes 1,001 messages over %s on two connections', async (port, scheme, ids) => {
    const capture = await LoopbackCapture.start(nginx[port], ['-s', '100'])
    const { code, stderr, report } = await run(
      ...['--http-url', `${scheme}://127.0.0.1:${nginx[port]}/`, '-t', ids],
      ...[...BYTES_ONLY, '--messages', '1001'],
    )
    expect(code, stderr).toBe(0)
    for (const bytes of bytesOf(report)) {
      expect(bytes.roundTrips?.connections).toBe(2)
      expect(bytes.renewals).toMatchObject({ serverEnds: 1, connections: 1, everyMessages: 1_000 })
    }
    const captured = await capture.stop()
    const opened = countOpened(captured, nginx[port])
    const payload = countPayload(captured, nginx[port])
    tellRow(
      `closing after 1,000, nginx's default (${ids}, 1,001 messages)`,
      'measured',
      code,
      besideTcpdump(totalsOf(report), payload, `${2 * report.cells.length}; tcpdump ${opened}`),
    )
    expect(totalsOf(report)).toEqual(payload)
    expect(opened).toBe(2 * report.cells.length)
  })

  it.each([
    ['http', 'http', 'http1,http1-replay,http1-bare'],
    ['http2', 'https', 'http2'],
  ] as const)('is timed over %s, where it ends connections too', async (port, scheme, ids) => {
    const { code, stderr, report } = await run(
      ...['--http-url', `${scheme}://127.0.0.1:${nginx[port]}/`, '-t', ids],
      // The first connection ends among those that are timed, not in the warm-up.
      ...['--measure', 'latency', '--rounds', '20', '--per-round', '50'],
    )
    expect(code, stderr).toBe(0)
    for (const cell of report.cells) {
      if (cell.status !== 'measured') throw new Error(saidText(cell.reason))
      const { renewals, warmupMessages = 0 } = cell.latency ?? {}
      const renewedIn = (messages: number): number => Math.floor((messages - 1) / 1_000)
      const connections = renewedIn(warmupMessages + 1_000) - renewedIn(warmupMessages)
      expect(connections).toBe(1)
      if (cell.transport !== 'http1-bare') expect(renewals).toEqual({ connections, repeated: 0 })
      // It opens a connection for each round, and 50 are no 1,000.
      else expect(renewals).toBeUndefined()
    }
  })
})

describe.skipIf(!hasTool('nginx'))('nginx with its defaults, under load', () => {
  it.each([
    ['http', 'http', 'http1,http1-replay'],
    ['http2', 'https', 'http2'],
  ] as const)('is sent more than a connection takes, over %s', async (port, scheme, ids) => {
    await using nginx = await startDefaultNginx(identity)
    const { code, stderr, report } = await run(
      ...['--http-url', `${scheme}://127.0.0.1:${nginx[port]}/`, '-t', ids],
      ...['--measure', 'throughput', '--connections', '2', '--messages', '3001', '--quick'],
    )
    expect(code, stderr).toBe(0)
    for (const cell of report.cells) {
      if (cell.status !== 'measured') throw new Error(saidText(cell.reason))
      for (const loaded of cell.load?.runs ?? []) {
        const [stretch] = loaded.stretches
        expect(stretch).toMatchObject({ sent: 3_001, completed: 3_001, lostConnections: [] })
        // However the two share them: four connections carry 3,001 by 1,000 each.
        expect(stretch?.renewedConnections).toBeGreaterThanOrEqual(2)
        // RFC 9112 §9.3.2: POSTs are not pipelined, unless --in-flight asks for it.
        if (loaded.client === 'bare') expect(loaded.inFlight).toBe(1)
      }
    }
  })
})

describe('a server that goes without a word', () => {
  it('is timed, and followed under load', async () => {
    await using server = await startOddServer<Seen>('closing.mjs', {
      ...{ protocol: 'http/1.1', how: 'silent', after: 10 },
    })
    const url = `http://127.0.0.1:${server.port}/`
    const timed = await run(
      ...['--http-url', url, '-t', 'http1,http1-replay,http1-bare', '--measure', 'latency'],
      ...['--rounds', '3', '--per-round', '40'],
    )
    expect(timed.code, timed.stderr).toBe(0)
    for (const cell of timed.report.cells) {
      if (cell.status !== 'measured') throw new Error(saidText(cell.reason))
      expect(cell.latency?.renewals?.connections).toBeGreaterThanOrEqual(9)
    }
    const loaded = await run(
      ...['--http-url', url, '-t', 'http1,http1-replay', '--measure', 'throughput', '--quick'],
      ...['--connections', '2', '--messages', '500'],
    )
    expect(loaded.code, loaded.stderr).toBe(0)
    expect(loaded.stdout).toContain('under way went out again')
  })
})

interface Found {
  breakEven: Report['breakEven']
  first: FirstMessage | undefined
}

describe('a server that closes after three', () => {
  const EVERY = 3
  const PAYLOAD = '{ "temp": 25 }'
  /** MQTT 3.1.1: PUBLISH with topic and packet id, and PUBACK. */
  const PUBLISH = 2 + 2 + 'sensors/temp'.length + 2 + PAYLOAD.length + 4

  async function find(transports: string, how: string, tls: boolean): Promise<Found> {
    const found: Found[] = []
    for (const messages of [EVERY, 10 * EVERY, 100 * EVERY]) {
      await using server = await startOddServer<Seen>('closing.mjs', {
        ...{ protocol: 'http/1.1', how, after: EVERY, ...(tls && identity) },
      })
      const url = `http${tls ? 's' : ''}://127.0.0.1:${server.port}/`
      const { code, stderr, report } = await run(
        ...['--http-url', url, '-t', `${transports},mqtt-qos1`, ...BYTES_ONLY],
        ...['--messages', String(messages)],
      )
      expect(code, stderr).toBe(0)
      const [first] = bytesOf(report)
      found.push({ breakEven: report.breakEven, first: first?.firstMessage })
    }
    const [three, ...more] = found as [Found, ...Found[]]
    for (const other of more) expect(other).toEqual(three)
    return three
  }

  /** Counts are gone through one by one. */
  function crossingByCounting(mqtt: (n: number) => number, http: (n: number) => number) {
    const counts = Array.from({ length: 5_000 }, (_, index) => index + 1)
    const notAhead = counts.filter((n) => mqtt(n) > http(n) - 1e-6)
    const otherUpToMessages = counts.findIndex((n) => http(n) > mqtt(n) - 1e-6)
    const fromMessages = (notAhead.at(-1) ?? 0) + 1
    return { cheaper: 'mqtt-qos1', fromMessages, otherUpToMessages }
  }

  const costsOf = ({ breakEven }: Found, transport: string) =>
    breakEven?.costs.find((cost) => cost.transport === transport)

  it('has the same break-even whatever --messages, by hand, in the clear', async () => {
    const found = await find('http1-replay', 'announced', false)
    const request = [
      ...['POST /sensors/temp HTTP/1.1', 'Host:127.0.0.1:12345'],
      ...[`Content-Length:${PAYLOAD.length}`, '', PAYLOAD],
    ].join('\r\n').length
    const answer = (connection: string): number =>
      [
        ...['HTTP/1.1 204 No Content', `Connection: ${connection}`],
        ...['Date: Sun, 29 Nov 2026 09:31:41 GMT', '', ''],
      ].join('\r\n').length
    // Of three answers one says that it is the last: a mean message that is not the first of its connection.
    const further = request + (answer('keep-alive') + answer('close')) / 2
    const one = request + answer('keep-alive')
    const http = (n: number): number => {
      const connections = Math.ceil(n / EVERY)
      return connections * one + (n - connections) * further
    }
    // CONNECT with the client id, CONNACK, DISCONNECT.
    const mqttOne = costsOf(found, 'mqtt-qos1')?.bytes.first ?? 0
    const mqtt = (n: number): number => mqttOne + (n - 1) * PUBLISH
    expect(found.first).toMatchObject({ connection: 'kept', wireBytes: one, roundTrips: 2 })
    expect(costsOf(found, 'mqtt-qos1')?.bytes.further).toBe(PUBLISH)
    const [pair] = found.breakEven?.pairs ?? []
    expect(pair?.between).toEqual(['http1-replay', 'mqtt-qos1'])
    expect(pair?.bytes).toEqual(crossingByCounting(mqtt, http))
    // TCP once a connection and an answer each; TCP and CONNACK once, and PUBACK each:
    // 1 + n against 2 + n up to three messages, equal up to six.
    const httpTrips = (n: number): number => Math.ceil(n / EVERY) + n
    expect(pair?.roundTrips).toEqual(crossingByCounting((n) => 2 + n, httpTrips))
    expect(pair?.roundTrips).toMatchObject({ fromMessages: 7, otherUpToMessages: 3 })
  })

  it.each(['announced', 'silent'])('the same over TLS, %s', async (how) => {
    const found = await find('https1', how, true)
    const cost = costsOf(found, 'https1')
    if (cost?.bytes.renewal === undefined) throw new Error('no renewal')
    const { first, further, renewal } = cost.bytes
    // A handshake each, of more than 2,000 bytes with a certificate.
    expect(renewal.everyMessages).toBe(EVERY)
    expect(first - further).toBeGreaterThan(1_000)
    expect(renewal.cost).toBeCloseTo(first - further, 6)
    const http = (n: number): number => {
      const connections = Math.ceil(n / EVERY)
      return connections * first + (n - connections) * further
    }
    const mqttOne = costsOf(found, 'mqtt-qos1')?.bytes.first ?? 0
    const [pair] = found.breakEven?.pairs ?? []
    expect(pair?.bytes).toEqual(crossingByCounting((n) => mqttOne + (n - 1) * PUBLISH, http))
    // TCP and TLS: 2 + n up to three messages, as MQTT has; then more.
    expect(pair?.roundTrips).toMatchObject({ fromMessages: 4, otherUpToMessages: 0 })
  })
})

/** MQTT 5.0 §2.4 */
const REFUSALS = Object.entries(MQTT5_REASONS).filter(([code]) => Number(code) >= FIRST_FAILURE)

describe('what a broker says no with, to MQTT.js', () => {
  /** What becomes of a message that is answered with this packet, and how often was connected for it. */
  async function answered(transport: typeof mqtt5Qos1, answer: (id: number) => Packet) {
    let connections = 0
    await using broker = await openBroker(
      (packet, socket) => {
        if (packet.cmd !== 'publish') return
        socket.write(generate(answer(packet.messageId ?? 0), { protocolVersion: 5 }))
      },
      () => {
        connections += 1
        return {}
      },
    )
    await using peer = await transport.connect(
      new URL(`mqtt://127.0.0.1:${broker.port}`),
      {},
      { scenario: SCENARIO, signal: new AbortController().signal },
    )
    const producer = await peer.openProducer()
    if (producer.kind !== 'paced') throw new Error('is driven by itself')
    const error = await failure(producer.send(Buffer.from('1')))
    const { code, message } = error as InstrumentError
    return { code, message, connections }
  }

  it.each(['PUBACK', 'PUBREC', 'DISCONNECT'] as const)('is told in words: %s', async (name) => {
    const cmd = name.toLowerCase() as 'puback' | 'pubrec' | 'disconnect'
    for (const [code, meaning] of REFUSALS) {
      const reasonCode = Number(code)
      const transport = cmd === 'pubrec' ? mqtt5Qos2 : mqtt5Qos1
      const said = `: ${meaning} (${name} 0x${reasonCode.toString(16)}, `
      expect(await answered(transport, (messageId) => ({ cmd, messageId, reasonCode }))).toEqual({
        ...{ code: 'refused', message: expect.stringContaining(said) },
        // A broker that ends a connection has a cause: no other is opened.
        connections: 1,
      })
    }
  })
})

it('is no end of the server’s where a client that keeps its connection opens another', async () => {
  await using server = await startOddServer<Seen>('closing.mjs', {
    ...{ protocol: 'http/1.1', how: 'announced', after: 1_000 },
  })
  using deadline = Deadline.ofSilence(10_000)
  await using link = await TappedLink.open({
    traits: (await loadTransport('http1')).traits,
    ...{ flow: 'uplink', endpoint: new URL(`http://127.0.0.1:${server.port}/`) },
    ...{ deadline, strayByte: null, payloadField: null },
  })
  const request = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi'
  for (let connections = 0; connections < 2; connections += 1) {
    const socket = connect(Number(link.address.port), '127.0.0.1')
    socket.write(request)
    await once(socket, 'data')
    socket.end()
    await once(socket, 'close')
  }
  await expect(link.settle({ messages: 2, payloadBytes: 4 })).rejects.toMatchObject({
    code: 'ledger-mismatch',
    message:
      "the client keeps its connection and opened 2, 1 of them for no end of the server's, which ended 0",
  })
})
