import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { exporters } from '../src/export/index.ts'
import type { Report } from '../src/model/report/report.ts'
import { parseReport } from '../src/runner/read-report.ts'
import { root } from './support/command.ts'

const file = join(root, 'results', 'reference', 'report.json')
const reference = parseReport(readFileSync(file, 'utf8'), file)
const bytesOf = (report: Report): string =>
  exporters.table
    .render(report, { columns: 80, colour: false, sections: ['bytes'] })
    .replaceAll('\n', ' ')

it('an uplink says what an hour of waiting costs, once for each keep-alive', () => {
  // PINGREQ and PINGRESP of 2 bytes each (MQTT 3.1.1 §3.12, §3.13), sixty times.
  const told =
    'An hour of waiting on a kept connection, with a ping every 60 s: mqtt-qos0 240 B, mqtt-qos1 240 B.'
  expect(bytesOf(reference).split(told)).toHaveLength(2)
})

it('and with the headers of the network, where they are known', () => {
  const network = (direction: 'up' | 'down') =>
    ({ phase: 'idle', direction, layer: 'network', bytes: 78, basis: 'measured' }) as const
  const cells = reference.cells.map((cell) => {
    if (cell.status !== 'measured' || cell.bytes === null) return cell
    if (cell.transport !== 'mqtt-qos1') return cell
    const ledger = [...cell.bytes.ledger, network('up'), network('down')]
    return { ...cell, bytes: { ...cell.bytes, ledger } }
  })
  expect(bytesOf({ ...reference, cells })).toContain('mqtt-qos1 240 B (9,600 B on the link).')
})
