import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sumLedger } from '../src/model/wire/ledger.ts'
import {
  BYTES_ONLY,
  childrenOf,
  readCsv,
  readReport,
  runCommand,
  startCommand,
  temporaryFolder,
} from './support/command.ts'

/**
 * Wire bytes of one command with its state on the device's link, from MQTT 3.1.1
 * and 5.0: two PUBLISH of 16 bytes on topics of 23 and 25, with packet ids from
 * QoS 1 on, the length of no properties in MQTT 5, and their acknowledgements.
 */
const MQTT_BYTES: Record<string, number> = {
  'mqtt-qos0': 2 + 2 + 23 + 16 + (2 + 2 + 25 + 16),
  'mqtt-qos1': 88 + 2 * 2 + 2 * 4,
  'mqtt-qos2': 88 + 2 * 2 + 2 * 3 * 4,
  'mqtt5-qos0': 90,
  'mqtt5-qos1': 90 + 2 * 2 + 2 * 4,
  'mqtt5-qos2': 90 + 2 * 2 + 2 * 3 * 4,
}

describe('the byte pass of command-delivery on every downlink transport', () => {
  const folder = temporaryFolder()
  const first = join(folder.path, 'first')
  const second = join(folder.path, 'second')

  beforeAll(async () => {
    // What waiting costs on the link is computed; the rest of link bytes is held elsewhere.
    const bytes = ['--measure', 'bytes', '--link-bytes', 'modelled']
    const args = ['run', 'command-delivery', '-t', 'downlink', ...bytes, '--out']
    const runs = [await runCommand([...args, first]), await runCommand([...args, second])]
    for (const run of runs) expect(run.stderr + run.code).toMatch(/0$/)
  }, 240_000)
  afterAll(() => folder[Symbol.dispose]())

  const rowsOf = (run: string) =>
    readCsv(run, 'results.csv').filter(({ status }) => status !== 'skipped')

  it('gives the bytes that the specifications of MQTT say', () => {
    const rows = rowsOf(first).filter(({ transport = '' }) => transport in MQTT_BYTES)
    expect(rows.length).toBeGreaterThanOrEqual(3)
    for (const { transport = '', wire_bytes_per_message: bytes } of rows) {
      expect(bytes, transport).toBe(String(MQTT_BYTES[transport]))
    }
  })

  it('brings every command to the device and every state back', () => {
    for (const row of rowsOf(first)) {
      expect(row, row.transport).toMatchObject({ status: 'measured', completion: 'answered' })
      expect(row, row.transport).toMatchObject({ sent: '50', completed: '50', delivered: '50' })
      expect([row.lost, row.duplicated, row.corrupted]).toEqual(['0', '0', '0'])
      expect(row.payload_bytes).toBe('32')
    }
  })

  it('gives the same bytes in every run, to the last digit', () => {
    const read = (run: string, name: string) => readFileSync(join(run, name), 'utf8')
    expect(read(second, 'results.csv')).toBe(read(first, 'results.csv'))
    expect(read(second, 'ledger.csv')).toBe(read(first, 'ledger.csv'))
  })

  it('has layers that sum to what the relay passed on', () => {
    for (const cell of readReport(first).cells) {
      if (cell.status === 'skipped') continue
      const { ledger, totals } = cell.bytes ?? { ledger: [], totals: null }
      for (const direction of ['up', 'down'] as const) {
        expect(sumLedger(ledger, { direction }), cell.transport).toBe(totals?.[direction])
      }
      // 50 commands down and 50 states up, of 16 bytes each.
      const payload = { phase: 'steady', layer: 'payload' } as const
      expect(sumLedger(ledger, { ...payload, direction: 'down' })).toBe(800)
      expect(sumLedger(ledger, { ...payload, direction: 'up' })).toBe(800)
    }
  })

  it('derives an hour of waiting from an exchange that was measured', () => {
    const everyS: Record<string, number> = { 'http-poll': 1, 'http-long-poll': 30, sse: 15 }
    for (const cell of readReport(first).cells) {
      if (cell.status === 'skipped') continue
      const waiting = cell.bytes?.waiting
      if (waiting === undefined) continue
      const every = cell.protocol.startsWith('mqtt') ? 60 : (everyS[cell.transport] ?? null)
      expect(waiting.everyS, cell.transport).toBe(every ?? waiting.everyS)
      expect(waiting.exchangeBytes).toBeLessThanOrEqual(
        sumLedger(cell.bytes?.ledger ?? [], { phase: 'idle' }),
      )
      const anHour = (waiting.exchangeBytes * 3_600) / (waiting.everyS ?? Number.POSITIVE_INFINITY)
      expect(waiting.bytesPerHour).toBe(anHour)
      const row = rowsOf(first).find(({ transport }) => transport === cell.transport)
      expect(Number(row?.waiting_bytes_per_hour)).toBeCloseTo(anHour, 2)
    }
    const exchangeOf = (id: string): number | undefined => {
      const cell = readReport(first).cells.find(({ transport }) => transport === id)
      return cell?.status === 'measured' ? cell.bytes?.waiting?.exchangeBytes : undefined
    }
    // With headers of 52 bytes and a last acknowledgement of as many; over UDP headers of 28, and none.
    const anHourOf = (id: string) =>
      rowsOf(first).find(({ transport }) => transport === id)?.waiting_link_bytes_per_hour
    expect(anHourOf('mqtt-qos1')).toBe(String((4 + 3 * 52) * 60))
    expect(anHourOf('mqtt-qos0')).toBe(String((4 + 3 * 52) * 60))
    expect(anHourOf('mqtts-qos1')).toBe(String((4 + 2 * 22 + 3 * 52) * 60))
    expect(anHourOf('sse')).toBe(String((8 + 2 * 52) * 240))
    expect(Number(anHourOf('coap-observe'))).toBeCloseTo(((51 + 2 * 28) * 3_600) / 70, 2)
    // PINGREQ and PINGRESP; a comment of three bytes in a chunk; a held request costs what a polled one does.
    expect([exchangeOf('mqtt-qos1'), exchangeOf('sse')]).toEqual([4, 8])
    expect(exchangeOf('http-long-poll')).toBe(exchangeOf('http-poll'))
  })

  it('counts the round trips of the device', () => {
    const expected: Record<string, string[]> = {
      'http-poll': ['1', '0', '2'],
      'http-long-poll': ['2', '0', '2'],
      sse: ['2', '1', '1'],
      'mqtt-qos0': ['1', '2', '0'],
      'mqtt-qos1': ['1', '2', '1'],
      'mqtt-qos2': ['1', '2', '2'],
    }
    for (const row of rowsOf(first)) {
      const of = expected[row.transport ?? '']
      if (of === undefined) continue
      const { connections, setup_round_trips: setup, round_trips_per_message: each } = row
      expect([connections, setup, each], row.transport).toEqual(of)
    }
  })
})

