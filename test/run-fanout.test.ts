import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { said, saidText } from '../src/model/said/said.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { listTransports } from '../src/transports/registry.ts'
import {
  BYTES_ONLY,
  childrenOf,
  hasTool,
  readCsv,
  readReport,
  runCommand,
  startCommand,
  temporaryFolder,
} from './support/command.ts'

/** A folder with a fan-out of `{ "temp": 25 }` on `sensors/temp`: 14 bytes of payload, 12 of topic. */
function fanoutFile(subscribers: string, messages = 5) {
  const folder = temporaryFolder()
  const file = join(folder.path, 'alarm.yaml')
  writeFileSync(
    file,
    [
      'name: alarm',
      'title: an alarm',
      'flow: fanout',
      `subscribers: ${subscribers}`,
      `messages: ${messages}`,
      'payload: { text: \'{ "temp": 25 }\' }',
    ].join('\n'),
  )
  return { file, out: join(folder.path, 'out'), [Symbol.dispose]: () => folder[Symbol.dispose]() }
}

describe('the bytes of a fan-out', () => {
  const folder = temporaryFolder()
  const first = join(folder.path, 'first')
  const second = join(folder.path, 'second')

  beforeAll(async () => {
    const args = ['run', 'fan-out', '-t', 'mqtt-qos0,mqtt-qos1,mqtt-qos2,memory']
    for (const out of [first, second]) {
      const run = await runCommand([...args, ...BYTES_ONLY, '--out', out])
      expect(run.code, run.stderr).toBe(0)
      expect(run.stderr).not.toContain('Warning')
    }
  }, 240_000)
  afterAll(() => folder[Symbol.dispose]())

  it('are to subscribers those of one link, as often as there are subscribers', () => {
    // PUBLISH, and at QoS 1 PUBACK, at QoS 2 PUBREC, PUBREL and PUBCOMP.
    const linkBytes = { 'mqtt-qos0': 30, 'mqtt-qos1': 36, 'mqtt-qos2': 44 }
    const rows = readCsv(first, 'results.csv')
    expect(rows).toHaveLength(12)
    for (const subscribers of [1, 10, 100]) {
      for (const [transport, bytes] of Object.entries(linkBytes)) {
        const row = rows.find(
          (each) => each.scenario === `fan-out-${subscribers}` && each.transport === transport,
        )
        expect(row, `${transport} to ${subscribers}`).toMatchObject({
          status: 'measured',
          flow: 'fanout',
          subscribers: String(subscribers),
          messages: '20',
          payload_bytes: '14',
          subscriber_bytes_per_message: String(subscribers * bytes),
          // And once more on the publisher's link.
          wire_bytes_per_message: String((subscribers + 1) * bytes),
          // CONNECT and CONNACK, 25 + 4 bytes, of the publisher; of each subscriber
          // with six more of client id, and with SUBSCRIBE and SUBACK.
          setup_bytes: String(29 + subscribers * (29 + 6 + 19 + 5)),
          close_bytes: String(2 * (subscribers + 1)),
          connections: String(subscribers + 1),
          sent: '20',
          completed: '20',
          delivered: String(20 * subscribers),
          lost: '0',
          duplicated: '0',
          corrupted: '0',
          latency_p50_us: '',
          delivery_first_p50_us: '',
        })
      }
    }
  })

  it('are the same in every run, to the last digit', () => {
    const read = (run: string, name: string) => readFileSync(join(run, name), 'utf8')
    expect(read(second, 'results.csv')).toBe(read(first, 'results.csv'))
    expect(read(second, 'ledger.csv')).toBe(read(first, 'ledger.csv'))
  })

  it('sum to what the relays passed on, and keep the subscribers’ links apart', () => {
    const { cells } = readReport(first)
    for (const cell of cells) {
      if (cell.status !== 'measured' || cell.bytes === null) continue
      const { ledger, totals, messages, payloadBytes, subscriberLinks = [], exchange } = cell.bytes
      const subscribers = cell.subscribers ?? 0
      expect(sumLedger(ledger, { direction: 'up' })).toBe(totals.up)
      expect(sumLedger(ledger, { direction: 'down' })).toBe(totals.down)
      expect(payloadBytes).toBe(14 * messages)
      const payload = { layer: 'payload' } as const
      expect(sumLedger(ledger, { ...payload, direction: 'up' })).toBe(payloadBytes)
      expect(sumLedger(ledger, { ...payload, direction: 'down' })).toBe(payloadBytes * subscribers)
      expect(sumLedger(subscriberLinks, { ...payload, direction: 'up' })).toBe(0)
      expect(sumLedger(subscriberLinks, payload)).toBe(payloadBytes * subscribers)
      expect(sumLedger(ledger, { phase: 'idle' })).toBe(0)
      // Two links to read, whatever the number of subscribers.
      expect(exchange.filter(({ label }) => label === 'CONNECT')).toHaveLength(2)
      expect(exchange.filter(({ label }) => label === 'PUBLISH')).toHaveLength(2)
    }
  })

  it('are none in the in-memory map', () => {
    const rows = readCsv(first, 'results.csv').filter((row) => row.transport === 'memory')
    for (const row of rows) {
      expect(row).toMatchObject({ status: 'measured', subscriber_bytes_per_message: '' })
    }
  })
})

