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
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { LAYERS, PHASES } from '../src/model/vocabulary.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { breakEvenOf } from '../src/stats/break-even.ts'
import { listTransports } from '../src/transports/registry.ts'
import { fixtureReport, hostileReport } from './fixtures/report.ts'

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

/** Every figure with a unit, both ends of a range, every ratio below one, and what stands alone in a column of figures; not the ticks of an axis. */
function figuresIn(text: string): Set<string> {
  const read = text
    .replaceAll(/<style>.*?<\/style>/gs, '')
    .replaceAll(/<text[^>]*class="faint"[^>]*>.*?<\/text>/g, '')
  const alone = read.matchAll(
    /(?<![\d.,/–])(?:[\d,]*\d(?:\.\d+)? (?:B|µs)\b|1\/\d+(?:\.\d+)?)|(?<=class="right">)[\d,.]+(?=<)/g,
  )
  const ranges = read.matchAll(/(?<![\d.,/–])([\d,]*\d(?:\.\d+)?)–([\d,]*\d(?:\.\d+)?) (B|µs)\b/g)
  return new Set([
    ...Array.from(alone, ([figure]) => figure),
    ...Array.from(ranges, ([, low, high, unit]) => [`${low} ${unit}`, `${high} ${unit}`]).flat(),
  ])
}

/** As it is read from its file: the figures that may be told of it. */
function toldBy(report: Report): Set<string> {
  const told = new Set(
    valuesOf(report)
      .filter(Number.isFinite)
      .flatMap((value) => [
        ...[formatBytes(value), formatCount(value), formatRatio(value)],
        ...[formatMicros(value), formatMicrosNumber(value)],
      ]),
  )
  // A ratio is of any two figures of one metric, of one content.
  for (const { name } of report.plan.scenarios) {
    const cells = report.cells.filter(({ scenario }) => scenario === name)
    for (const metric of METRICS) {
      const of = cells.flatMap((cell) => metric.of(cell) || [])
      for (const a of of) for (const b of of) told.add(formatRatio(a / b))
    }
  }
  return told
}

const SCREEN = { ...PLAIN, summary: { folder: 'results/mine' } }
const LOOKS: Record<string, (report: Report) => string> = {
  'the page': (report) => exporters.html.render(report, PLAIN),
  'every section': (report) => exporters.table.render(report, PLAIN),
  Markdown: (report) => exporters.markdown.render(report, PLAIN),
  'the screen': (report) => exporters.table.render(report, SCREEN),
}

const changed = (change: (report: Report) => Partial<Report>) => (): Report => {
  const report = fixtureReport()
  return { ...report, ...change(report) }
}
const bytesOnly = changed(({ plan, cells }) => ({
  plan: { ...plan, measures: ['bytes'] },
  cells: cells.map((cell) => (cell.status === 'skipped' ? cell : { ...cell, latency: null })),
}))
const oneCell = changed(({ cells }) => ({
  cells: cells.slice(0, 1),
  verdicts: [],
  breakEven: { costs: [], pairs: [] },
}))

/** Every way up that there is, with the figures of one that was measured. */
function everyTransport(): Report {
  const report = fixtureReport()
  const like = report.cells.filter(
    ({ status, scenario }) => status === 'measured' && scenario === 'json',
  )
  const cells = listTransports()
    .filter(({ traits }) => traits.flows.includes('uplink'))
    .flatMap(({ id, traits: { protocol } }, index): Report['cells'] => {
      const cell = like[index % like.length]
      return cell === undefined ? [] : [{ ...cell, transport: id, protocol }]
    })
  return { ...report, cells, verdicts: [], breakEven: breakEvenOf(cells) }
}

const ALL = Object.keys(LOOKS)

describe.each<[string, () => Report, number, readonly string[]]>([
  ['a run that was stopped, with a failed cell', fixtureReport, 100, ALL],
  ['bytes alone', bytesOnly, 100, ALL],
  ['one cell', oneCell, 5, ALL],
  ['every transport', everyTransport, 50, ALL],
  ['names of others', hostileReport, 100, ['the page', 'the screen']],
])('what people read of %s', (_, make, least, looks) => {
  // What a name may be is for whoever reads a file to judge.
  const report: Report = JSON.parse(exporters.json.render(make(), PLAIN))
  const told = toldBy(report)

  it.each(LANGUAGES)('has no figure in %s that is not of report.json', (language) => {
    const found = looks.flatMap((look) => {
      const figures = figuresIn(inLanguage(language, () => LOOKS[look]?.(report) ?? ''))
      return Array.from(figures, (figure) => `${look}: ${figure}`)
    })
    expect(found.length).toBeGreaterThan(least)
    expect(found.filter((each) => !told.has(each.replace(/^.*: /, '')))).toEqual([])
  })
})
