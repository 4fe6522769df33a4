import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { resolveTransports } from '../src/transports/registry.ts'
import { readCsv, readReport, runCommand, temporaryFolder } from './support/command.ts'

const HEADER =
  'scenario,transport,client,flow,completion,link,status,reason,messages,payload_bytes,wire_bytes_per_message,wire_bytes_up_per_message,wire_bytes_down_per_message,overhead_bytes_per_message,wire_to_payload_ratio,setup_bytes,close_bytes,link_bytes_per_message,link_basis,latency_samples,latency_p50_us,latency_p90_us,latency_p99_us,latency_p999_us,latency_max_us,delivery_samples,delivery_p50_us,delivery_p90_us,delivery_p99_us,throughput_messages_per_s,sent,completed,delivered,lost,duplicated,corrupted'

const LATER_COLUMNS =
  'connections,setup_round_trips,round_trips_per_message,connection,total_wire_bytes_per_message,waiting_bytes_per_hour,subscribers,delivery_first_p50_us,delivery_last_p50_us,subscriber_bytes_per_message,link_cold_samples,link_cold_min_us,link_cold_p50_us,link_cold_max_us,link_cold_delivery_min_us,link_cold_delivery_p50_us,link_one_in_flight_ms,link_one_in_flight_messages,link_one_in_flight_basis,link_several_in_flight_ms,link_several_in_flight_messages,link_several_in_flight_basis,link_several_in_flight_connections,dropped_packets_up,dropped_packets_down,retransmitted_segments_up,retransmitted_segments_down,target,throughput_limit,offered_messages_per_s,achieved_messages_per_s,rate_met,open_loop_p50_us,open_loop_p99_us,send_delay_p50_us,send_delay_p99_us,total_link_bytes_per_message,waiting_link_bytes_per_hour,tls_profile,tls_version,tls_group,tls_suite,tls_certificate_bytes,server_ended_connections,renewed_connections,messages_per_connection,repeated_messages,latency_renewed_connections,encoding,compression'

/** Wire bytes of one message with its acknowledgements, from the MQTT 3.1.1 specification. */
const MQTT_BYTES: Record<string, Record<string, number>> = {
  'single-reading': { 'mqtt-qos0': 30, 'mqtt-qos1': 36, 'mqtt-qos2': 44, 'mqtt-qos1-bare': 36 },
  json: { 'mqtt-qos0': 30, 'mqtt-qos1': 36, 'mqtt-qos2': 44, 'mqtt-qos1-bare': 36 },
  'stream-1000': { 'mqtt-qos0': 30, 'mqtt-qos1': 36, 'mqtt-qos2': 44, 'mqtt-qos1-bare': 36 },
  'batch-1000': {
    'mqtt-qos0': 15_018,
    'mqtt-qos1': 15_024,
    'mqtt-qos2': 15_032,
    'mqtt-qos1-bare': 15_024,
  },
}

/** A connection a message: a thousand messages are as many handshakes, and show no more than a hundred. */
const opensForEach = (id: string): boolean => /-(close|resumed|wake)$/.test(id)
const KEPT = resolveTransports(['uplink', 'controls']).filter((id) => !opensForEach(id))
const OWN = resolveTransports(['uplink']).filter(opensForEach)
/** One of each kind, on which a thousand messages are sent; of the others a hundred show as much. */
const LONG = ['http1', 'https1', 'h2c', 'http2', 'mqtt-qos1', 'mqtts-qos1', 'tcp']

