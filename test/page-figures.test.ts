import { describe, expect, it } from 'vitest'
import { exporters } from '../src/export/index.ts'
import { formatMs, formatRate } from '../src/export/report/links/link-text.ts'
import { costOf } from '../src/model/cost-line.ts'
import { findMetric, METRICS } from '../src/model/report/metric.ts'
import type { Report } from '../src/model/report/report.ts'
import {
  formatBytes,
  formatCount,
  formatMicros,
  formatMicrosNumber,
  formatRatio,
  formatTime,
} from '../src/model/text/format.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { LAYERS, PHASES } from '../src/model/vocabulary.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { breakEvenOf } from '../src/stats/break-even.ts'
import { listTransports } from '../src/transports/registry.ts'
import { commandReport } from './fixtures/command-report.ts'
import { fanoutReport } from './fixtures/fanout-report.ts'
import {
  commandsAlone,
  countedLinkReport,
  lossReport,
  publishedReport,
} from './fixtures/kinds-of-report.ts'
import { linkReport } from './fixtures/link-report.ts'
import { loadReport } from './fixtures/load-report.ts'
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
    values.push(1_000, costOf(bytes, 1), costOf(bytes, 1_000))
  }
  return values
}

/** What stands beside a figure, but is none. */
const CONSTANTS = new Set(['95 %'])

const NUMBER = String.raw`[\d,]*\d(?:\.\d+)?`
const UNIT = String.raw`(?: (?:B|µs|ms|s|%)|/s)(?![\p{L}\d])`
const ALONE = new RegExp(String.raw`(?<![\d.,/–])(?:${NUMBER}${UNIT}|1/${NUMBER})`, 'gu')
/** Without a unit, but nothing else than a figure. */
const LARGE =
  /(?<![\d.,/])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?= ✗|(?:\sof\s[\d,]+)?\sper\ssecond)/g
const RANGE = new RegExp(String.raw`(?<![\d.,/–])(${NUMBER})–(${NUMBER})(${UNIT})`, 'gu')

/** Every figure with a unit, both ends of a range, every ratio below one, and what stands in a column of figures; not the ticks of an axis. */
function figuresIn(text: string): Set<string> {
  const read = text
    .replaceAll(/<style>.*?<\/style>/gs, '')
    .replaceAll(/<text[^>]*class="faint"[^>]*>.*?<\/text>/g, '')
    .replaceAll(/ (?:d|points|transform|viewBox)="[^"]*"/g, '')
  const columns = Array.from(read.matchAll(/(?<=<td class="right">)[^<]*(?=<)/g), ([cell]) => cell)
  return new Set(
    [
      ...[ALONE, LARGE].flatMap((all) => Array.from(read.matchAll(all), ([figure]) => figure)),
      ...Array.from(read.matchAll(RANGE), ([, low, high, unit]) => [
        `${low}${unit}`,
        `${high}${unit}`,
      ]).flat(),
      ...columns
        .map((cell) => cell.replaceAll(new RegExp(`${ALONE.source}|${RANGE.source}`, 'gu'), ''))
        .flatMap((cell) => cell.match(/(?<![\w/])[\d,]*\d(?:\.\d+)?/g) ?? []),
    ].filter((figure) => !CONSTANTS.has(figure)),
  )
}

/** A number as it may be written, with a unit or in a column that says it. */
function written(value: number): string[] {
  const ms = value / 1_000
  return [
    ...[formatBytes(value), formatCount(value), formatRatio(value)],
    ...[formatMicros(value), formatMicrosNumber(value), formatTime(value)],
    // In milliseconds, where the file has them, or microseconds.
    ...[formatMs(value), `${formatMs(value)} ms`, formatMs(ms), `${formatMs(ms)} ms`],
    ...[`${formatMicrosNumber(ms)} ms`, formatTime(ms), formatTime(value * 1_000)],
    ...[`${formatCount(value)} ms`, `${formatCount(value)} s`],
    ...[formatCount(Math.round(value)), `${formatCount(Math.round(value))}/s`],
    ...[`${Math.min(100, Math.round(value * 100))} %`, `${Number((value * 100).toFixed(6))} %`],
    formatRate(value),
  ]
}