// Most of the time passes until the next poll: side by side it passes once.
describe.concurrent('the latency pass of command-delivery', () => {
  it('shows the interval of a poller: half of it at the median, and no more than all of it', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'command-delivery', '-t', 'http-poll', '--measure', 'latency'],
      // So long that what a busy machine adds is little of it.
      ...['--poll-interval', '1500ms', '--rounds', '6', '--per-round', '1', '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    const [row] = readCsv(folder.path, 'results.csv')
    expect(row).toMatchObject({ status: 'measured', delivery_samples: '6', lost: '0' })
    const shares = [Number(row?.delivery_p50_us), Number(row?.latency_p50_us)].map(
      (micros) => micros / 1_500_000,
    )
    for (const share of shares) {
      expect(share).toBeGreaterThan(0.25)
      expect(share).toBeLessThan(0.75)
    }
    expect(readReport(folder.path).plan.options).toEqual({ 'poll-interval': '1500ms' })
  })

  it('sends a poller no more than its time allows, and says how many', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'command-delivery', '-t', 'http-poll,mqtt-qos0', '--measure', 'latency'],
      ...['--poll-interval', '2s', '--quick', '--full', '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    const amounts = readReport(folder.path).cells.map((cell) =>
      cell.status === 'measured' ? cell.latency : null,
    )
    expect(amounts[0]).toMatchObject({ rounds: 4, messagesPerRound: 1, warmupMessages: 1 })
    expect(amounts[1]).toMatchObject({ rounds: 8, messagesPerRound: 48 })
    // 4 samples carry no median.
    expect(amounts[0]?.delivery).toMatchObject({ samples: 4, p50Us: null })
    expect(run.stdout).toMatch(/Commands: app → device → app/)
  })

  it('reads a delay of 20 ms in the device as at least that, to it and back', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'command-delivery', '-t', 'sse,mqtt-qos0,mqtt-qos2', '--measure', 'latency'],
      ...['--inject', 'delay=20ms', '--rounds', '6', '--per-round', '5', '--raw'],
      ...['--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    for (const row of readCsv(folder.path, 'results.csv')) {
      expect(Number(row.delivery_p50_us), row.transport).toBeGreaterThanOrEqual(20_000)
      expect(Number(row.latency_p50_us)).toBeGreaterThan(Number(row.delivery_p50_us))
      const raw = readCsv(folder.path, 'raw.csv').filter((each) => each.transport === row.transport)
      expect(raw).toHaveLength(30)
      for (const each of raw) {
        const instants = [each.due_ns, each.sent_ns, each.delivered_ns, each.completed_ns].map(
          Number,
        )
        expect(instants).toEqual(instants.toSorted((a, b) => a - b))
      }
    }
  })
})

