import { describe, expect, it } from 'vitest'
import { exporters } from '../src/export/index.ts'
import { type ScenarioInput, scenarioSchema } from '../src/model/scenario/scenario.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { measureHere } from './support/byte-pass.ts'
import { hasTool, readReport, runCommand, temporaryFolder } from './support/command.ts'

const READING = 'x'.repeat(400)
const MESSAGES = 3

const scenarioOf = (compress?: 'gzip', http: ScenarioInput['http'] = {}) =>
  scenarioSchema.parse({
    ...{ name: 'gzip', title: 'gzip', messages: MESSAGES, http },
    payload: { text: READING, ...(compress !== undefined && { compress }) },
  })

async function framingOf(transport: string, compress?: 'gzip', options = {}) {
  const { bytes, failure, counts } = await measureHere(transport, scenarioOf(compress), options)
  expect([failure, counts.delivered, counts.corrupted]).toEqual([null, MESSAGES, 0])
  const place = { phase: 'steady', direction: 'up', layer: 'framing' } as const
  return sumLedger(bytes?.ledger ?? [], place) / MESSAGES
}

describe('how a payload is compressed is said', () => {
  it.each(['http1', 'http1-bare', 'http1-replay'])('by %s in a field', async (transport) => {
    // RFC 9110 §8.4. Content-Length has one digit less, but where chunks say it all the same.
    const more = (await framingOf(transport, 'gzip')) - (await framingOf(transport))
    expect(more).toBe('content-encoding: gzip\r\n'.length - 1)
  })

  it.skipIf(!hasTool('mosquitto'))('by MQTT 5 in its content type, by 3.1.1 nowhere', async () => {
    const options = { broker: 'mosquitto' }
    const of = async (transport: string) =>
      (await framingOf(transport, 'gzip', options)) -
      (await framingOf(transport, undefined, options))
    // §3.3.2.3.9: identifier, length and text; Remaining Length of less than 128 takes a byte less.
    expect(await of('mqtt5-qos1')).toBe(1 + 2 + 'text/plain;content-encoding=gzip'.length - 1)
    expect(await of('mqtt-qos1')).toBe(-1)
  })
})

it('run encodings compares them in one table and in the CSV, and warns where nothing says it', async () => {
  using folder = temporaryFolder()
  const run = await runCommand([
    ...['run', 'encodings', '--measure', 'bytes', '--section', 'encodings', '--out', folder.path],
  ])
  expect(run.code, run.stderr).toBe(0)
  const report = readReport(folder.path)
  expect(report.cells).toHaveLength(7 * 2 * 2)
  const rows = run.stdout.split('\n').map((line) => line.trim().split(/\s{2,}/))
  const payloads = rows.filter((row) => row.length === 7).map((row) => [row[0], row[1], row[4]])
  expect(payloads.slice(-7)).toEqual([
    ['json', '16,813', '1,017'],
    ['json-compact', '13,813', '936'],
    ['senml-json', '21,813', '1,071'],
    ['senml-cbor', '15,741', '1,145'],
    ['cbor', '13,741', '1,119'],
    ['msgpack', '14,251', '1,084'],
    ['protobuf', '11,000', '999'],
  ])
  const csv = exporters.csv.render(report, { columns: 200, colour: false })
  expect(csv.match(/,cbor,gzip\r\n/g)).toHaveLength(2)
  const warned = report.cells.filter(
    (cell) => cell.status === 'measured' && cell.warnings.length > 0,
  )
  expect(warned.map(({ transport }) => transport)).toEqual(Array(7).fill('mqtt-qos1'))
})
