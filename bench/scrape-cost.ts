/**
 * What one scrape costs a tap, in CPU time and not in time that passed: the figures of
 * its reader, their way from one thread to the other, and the text. With so many open
 * connections, so many that are over, and all topics that are told apart.
 *
 *   node --import tsx bench/scrape-cost.ts --open 1000 --ended 20000
 */
import { parseArgs } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { renderTapMetrics } from '../src/export/tap/metrics.ts'
import { TapBook } from '../src/tap/tap-book.ts'

const { values } = parseArgs({
  options: {
    open: { type: 'string', default: '1000' },
    ended: { type: 'string', default: '20000' },
    times: { type: 'string', default: '100' },
  },
})
const CONNECT = Buffer.from('100c00044d5154540402003c0000', 'hex')
const CONNACK = Buffer.from('20020000', 'hex')
const times = Number(values.times)

const book = new TapBook({
  nowNs: () => 0n,
  onRemark: () => undefined,
  meter: { topics: ['plant/+/temp'], held: null, periods: true },
})
let number = 0
function open() {
  const connection = book.openConnection({ address: '192.0.2.7', port: 49_152 })
  connection.bytes('up', CONNECT)
  connection.bytes('down', CONNACK)
  publish(connection)
  return connection
}
function publish(connection: { bytes(direction: 'up', chunk: Uint8Array): void }): void {
  number += 1
  const topic = Buffer.from(`plant/${String(number % 1000).padStart(3, '0')}/temp`)
  const size = 2 + topic.length + 8
  connection.bytes(
    'up',
    Buffer.concat([Buffer.from([0x30, size, 0, topic.length]), topic, Buffer.alloc(8)]),
  )
}
for (let index = 0; index < Number(values.ended); index += 1) open().end()
const there = Array.from({ length: Number(values.open) }, open)

/** Milliseconds of CPU that one takes, of those after the first. */
async function cost(what: string, act: () => unknown): Promise<void> {
  await act()
  const before = process.cpuUsage()
  for (let index = 0; index < times; index += 1) await act()
  const { user, system } = process.cpuUsage(before)
  process.stdout.write(`${what}: ${((user + system) / 1e3 / times).toFixed(2)} ms\n`)
}

const figures = () => book.figures()
const { connections } = figures()
const meter = book.meterFigures()
if (meter === null) throw new Error('no meter')
const source = {
  listen: '127.0.0.1:1884',
  wireBytes: { up: 1, down: 1 },
  connections,
  meter,
  ageMs: 0,
}
const its = { version: '1', startedAt: new Date(0), residentBytes: 1 }
process.stdout.write(`${there.length} open, ${values.ended} over, ${meter.topics.length} topics\n`)
await cost('figures of everything', figures)
await cost('across the thread, everything', () => deserialize(serialize(figures())))
await cost('figures of the meter', () => book.meterFigures())
await cost('across the thread, of the meter', () => deserialize(serialize(book.meterFigures())))
await cost('text', () => renderTapMetrics('text', [source], its))
await cost('OpenMetrics', () => renderTapMetrics('openmetrics', [source], its))
process.stdout.write(
  `${(await renderTapMetrics('text', [source], its)).text.length} bytes of text, ${serialize(book.meterFigures()).length} across\n`,
)