describe('a roundtrip of one’s own', () => {
  const ownScenario = (folder: string, payload: string): string => {
    const file = join(folder, 'own.yaml')
    writeFileSync(
      file,
      `name: own\ntitle: own\nflow: roundtrip\nmessages: 5\npayload: ${payload}\ntransports: [downlink]\n`,
    )
    return file
  }

  /** Of five alike the state of one could be taken for that of the next. */
  const DISTINCT =
    '{ records: { count: 5, as: messages, record: { target: { integer: [10000, 99999] } } } }'

  it('commands with any bytes', async () => {
    using folder = temporaryFolder()
    const file = ownScenario(folder.path, "{ hex: '0d0a ff 00' }")
    const out = join(folder.path, 'out')
    const run = await runCommand(['run', file, ...BYTES_ONLY, '--out', out])
    expect(run.code, run.stderr).toBe(0)
    for (const row of readCsv(out, 'results.csv')) {
      if (row.status === 'skipped') continue
      expect(row).toMatchObject({ completed: '5', delivered: '5', payload_bytes: '8' })
    }
  })

  it.each([
    ['drop=2', { completed: '4', delivered: '4', lost: '1', duplicated: '0', corrupted: '0' }],
    ['double=2', { completed: '5', delivered: '5', lost: '0', duplicated: '1', corrupted: '0' }],
    ['change=2', { completed: '4', delivered: '4', lost: '0', duplicated: '0', corrupted: '1' }],
  ])(
    'counts commands that the device does not apply as they were sent: %s',
    async (fault, counts) => {
      using folder = temporaryFolder()
      const file = ownScenario(folder.path, DISTINCT)
      const out = join(folder.path, 'out')
      const run = await runCommand([
        ...['run', file, '-t', 'http-poll,sse,mqtt-qos1', ...BYTES_ONLY],
        ...['--inject', fault, '--out', out],
      ])
      expect(run.code, run.stderr).toBe(0)
      const rows = readCsv(out, 'results.csv')
      expect(rows).toHaveLength(3)
      for (const row of rows) expect(row).toMatchObject({ sent: '5', ...counts })
      expect(run.stdout).toMatch(/not all messages were delivered intact/)
    },
  )

  it.each(['up', 'down'])('fails every cell with a stray byte %s', async (direction) => {
    using folder = temporaryFolder()
    const file = ownScenario(folder.path, '{ text: hello }')
    const out = join(folder.path, 'out')
    const run = await runCommand([
      ...['run', file, '-t', 'http-long-poll,sse,mqtt-qos0', ...BYTES_ONLY],
      ...['--inject', `stray-byte=${direction}`, '--out', out],
    ])
    expect(run.code).toBe(3)
    for (const cell of readReport(out).cells) expect(cell.status, cell.transport).toBe('failed')
  })

  it('is skipped on what has no such flow, and the other way round', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'json', 'command-delivery', '-t', 'http1,sse', ...BYTES_ONLY],
      ...['--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    const rows = readCsv(folder.path, 'results.csv')
    expect(rows.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
      'measured ',
      'skipped sse has no uplink flow',
      'skipped http1 has no roundtrip flow',
      'measured ',
    ])
  })
})

describe('an endpoint process that dies while commands are sent', () => {
  it('fails the cells that it served, and says so', async () => {
    using folder = temporaryFolder()
    const run = startCommand([
      ...['run', 'command-delivery', '-t', 'sse,http-poll,mqtt-qos1', '--poll-interval', '20ms'],
      ...['--rounds', '8', '--per-round', '10', '--out', folder.path],
    ])
    await run.printed('command-delivery: latency, round 2')
    const victim = childrenOf(run.child.pid as number).find(({ args }) =>
      args.endsWith('worker.js endpoint endpoints'),
    )
    process.kill(victim?.pid as number, 'SIGKILL')
    const { code, stderr } = await run.ended
    expect(code).toBe(3)
    for (const id of ['sse', 'http-poll', 'mqtt-qos1']) {
      expect(stderr).toContain(`on ${id} failed: the endpoint process ended unexpectedly (SIGKILL)`)
    }
    const { cells } = readReport(folder.path)
    expect(cells.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed'])
    // The bytes were measured before, in a process that goes on.
    for (const cell of cells) expect(cell.status === 'failed' && cell.bytes !== null).toBe(true)
  })
})

describe('options of waiting', () => {
  it.each([
    [
      ['--poll-interval', '5'],
      '--poll-interval: "5" is no duration from 5 ms to 60 min, such as 200ms',
    ],
    [['--poll-interval', '1ms'], '--poll-interval: "1ms" is no duration'],
    [
      ['--hold-time', '10ms'],
      '--hold-time: "10ms" is no duration from 1000 ms to 60 min, such as 30s',
    ],
  ])('are checked before anything is started: %j', async (flags, message) => {
    const run = await runCommand(['run', 'command-delivery', ...flags])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain(message)
  })

  it('reach the server and the figures', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      ...['run', 'command-delivery', '-t', 'http-poll,http-long-poll', ...BYTES_ONLY],
      ...['--poll-interval', '5min', '--hold-time', '2min', '--out', folder.path],
    ])
    expect(run.code, run.stderr).toBe(0)
    const waits = readReport(folder.path).cells.map((cell) =>
      cell.status === 'measured' ? cell.bytes?.waiting?.everyS : null,
    )
    expect(waits).toEqual([300, 120])
  })
})

it('compares no latency of commands with a reference', async () => {
  const run = await runCommand(['check', 'command-delivery', '--latency', '--reference', '.'])
  expect(run.code).toBe(2)
  expect(run.stderr).toContain('command-delivery: is a roundtrip, and --latency')
})