it('sends every subscriber the same bytes, on every transport', async () => {
  using scenario = fanoutFile('[1, 3]')
  const { file, out } = scenario
  const listed = listTransports()
  const ids = listed.filter(({ traits }) => traits.flows.includes('fanout')).map(({ id }) => id)
  const run = await runCommand([...['run', file, '-t', ids.join(','), ...BYTES_ONLY, '--out', out]])
  expect(run.code, run.stderr).toBe(0)
  const rows = readCsv(out, 'results.csv').filter(
    (row) => row.status === 'measured' && row.transport !== 'memory',
  )
  const bytesTo = (subscribers: string) =>
    rows
      .filter((row) => row.subscribers === subscribers)
      .map((row) => [row.transport, Number(row.subscriber_bytes_per_message) / Number(subscribers)])
  expect(bytesTo('1').length).toBeGreaterThan(2)
  expect(bytesTo('3')).toEqual(bytesTo('1'))
})

describe.skipIf(!hasTool('mosquitto'))('a fan-out on Mosquitto', () => {
  it('has the bytes of the specification; a topic alias ends at the broker', async () => {
    using scenario = fanoutFile('[1, 3]')
    const { file, out } = scenario
    const ids = 'mqtt-qos0,mqtt-qos1,mqtt-qos2,mqtt5-qos0,mqtt5-qos1,mqtt5-qos2,mqtt5-alias-qos0'
    const run = await runCommand([
      ...['run', file, '-t', ids, '--broker', 'mosquitto', ...BYTES_ONLY, '--out', out],
    ])
    expect(run.code, run.stderr).toBe(0)
    const linkBytes: Record<string, number> = {
      'mqtt-qos0': 30,
      'mqtt-qos1': 36,
      'mqtt-qos2': 44,
      'mqtt5-qos0': 31,
      'mqtt5-qos1': 37,
      'mqtt5-qos2': 45,
      'mqtt5-alias-qos0': 31,
    }
    const rows = readCsv(out, 'results.csv')
    expect(rows).toHaveLength(14)
    for (const row of rows) {
      const bytes = Number(row.subscribers) * (linkBytes[row.transport ?? ''] ?? 0)
      expect(row.subscriber_bytes_per_message, `${row.transport}`).toBe(String(bytes))
      expect(row.delivered).toBe(String(5 * Number(row.subscribers)))
    }
  })
})

describe('the latencies of a fan-out', () => {
  it('are those of the first and of the last subscriber, as the raw values say', async () => {
    using scenario = fanoutFile('[1, 5]')
    const { file, out } = scenario
    const run = await runCommand([
      ...['run', file, '-t', 'mqtt-qos0,mqtt-qos1,memory', '--measure', 'latency', '--raw'],
      ...['--rounds', '6', '--per-round', '8', '--full', '--out', out],
    ])
    expect(run.code, run.stderr).toBe(0)
    expect(run.stdout).toMatch(/^transport +completion +to +first p50 +last p50 +lost$/m)
    const raw = readCsv(out, 'raw.csv')
    const rows = readCsv(out, 'results.csv')
    expect(rows).toHaveLength(6)
    for (const row of rows) {
      const subscribers = Number(row.subscribers)
      expect(row).toMatchObject({
        sent: '48',
        completed: '48',
        delivered: String(48 * subscribers),
        delivery_samples: String(48 * subscribers),
        lost: '0',
      })
      const first = Number(row.delivery_first_p50_us)
      const last = Number(row.delivery_last_p50_us)
      expect(first).toBeGreaterThan(0)
      if (subscribers === 1) expect(first).toBe(last)
      else expect(first).toBeLessThan(last)
      // A flush is no latency.
      expect(row.latency_p50_us === '').toBe(row.completion === 'flushed')
      const untilLast = raw
        .filter((each) => each.scenario === row.scenario && each.transport === row.transport)
        .map((each) => (Number(each.delivered_ns) - Number(each.due_ns)) / 1_000)
        .sort((a, b) => a - b)
      expect(untilLast).toHaveLength(48)
      expect(last).toBeCloseTo(untilLast[23] as number, 2)
    }
    const [cell] = readReport(out).cells
    expect(cell).toMatchObject({ subscribers: 1, legs: 2, latency: { messagesPerRound: 8 } })
  })

  it('start when a message was due: a slow application of each subscriber is in both', async () => {
    using scenario = fanoutFile('3')
    const { file, out } = scenario
    const run = await runCommand([
      ...['run', file, '-t', 'mqtt-qos0,memory', '--measure', 'latency', '--inject', 'delay=20ms'],
      ...['--rounds', '6', '--per-round', '2', '--out', out],
    ])
    expect(run.code, run.stderr).toBe(0)
    for (const row of readCsv(out, 'results.csv')) {
      expect(Number(row.delivery_first_p50_us)).toBeGreaterThanOrEqual(20_000)
      expect(Number(row.delivery_last_p50_us)).toBeGreaterThanOrEqual(20_000)
    }
  })
})

