import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { renderTaps } from '../src/export/tap/index.ts'
import { tapLiveLines } from '../src/export/tap/live.ts'
import { tapReportSchema } from '../src/model/report/tap/tap-report.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { displayWidth } from '../src/model/text/text-width.ts'
import { buildSchemas } from '../src/scenario/schemas.ts'
import { checkAgainst } from '../src/tap/tap-book.ts'
import { tapReport } from './fixtures/tap-report.ts'
import { expectGolden } from './support/golden.ts'

const PLAIN = { columns: 80, colour: false }

describe('the report of a tap', () => {
  it.each([
    ['table', 'txt'],
    ['markdown', 'md'],
    ['csv', 'csv'],
    ['json', 'json'],
  ] as const)('as %s', (format, extension) => {
    const text = renderTaps(format, [tapReport()], PLAIN)
    expectGolden(`tap/report.${extension}`, text)
    expect(text).not.toContain('aHVudGVyMg')
  })

  it.each(LANGUAGES)('fits 80 columns in %s', (language) => {
    const text = inLanguage(language, () => renderTaps('table', [tapReport()], PLAIN))
    if (language !== 'en') expectGolden(`tap/report.${language}.txt`, text)
    const lines = text.split('\n')
    expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(80)
  })

  it('is what its schema says, and its ledgers sum to what was passed on', () => {
    const report = tapReport()
    expect(tapReportSchema.parse(report)).toEqual(report)
    const schema = buildSchemas()['tap.schema.json'] ?? {}
    const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false })
    expect(ajv.compile(schema)(JSON.parse(JSON.stringify(report)))).toBe(true)
    checkAgainst(report.wireBytes, report.protocols)
  })

  it('lives as one line for all of it, and one a protocol', () => {
    expect(tapLiveLines(tapReport())).toEqual([
      '1 h 02 min, 1 of 6 connections open, 1 unreachable, → 302 B, ← 304 B',
      '  TLS: 1 connection, 330 B',
      '  mqtt/3.1.1: 2 connections, messages → 3 ← 0, 145 B, 36 B a message',
      '  http/1.1: 1 connection, messages → 1 ← 0, 131 B, 131 B a message',
      '  silent: 1 connection, 0 B',
    ])
  })
})
