import { describe, expect, it } from 'vitest'
import { byteReport, cellsOf } from '../../test/fixtures/byte-report.ts'
import type { BytesResult, Cell } from '../model/report.ts'
import { comparePasses, findVariedCells } from './compare-passes.ts'

const NAME = { scenario: 'json', transport: 'http1' }
const passes = (...payloads: string[]): BytesResult[] =>
  payloads.map((payload) => (cellsOf({ payload })[0] as { bytes: BytesResult }).bytes)

describe('byte passes of one cell', () => {
  it('agree where every figure does', () => {
    expect(comparePasses(NAME, passes('a', 'b', 'c'))).toBeNull()
  })

  it('differ with one byte, which is named', () => {
    expect(comparePasses(NAME, passes('a', 'bb', 'a'))).toEqual({
      ...NAME,
      finding: 'varied',
      verdict: 'no-verdict',
      messages: [100, 100, 100],
      variations: [{ phase: 'steady', direction: 'up', layer: 'payload', values: [100, 200, 100] }],
    })
  })

  it('differ with the number of messages, be they empty', () => {
    const [first, second] = passes('a', 'a') as [BytesResult, BytesResult]
    const verdict = comparePasses(NAME, [first, { ...second, messages: 99 }])
    expect(verdict).toMatchObject({ messages: [100, 99], variations: [] })
  })
})

describe('whole runs', () => {
  it('are compared cell by cell', () => {
    const other = cellsOf({ clientId: 'sensor-00011' })
    const varied = findVariedCells([byteReport(), byteReport(other), byteReport()])
    expect(varied.map(({ transport, variations }) => ({ transport, variations }))).toEqual([
      {
        transport: 'mqtt-qos1',
        variations: [{ phase: 'setup', direction: 'up', layer: 'control', values: [25, 26, 25] }],
      },
    ])
  })

  it('leave out what one of them did not measure', () => {
    const [http] = cellsOf({ payload: 'longer than before' }) as [Cell]
    const failed = { ...http, status: 'failed', reason: 'broke' } as Cell
    expect(findVariedCells([byteReport(), byteReport([failed])])).toEqual([])
    expect(findVariedCells([])).toEqual([])
  })
})