describe('deliveries that do not arrive as they were sent', () => {
  it.each([
    ['drop=2', { delivered: '14', lost: '1', duplicated: '0', corrupted: '0' }],
    ['double=2', { delivered: '15', lost: '0', duplicated: '1', corrupted: '0' }],
    ['change=2', { delivered: '14', lost: '0', duplicated: '0', corrupted: '1' }],
  ])(
    'are counted at the subscriber: %s',
    async (fault, counts) => {
      using scenario = fanoutFile('3')
      const { file, out } = scenario
      const run = await runCommand([
        ...['run', file, '-t', 'mqtt-qos0,mqtt-qos1', ...BYTES_ONLY],
        ...['--inject', fault, '--out', out],
      ])
      expect(run.code, run.stderr).toBe(0)
      const rows = readCsv(out, 'results.csv')
      expect(rows).toHaveLength(2)
      for (const row of rows) expect(row).toMatchObject({ sent: '5', completed: '5', ...counts })
      expect(run.stdout).toMatch(/not all messages were delivered intact/)
    },
    60_000,
  )

  it('give no latencies in the block that they belong to', async () => {
    using scenario = fanoutFile('3')
    const { file, out } = scenario
    // One round of eight, after a warm-up of forty.
    const run = await runCommand([
      ...['run', file, '-t', 'mqtt-qos1', '--measure', 'latency', '--inject', 'drop=42'],
      ...['--rounds', '1', '--per-round', '8', '--out', out],
    ])
    expect(run.code, run.stderr).toBe(0)
    const [row] = readCsv(out, 'results.csv')
    expect(row).toMatchObject({
      ...{ sent: '8', delivered: '23', lost: '1' },
      ...{ delivery_samples: '', delivery_first_p50_us: '', delivery_last_p50_us: '' },
    })
    expect(row?.latency_samples).toBe('8')
  })
})

describe('a stray byte on the link of a subscriber', () => {
  it.each(['up', 'down'])(
    '%s fails the cell',
    async (direction) => {
      using scenario = fanoutFile('3')
      const { file, out } = scenario
      const run = await runCommand([
        ...['run', file, '-t', 'mqtt-qos1', ...BYTES_ONLY],
        ...['--inject', `stray-byte=${direction}`, '--out', out],
      ])
      expect(run.code).toBe(3)
      const [cell] = readReport(out).cells
      expect(cell?.status === 'failed' && saidText(cell.reason)).toMatch(
        new RegExp(`^byte 0 of the ${direction} stream of connection 1 cannot be explained`),
      )
    },
    60_000,
  )
})

describe('an endpoint process of a fan-out that dies', () => {
  it('fails the cells that it served, and no others', async () => {
    using scenario = fanoutFile('[3, 2]')
    const { file, out } = scenario
    const run = startCommand([
      ...['run', file, '-t', 'mqtt-qos0,mqtt-qos1,memory', '--out', out],
      ...['--rounds', '6', '--per-round', '10'],
    ])
    await run.printed('alarm-3: latency, round 2')
    const endpoint = childrenOf(run.child.pid as number).find(({ args }) =>
      args.endsWith('worker.js endpoint endpoints'),
    )
    process.kill(endpoint?.pid as number, 'SIGKILL')
    const { code, stderr } = await run.ended
    expect(code, stderr).toBe(3)
    expect(stderr).toContain('the endpoint process ended unexpectedly (SIGKILL)')
    const { cells } = readReport(out)
    const failed = cells.filter((cell) => cell.status !== 'measured')
    expect(failed.map(({ scenario: name, transport }) => `${name} ${transport}`)).toEqual([
      'alarm-3 mqtt-qos0',
      'alarm-3 mqtt-qos1',
    ])
    // What was measured before is not lost.
    expect(failed[0]?.status === 'failed' && failed[0].bytes !== null).toBe(true)
  })
})

describe('a signal during a fan-out', () => {
  it.each(['alarm-3: bytes, mqtt-qos1', 'alarm-3: latency, warm-up', 'alarm-3: latency, round 2'])(
    'leaves a partial report: at "%s"',
    async (moment) => {
      using scenario = fanoutFile('[3, 2]')
      const { file, out } = scenario
      const args = ['run', file, '-t', 'mqtt-qos0,mqtt-qos1,memory', '--quick', '--out', out]
      const run = startCommand(args)
      await run.printed(moment)
      const workers = childrenOf(run.child.pid as number)
      // A byte pass has no process of its own.
      expect(workers.length).toBe(moment.includes('bytes') ? 0 : 2)
      run.child.kill('SIGINT')
      const { code, stderr } = await run.ended
      expect(code, stderr).toBe(130)
      const report = readReport(out)
      expect(report).toMatchObject({
        partial: true,
        partialReason: said('stoppedBy', { signal: 'SIGINT' }),
      })
      expect(report.cells).toHaveLength(6)
      expect(report.cells.filter((cell) => cell.status === 'failed')).toEqual([])
      for (const { pid } of workers) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    },
    120_000,
  )
})
