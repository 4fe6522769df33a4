import { describe, expect, it } from 'vitest'
import type { Baseline } from './baseline.ts'
import { findBaselineCell, versionsOfCell } from './baseline.ts'

const CELL = { messages: 1, versions: { node: '22.1.0' } }
const BASELINE: Baseline = {
  schemaVersion: 1,
  tool: 'mqtt-vs-http',
  versions: { node: '20.19.0', openssl: '3.0.15' },
  cells: { json: { http1: CELL } },
}
const find = (scenario: string, transport: string) =>
  findBaselineCell(BASELINE, { scenario, transport })

describe('a cell of a baseline', () => {
  it('is found by its name', () => {
    expect(find('json', 'http1')).toBe(CELL)
    expect(find('json', 'tcp')).toBeUndefined()
  })

  it('is not what every object has', () => {
    expect(find('json', 'constructor')).toBeUndefined()
    expect(find('constructor', 'keys')).toBeUndefined()
  })

  it('has the versions on top, but for its own', () => {
    expect(versionsOfCell(BASELINE, CELL)).toEqual({ node: '22.1.0', openssl: '3.0.15' })
  })
})