describe('the byte pass of every scenario on every transport', () => {
  const folder = temporaryFolder()
  const first = join(folder.path, 'first')
  const second = join(folder.path, 'second')
  const streams = [join(folder.path, 'long'), join(folder.path, 'short')] as const
  const firstOwn = ['json', 'batch-1000'].map((name) => join(folder.path, `first-own-${name}`))
  const secondOwn = ['json', 'batch-1000'].map((name) => join(folder.path, `second-own-${name}`))

  beforeAll(async () => {
    const short = ['run', 'single-reading', 'json', 'batch-1000', '-t', KEPT.join(',')]
    const stream = ['run', 'stream-1000', '-t']
    const others = KEPT.filter((id) => !LONG.includes(id))
    const again = ['run', 'json', 'batch-1000', '-t', KEPT.join(',')]
    const ownOnes = ['-t', [...OWN, 'tls', 'default'].join(',')]
    const own = [
      ['run', 'json', ...ownOnes, '--messages', '25'],
      ['run', 'batch-1000', ...ownOnes],
    ]
    // What packets add depends on who spoke first where both sides speak at once; it is held elsewhere.
    const to = (out: string) => ['--measure', 'bytes', '--link-bytes', 'off', '--out', out]
    // Two at a time: bytes do not depend on what else the machine does.
    const pairs = [
      [
        [...short, ...to(first)],
        [...again, ...to(second)],
      ],
      [
        [...stream, LONG.join(','), ...to(streams[0])],
        [...stream, others.join(','), '--messages', '100', ...to(streams[1])],
      ],
      ...own.map((command, at) =>
        [firstOwn, secondOwn].map((outs) => [...command, ...to(outs[at] as string)]),
      ),
    ]
    for (const pair of pairs) {
      for (const run of await Promise.all(pair.map((command) => runCommand(command)))) {
        expect(run.stderr + run.code).toMatch(/0$/)
      }
    }
  }, 600_000)
  afterAll(() => folder[Symbol.dispose]())

  const keptRows = () => [first, ...streams].flatMap((run) => readCsv(run, 'results.csv'))
  const keptCells = () => [first, ...streams].flatMap((run) => readReport(run).cells)

  it('writes exactly the agreed columns', () => {
    const text = readFileSync(join(first, 'results.csv'), 'utf8')
    const header = text.slice(0, text.indexOf('\r\n'))
    // Later columns are appended: whoever reads by position finds the first ones where they were.
    expect(header).toBe(`${HEADER},${LATER_COLUMNS}`)
  })

  it('gives the bytes that the specification says', () => {
    const rows = keptRows()
    for (const [scenario, transports] of Object.entries(MQTT_BYTES)) {
      for (const [transport, bytes] of Object.entries(transports)) {
        const row = rows.find((r) => r.scenario === scenario && r.transport === transport)
        expect(row?.wire_bytes_per_message, `${scenario} on ${transport}`).toBe(String(bytes))
      }
    }
  })

  it('counts the round trips that the protocols ask for', () => {
    const rows = keptRows()
    const expected = {
      http1: ['1', '0', '1'],
      'http1-bare': ['1', '0', '1'],
      'http1-replay': ['1', '0', '1'],
      h2c: ['1', '0', '1'],
      http2: ['1', '1', '1'],
      'mqtt-qos0': ['1', '1', '0'],
      'mqtt-qos1': ['1', '1', '1'],
      'mqtt-qos2': ['1', '1', '2'],
      'mqtt-qos1-bare': ['1', '1', '1'],
      https1: ['1', '1', '1'],
      'mqtts-qos0': ['1', '2', '0'],
      'mqtts-qos1': ['1', '2', '1'],
      'mqtts-qos2': ['1', '2', '2'],
      tcp: ['1', '0', '1'],
      memory: ['', '', ''],
    }
    for (const row of rows) {
      const of = expected[row.transport as keyof typeof expected]
      if (of === undefined) continue
      const { connections, setup_round_trips: setup, round_trips_per_message: each } = row
      expect([connections, setup, each], `${row.scenario} on ${row.transport}`).toEqual(of)
    }
  })

  it('adds 22 bytes a record under TLS', () => {
    const rows = keptRows().filter((row) => row.scenario === 'json')
    const bytesOf = (transport: string): number =>
      Number(rows.find((row) => row.transport === transport)?.wire_bytes_per_message)
    expect(bytesOf('mqtts-qos0')).toBe(30 + 22)
    expect(bytesOf('mqtts-qos1')).toBe(36 + 2 * 22)
    expect(bytesOf('mqtts-qos2')).toBe(44 + 4 * 22)
    // Under TLS fetch would take an answer in Brotli too, and says so: `br, `.
    // From Node 26 on it would take Zstandard besides: `zstd, `.
    const [major] = process.versions.node.split('.')
    const more = Number(major) < 26 ? 0 : 6
    expect(bytesOf('https1')).toBe(bytesOf('http1') + 4 + more + 2 * 22)
  })

  it.each([
    ['mqtt-close', 'mqtt-qos1'],
    ['mqtts-close', 'mqtts-qos1'],
    ['http1-close', 'http1'],
    ['https1-close', 'https1'],
  ])('charges each message of %s with the set-up and the goodbye of %s', (own, kept) => {
    const rows = firstOwn.flatMap((run) => readCsv(run, 'results.csv'))
    for (const row of rows.filter(({ transport }) => transport === own)) {
      const messages = Number(row.messages)
      const of = rows.find((r) => r.scenario === row.scenario && r.transport === kept)
      expect(row.connections, row.scenario).toBe(row.messages)
      expect(Number(row.setup_bytes), row.scenario).toBe(messages * Number(of?.setup_bytes))
      expect(Number(row.close_bytes), row.scenario).toBe(messages * Number(of?.close_bytes))
      if (own.startsWith('mqtt')) {
        expect(row.wire_bytes_per_message).toBe(of?.wire_bytes_per_message)
      }
    }
  })

  it('gives the bytes of MQTT 5, a topic alias from its second message on', () => {
    const rows = keptRows().filter((row) => row.scenario === 'json')
    const totalOf = (transport: string): number => {
      const row = rows.find((each) => each.transport === transport)
      return Number(row?.wire_bytes_per_message) * Number(row?.messages)
    }
    if (rows.find((row) => row.transport === 'mqtt5-qos0')?.status === 'skipped') return
    const messages = Number(rows[0]?.messages)
    expect(totalOf('mqtt5-qos0')).toBeCloseTo(31 * messages)
    expect(totalOf('mqtt5-qos1')).toBeCloseTo(37 * messages)
    expect(totalOf('mqtt5-qos2')).toBeCloseTo(45 * messages)
    expect(totalOf('mqtt5-alias-qos0')).toBeCloseTo(34 + 22 * (messages - 1))
    expect(totalOf('mqtt5-alias-qos1')).toBeCloseTo(40 + 28 * (messages - 1))
  })

  it('gives the bytes of HTTP/2, the header table filled by the first message', () => {
    const cells = keptCells()
    const steadyOf = (scenario: string, transport: string): number | undefined => {
      const cell = cells.find((each) => each.scenario === scenario && each.transport === transport)
      const ledger = cell?.status === 'measured' ? cell.bytes?.ledger : undefined
      return ledger && sumLedger(ledger, { phase: 'steady' })
    }
    // 24 bytes more once: host and media type are written out. TLS: 22 a record, two shared with set-up.
    expect(steadyOf('json', 'h2c')).toBe(86 + 62 * 99)
    expect(steadyOf('json', 'http2')).toBe(86 + 34 + (62 + 44) * 99)
    expect(steadyOf('stream-1000', 'h2c')).toBe(86 + 62 * 999)
    expect(steadyOf('stream-1000', 'http2')).toBe(86 + 34 + (62 + 44) * 999)
    expect(steadyOf('batch-1000', 'h2c')).toBe(15_001 + 74)
  })

  it('counts what fetch really sends and Fastify really answers', () => {
    const row = keptRows().find((r) => r.scenario === 'json' && r.transport === 'http1')
    expect(Number(row?.wire_bytes_up_per_message)).toBeGreaterThan(230)
    expect(Number(row?.wire_bytes_up_per_message)).toBeLessThan(270)
    expect(Number(row?.wire_bytes_down_per_message)).toBeGreaterThan(100)
    expect(Number(row?.wire_bytes_down_per_message)).toBeLessThan(125)
  })

  it('gives the same bytes in every run, to the last digit', () => {
    const read = (run: string, name: string): string[] =>
      readFileSync(join(run, name), 'utf8')
        .split('\r\n')
        .filter((line) => /^(scenario|json|batch-1000),/.test(line))
    expect(read(first, 'results.csv')).toHaveLength(1 + 2 * KEPT.length)
    expect(read(second, 'results.csv')).toEqual(read(first, 'results.csv'))
    expect(read(second, 'ledger.csv')).toEqual(read(first, 'ledger.csv'))
    for (const [at, run] of secondOwn.entries()) {
      const before = firstOwn[at] as string
      expect(read(run, 'results.csv')).toEqual(read(before, 'results.csv'))
      expect(read(run, 'ledger.csv')).toEqual(read(before, 'ledger.csv'))
    }
  })

  it('has layers that sum to what the relay passed on, in both directions of every cell', () => {
    const ofKept = keptCells()
    expect(ofKept).toHaveLength(4 * KEPT.length)
    const cells = [...ofKept, ...firstOwn.flatMap((run) => readReport(run).cells)]
    // What a transport needs may be missing on this machine; nothing else keeps a cell from its bytes.
    const measured = cells.filter((cell) => cell.status === 'measured')
    expect(cells.filter((cell) => cell.status === 'failed')).toEqual([])
    expect(new Set(measured.map((cell) => cell.transport))).toContain('mqtt-qos1')
    for (const cell of measured) {
      if (cell.protocol === 'none') {
        expect(cell.bytes).toBeNull()
        continue
      }
      for (const direction of ['up', 'down'] as const) {
        expect(sumLedger(cell.bytes?.ledger ?? [], { direction })).toBe(
          cell.bytes?.totals[direction],
        )
      }
    }
  })

  it('delivers every message intact', () => {
    for (const row of [first, ...streams, ...firstOwn].flatMap((run) =>
      readCsv(run, 'results.csv'),
    )) {
      if (row.transport === 'memory' || row.status === 'skipped') continue
      expect(row.sent).toBe(row.messages)
      expect([row.completed, row.delivered]).toEqual([row.sent, row.sent])
      expect([row.lost, row.duplicated, row.corrupted]).toEqual(['0', '0', '0'])
    }
  })
})
