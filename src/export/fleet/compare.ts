import { basisWord, type FleetBasis } from '../../model/fleet/basis.ts'
import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { FLEET_METRICS } from '../../model/fleet/metrics.ts'
import { formatCount } from '../../model/text/format.ts'
import { renderCsv } from '../document/csv.ts'
import {
  type Block,
  cellText,
  heading,
  listOf,
  paragraph,
  plainTable,
  rowGroup,
} from '../document/document.ts'
import { jsonText } from '../document/json-text.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { renderAsTable } from '../document/terminal-table.ts'
import type { Format, RenderOptions } from '../exporter.ts'
import { renderPage } from '../html/page.ts'
import { percentText, rowName } from './figures.ts'
import { sayPage } from './words/page-words.ts'
import { say } from './words/words.ts'

/** A figure of a row that both fleets have. */
interface Difference {
  readonly row: string
  /** The column of fleet.csv, and the data file that it is by. */
  readonly metric: string
  readonly by: string | null
  readonly basis: FleetBasis
  readonly a: number
  readonly b: number
}

interface Fleets {
  readonly a: FleetReport
  readonly b: FleetReport
}

const figuresOf = (
  row: FleetRow,
): Map<string, { metric: string; basis: FleetBasis; by: string | null; value: number }> => {
  const subjects = [
    { by: null, subject: {} },
    ...row.plans.map(({ plan }) => ({ by: plan, subject: { plan } })),
    ...row.clouds.map(({ cloud }) => ({ by: cloud, subject: { cloud } })),
    ...row.radios.map(({ radio }) => ({ by: radio, subject: { radio } })),
  ]
  const figures = subjects.flatMap(({ by, subject }) =>
    FLEET_METRICS.flatMap((metric) => {
      const value = metric.of(row, subject)
      // What is by no data file stands once.
      const isOwn = by === null || metric.of(row, {}) === null
      return value === null || !isOwn
        ? []
        : [{ metric: metric.name, basis: metric.basis, by, value }]
    }),
  )
  return new Map(figures.map((figure) => [`${figure.metric} ${figure.by ?? ''}`, figure]))
}

function differencesOf({ a, b }: Fleets): Difference[] {
  return a.rows.flatMap((row) => {
    const other = b.rows.find(
      ({ transport, policy }) => transport === row.transport && policy === row.policy,
    )
    if (other === undefined) return []
    const figures = figuresOf(other)
    return Array.from(figuresOf(row), ([key, { metric, basis, by, value }]) => ({
      ...{ row: rowName(row, a.rows), metric, by, basis },
      ...{ a: value, b: figures.get(key)?.value ?? Number.NaN },
    })).filter((each) => Number.isFinite(each.b))
  })
}

const DIGITS = 3

function fleetsDocument(fleets: Fleets): Block[] {
  const { a, b } = fleets
  const others = (
    [
      [sayPage.devices, a.fleet.devices, b.fleet.devices],
      [sayPage.monthWord, a.fleet.monthS / 86_400, b.fleet.monthS / 86_400],
      [sayPage.payloads, a.fleet.payloadBytes, b.fleet.payloadBytes],
    ] as const
  ).filter(([, one, other]) => one !== other)
  const all = differencesOf(fleets)
  const changed = all.filter((each) => each.a !== each.b)
  const names = [...new Set(changed.map(({ row }) => row))]
  const groups = names.map((name) => {
    const rows = changed
      .filter(({ row }) => row === name)
      .map(({ metric, by, basis, a: one, b: other }) => [
        by === null ? metric : `${metric}, ${by}`,
        cellText(basisWord(basis), 'faint'),
        ...[one, other].map((value) => formatCount(value, DIGITS)),
        cellText(one === 0 ? '' : percentText(other / one - 1), other > one ? 'bad' : 'good'),
      ])
    return rowGroup(name, ...rows)
  })
  return [
    heading(1, sayPage.compared(a.fleet.name, b.fleet.name)),
    ...listOf(
      others.map(([what, one, other]) =>
        sayPage.otherFleet(what, formatCount(one, DIGITS), formatCount(other, DIGITS)),
      ),
      'mixed',
    ),
    paragraph(all.length === 0 ? sayPage.none : sayPage.comparedNote, 'faint'),
    ...(groups.length === 0
      ? []
      : [plainTable([say.columns.transport, '', say.columns.basis], ['a', 'b', ''], groups)]),
  ]
}

/** Two fleets side by side in one of the formats of a report. */
export function renderFleets(format: Format, fleets: Fleets, options: RenderOptions): string {
  switch (format) {
    case 'table':
      return renderAsTable(fleetsDocument(fleets), options)
    case 'markdown':
      return renderAsMarkdown(fleetsDocument(fleets))
    case 'csv':
      return renderCsv(
        ['row', 'metric', 'by', 'basis', 'a', 'b', 'difference'],
        differencesOf(fleets).map(({ row, metric, by, basis, a, b }) => [
          ...[row, metric, by, basis, a, b, b - a],
        ]),
      )
    case 'json':
      return jsonText(differencesOf(fleets))
    case 'html': {
      const title = sayPage.compared(fleets.a.fleet.name, fleets.b.fleet.name)
      return renderPage(title, [{ title, look: 'open', blocks: fleetsDocument(fleets) }])
    }
  }
}