/** As it is read from its file: the figures that may be told of it. */
function toldBy(report: Report): Set<string> {
  const values = new Set([...valuesOf(report), ...kindsOf(report)].filter(Number.isFinite))
  const told = new Set([...values].flatMap(written))
  // How many round trips of the link a time is.
  if (report.link !== undefined) {
    for (const value of values) {
      told.add((value / 1_000 / report.link.rttMs).toFixed(2))
    }
  }
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

/** What is computed of the figures of one kind of run. */
function kindsOf({ cells, verdicts, link, breakEven }: Report): number[] {
  const metric = (name: string, cell: Report['cells'][number]): number =>
    findMetric(name)?.of(cell) ?? Number.NaN
  const ofFanOut = cells.flatMap((cell) => {
    const subscribers = cell.subscribers ?? 1
    const bytes = metric('subscriber_bytes_per_message', cell)
    const [first, last] = ['first', 'last'].map((which) => metric(`delivery_${which}_p50_us`, cell))
    return [
      ...[bytes / subscribers, metric('wire_bytes_per_message', cell) - bytes],
      ((last ?? 0) - (first ?? 0)) / (subscribers - 1),
    ]
  })
  const ofLoss = cells.flatMap((cell) => {
    const segments = cell.status === 'skipped' ? undefined : cell.overLink?.loss?.segments
    return segments === undefined ? [] : [segments.up + segments.down]
  })
  // A wake-up on the link: its bytes on the wire, and its packets.
  const ofWakeUps = (breakEven?.costs ?? []).map(({ scenario, transport, bytes }) =>
    cells
      .filter((cell) => cell.scenario === scenario && cell.transport === transport)
      .flatMap((cell) => (cell.status === 'skipped' ? [] : (cell.bytes?.ledger ?? [])))
      .filter(({ layer, phase }) => layer === 'network' && phase !== 'idle')
      .reduce(
        (sum, entry) =>
          sum + entry.bytes / (entry.phase === 'steady' ? (entry.messages ?? Number.NaN) : 1),
        bytes.first,
      ),
  )
  // Of claims: how many became what, and by what factor one is off.
  const counts = verdicts.map((_, index) => index + 1)
  const factors = verdicts.flatMap(({ evidence, between }) =>
    evidence.flatMap(({ value }) => between.map((bound) => value / bound)),
  )
  const sums = (['sent', 'completed', 'delivered'] as const).map((key) =>
    cells.reduce((sum, cell) => sum + ((cell.status !== 'skipped' && cell.counts?.[key]) || 0), 0),
  )
  const ofRelay = link?.relay?.bytesPerS == null ? [] : [link.relay.bytesPerS / 1e6]
  return [...ofFanOut, ...ofLoss, ...ofWakeUps, ...counts, ...factors, ...sums, ...ofRelay]
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

/** What a name may be is for whoever reads a file to judge. */
const stored = (report: Report): Report => JSON.parse(exporters.json.render(report, PLAIN))

/** A run, at least how many figures it tells, and where. */
type Case = [string, () => Report, number, readonly string[]]

/** Whose screens are made of other figures than those of `run all`. */
const OF_A_KIND: Case[] = [
  ['commands', commandReport, 100, ALL],
  ['commands alone', commandsAlone, 30, ALL],
  ['a fan-out', fanoutReport, 50, ALL],
  ['a slow link', linkReport, 50, ALL],
  ['a slow link whose packets were counted', countedLinkReport, 50, ALL],
  ['a link that loses', lossReport, 50, ALL],
  ['all that a load carries', () => loadReport('saturation'), 15, ALL],
  ['a rate', () => loadReport('rate'), 15, ALL],
  ['rising rates', () => loadReport('sweep'), 15, ALL],
  ['what others published', publishedReport, 50, ALL],
]

describe.each<Case>([
  ['a run that was stopped, with a failed cell', fixtureReport, 100, ALL],
  ['bytes alone', bytesOnly, 100, ALL],
  ['one cell', oneCell, 5, ALL],
  ['every transport', everyTransport, 50, ALL],
  ...OF_A_KIND,
  ['names of others', hostileReport, 100, ['the page', 'the screen']],
])('what people read of %s', (_, make, least, looks) => {
  const report = stored(make())
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

it.each(OF_A_KIND)('would see a figure that is of another run than one of %s', (_, make) => {
  const report = stored(make())
  const told = toldBy(report)
  const screenOf = (of: Report): string => LOOKS['the screen']?.(of) ?? ''
  const shown = FALSIFIED.filter((key) => screenOf(falsified(report, key)) !== screenOf(report))
  expect(shown).not.toEqual([])
  for (const key of shown) {
    const figures = [...figuresIn(screenOf(falsified(report, key)))]
    expect(figures.filter((figure) => !told.has(figure)).length, key).toBeGreaterThan(0)
  }
})

/** What figures of a report are called; some are on every screen. */
const FALSIFIED = [
  ...['bytes', 'bytesPerHour', 'first', 'p50Us', 'p99Us', 'totalMs', 'messagesPerS'],
  ...['offeredPerS', 'value'],
]

/** Each that is called so, by what no rounding hides and no other figure is. */
const falsified = (report: Report, wanted: string): Report =>
  JSON.parse(JSON.stringify(report), (key, value) =>
    key === wanted && typeof value === 'number' ? value * 0.9371 : value,
  )
