import { findMetric } from '../../../model/report/metric.ts'
import type { Report } from '../../../model/report/report.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue, plural } from '../../../model/text/language.ts'
import type { Flow } from '../../../model/vocabulary.ts'
import { WORDS } from '../../words.ts'
import { type RunCell, scenarioCellsOf } from '../scenario-cells.ts'
import type { FigureOf } from './sides.ts'

/** A content of a run, with what of it was measured. */
export interface Entry {
  readonly name: string
  readonly scenario: Scenario
  readonly cells: readonly RunCell[]
}

/** Those of which there is something that counts; what failed is told apart. */
export const entriesOf = (
  report: Report,
  flow: Flow,
  counts: (cell: RunCell) => boolean = ({ bytes, latency }) => bytes !== null || latency !== null,
): Entry[] =>
  scenarioCellsOf(report, flow).flatMap(({ scenario, cells }) => {
    const measured = cells.flatMap((cell) =>
      cell.status === 'measured' && counts(cell) ? [cell] : [],
    )
    return measured.length === 0 ? [] : [{ name: scenario.name, scenario, cells: measured }]
  })

export const metricOf =
  (name: string): FigureOf =>
  (cell) => {
    const value = findMetric(name)?.of(cell) ?? null
    return value === null ? [] : [value]
  }

const say = catalogue({
  en: {
    more: (count: number) =>
      `Of ${formatCount(count)} more ${plural(count, 'content', 'contents')} the tables tell.`,
  },
  'zh-TW': { more: (count) => `另有 ${formatCount(count)} 種內容，見表格。` },
})

/** More than these nobody keeps in mind. */
const MOST_SENTENCES = 5

/**
 * The sentences of each content, an empty one where there is no figure: the
 * first of all of them, then the second; by name where there are several.
 */
export function sentencesBy<Told extends { readonly name: string }>(
  entries: readonly Told[],
  sentencesOf: (entry: Told) => readonly string[],
): string[] {
  const told = entries
    .map((entry) =>
      sentencesOf(entry)
        .filter((text) => text !== '')
        .map((text) => (entries.length === 1 ? text : WORDS.named(entry.name, text))),
    )
    .filter(({ length }) => length > 0)
  const longest = Math.max(0, ...told.map(({ length }) => length))
  const more = told.length - MOST_SENTENCES
  return Array.from({ length: longest }, (_, index) => told.flatMap((texts) => texts[index] ?? []))
    .flat()
    .slice(0, MOST_SENTENCES)
    .concat(more > 0 ? say.more(more) : [])
}

/** A sentence of figures, where there are any. */
export const tellOf = (figures: string, tell: (figures: string) => string): string =>
  figures === '' ? '' : tell(figures)
