import { describe, expect, it } from 'vitest'
import { exporters } from '../src/export/index.ts'
import { costOf } from '../src/model/cost-line.ts'
import { METRICS } from '../src/model/report/metric.ts'
import type { Report } from '../src/model/report/report.ts'
import {
  formatBytes,
  formatCount,
  formatMicros,
  formatMicrosNumber,
  formatRatio,
} from '../src/model/text/format.ts'
import { LAYERS, PHASES } from '../src/model/vocabulary.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { parseReport } from '../src/runner/read-report.ts'
import { fixtureReport } from './fixtures/report.ts'

const PLAIN = { columns: 80, colour: false }

/** Whatever stands in the file, or is a figure of what stands there. */
function valuesOf(report: Report): number[] {
  const values: number[] = []
  const walk = (node: unknown): void => {
    if (typeof node === 'number') values.push(node)
    else if (typeof node === 'object' && node !== null) Object.values(node).forEach(walk)
  }
  walk(report)
  for (const cell of report.cells) {
    for (const metric of METRICS) values.push(metric.of(cell) ?? 0)
    if (cell.status === 'skipped' || cell.bytes === null) continue
    const { ledger, messages } = cell.bytes
    for (const layer of LAYERS) {
      for (const phase of PHASES) values.push(sumLedger(ledger, { layer, phase }) / messages)
    }
  }
  for (const { bytes } of report.breakEven?.costs ?? []) {
    values.push(costOf(bytes, 1), costOf(bytes, 1_000))
  }
  return values
}

/** Every figure with a unit, every ratio below one, and what stands alone in a column of figures; not the ticks of an axis. */
const figuresIn = (text: string): Set<string> =>
  new Set(
    [
      ...text
        .replaceAll(/<text[^>]*class="faint"[^>]*>.*?<\/text>/g, '')
        .matchAll(
          /(?<![\d.,/–])(?:[\d,]*\d(?:\.\d+)? (?:B|µs)\b|1\/\d+(?:\.\d+)?)|(?<=class="right">)[\d,.]+(?=<)/g,
        ),
    ].map(([figure]) => figure),
  )

describe('what people read', () => {
  const file = exporters.json.render(fixtureReport(), PLAIN)
  const report = parseReport(file, 'report.json')
  const values = valuesOf(report)
  const told = new Set(
    values
      .filter(Number.isFinite)
      .flatMap((value) => [
        ...[formatBytes(value), formatCount(value), formatRatio(value)],
        ...[formatMicros(value), formatMicrosNumber(value)],
      ]),
  )
  // A ratio is of any two figures of one metric.
  for (const metric of METRICS) {
    const of = report.cells.flatMap((cell) => metric.of(cell) || [])
    for (const a of of) for (const b of of) told.add(formatRatio(a / b))
  }

  it.each(['html', 'table', 'markdown'] as const)(
    '%s: every figure stands in report.json, or is of what stands there',
    (format) => {
      const figures = figuresIn(exporters[format].render(report, PLAIN))
      expect(figures.size).toBeGreaterThan(25)
      expect([...figures].filter((figure) => !told.has(figure))).toEqual([])
    },
  )
})
