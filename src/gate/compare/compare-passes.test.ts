import { describe, expect, it } from 'vitest'
import { cellsOf } from '../../../test/fixtures/byte-report.ts'
import type { BytesResult } from '../../model/report/report.ts'
import { comparePasses } from './compare-passes.ts'

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
