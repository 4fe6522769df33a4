import { expect, it } from 'vitest'
import { saidText } from '../src/model/said/said.ts'
import { listTransports, resolveTransports } from '../src/transports/registry.ts'
import { readCsv, readReport, runCommand, temporaryFolder } from './support/command.ts'

/** Nearest rank, written apart from the instrument's own statistics. */
function rank(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.ceil(sorted.length * fraction) - 1] as number
}

/** As many samples as carry a median, and two. */
const ROUNDS = 8

it('reads a delay of 20 ms in the endpoint as 20 to 24 ms, or as the controls do, on every transport', {
  timeout: 180_000,
  // The quickest of a transport can be disturbed too.
  retry: 2,
}, async () => {
  using folder = temporaryFolder()
  const run = await runCommand([
    ...['run', 'json', '-t', 'uplink,controls', '--measure', 'latency', '--inject', 'delay=20ms'],
    '--raw',
    // Of one message each: as much is warmed up with as five of them.
    ...['--rounds', String(ROUNDS), '--per-round', '1', '--out', folder.path],
  ])
  expect(run.code, run.stderr).toBe(0)
  const rows = readCsv(folder.path, 'results.csv')
  expect(rows).toHaveLength(resolveTransports(['uplink', 'controls']).length)
  const raw = readCsv(folder.path, 'raw.csv')
  const microsOf = (id: string | undefined, end: string): number[] =>
    raw
      .filter(({ transport }) => transport === id)
      .map((message) => (Number(message[end]) - Number(message.due_ns)) / 1_000)
  // Measured in turn with the others, on a machine that is as busy: bytes passed on, and no
  // protocol. One that wakes each side more often meets as much as that each time.
  const control = Math.max(
    ...resolveTransports(['controls']).map((id) => rank(microsOf(id, 'completed_ns'), 0.5)),
  )
  const bound = Math.max(24_000, 20_000 + 3 * (control - 20_000))
  const transports = new Map(listTransports().map(({ id, traits }) => [id, traits]))
  for (const row of rows) {
    // What starts a program for each message has no latency of its own.
    if (row.status === 'skipped' || row.transport === 'coaps-close') continue
    const flushed = row.completion === 'flushed'
    // A broker acknowledges without waiting for its subscriber.
    const waits = !flushed && transports.get(row.transport ?? '')?.completedBy !== 'broker'
    const ends = waits ? ['completed_ns', 'delivered_ns'] : ['delivered_ns']
    for (const end of ends) {
      const column = end === 'completed_ns' ? 'latency_p50_us' : 'delivery_p50_us'
      const p50 = Number(row[column])
      expect(p50, `${row.transport} ${column}`).toBeGreaterThanOrEqual(20_000)
      // Where each message opens a connection, that is in its latency.
      if (/-(close|resumed|wake)$/.test(row.transport ?? '')) continue
      const micros = microsOf(row.transport, end)
      expect(micros).toHaveLength(ROUNDS)
      // A busy machine adds to most of them; what is ours would be in every one.
      expect(Math.min(...micros), `${row.transport} ${column}`).toBeLessThanOrEqual(bound)
    }
    // A flush is no latency.
    if (flushed) expect(row.latency_p50_us).toBe('')
  }
  expect(readReport(folder.path).warnings.map(saidText).join()).toContain('delay=20ms')
})

it('writes raw values from which the percentiles can be computed again', async () => {
  using folder = temporaryFolder()
  const run = await runCommand([
    ...['run', 'json', '-t', 'http1,mqtt-qos0,mqtt-qos1,mqtt-qos2', '--measure', 'latency'],
    ...['--quick', '--raw', '--out', folder.path],
  ])
  expect(run.code, run.stderr).toBe(0)
  const raw = readCsv(folder.path, 'raw.csv')
  for (const row of readCsv(folder.path, 'results.csv')) {
    const messages = raw.filter((message) => message.transport === row.transport)
    expect(messages).toHaveLength(480)
    const since = (column: string) =>
      messages.map((message) => (Number(message[column]) - Number(message.due_ns)) / 1000)
    const expected =
      row.completion === 'flushed'
        ? { delivery_p50_us: rank(since('delivered_ns'), 0.5) }
        : {
            latency_p50_us: rank(since('completed_ns'), 0.5),
            latency_p90_us: rank(since('completed_ns'), 0.9),
            latency_p99_us: rank(since('completed_ns'), 0.99),
            latency_max_us: rank(since('completed_ns'), 1),
            delivery_p50_us: rank(since('delivered_ns'), 0.5),
            delivery_p99_us: rank(since('delivered_ns'), 0.99),
          }
    for (const [column, value] of Object.entries(expected)) {
      expect(Number(row[column]), `${row.transport} ${column}`).toBeCloseTo(value, 2)
    }
    // 480 samples do not carry a p99.9.
    expect(row.latency_p999_us).toBe('')
  }
})

it('says whether the processes were pinned', async () => {
  using folder = temporaryFolder()
  const args = ['run', 'json', '-t', 'tcp', '--measure', 'latency', '--rounds', '1']
  const run = await runCommand([...args, '--per-round', '10', '--out', folder.path])
  expect(run.code, run.stderr).toBe(0)
  const { pinning } = readReport(folder.path).environment
  expect(run.stdout).toContain(pinning.pinned ? 'pinned' : 'not pinned')
})
