import type { ReportComparison } from '../../model/report/comparison.ts'
import { type CsvValue, renderCsv } from '../document/csv.ts'

const HEADER = [
  'scenario',
  'transport',
  'metric',
  'kind',
  'a',
  'b',
  'difference',
  'ratio',
  'ratio_low',
  'ratio_high',
  'verdict',
]

/** One row a cell and metric. The verdict of an exact metric is `equal`, `more` or `less`. */
export function renderComparisonCsv({ cells }: ReportComparison): string {
  const rows = cells.flatMap(({ scenario, transport, exact, distributions }): CsvValue[][] => [
    ...exact.map(({ metric, a, b, difference }): CsvValue[] => [
      ...[scenario, transport, metric, 'exact', a, b, difference, null, null, null],
      difference === null ? 'open' : difference === 0 ? 'equal' : difference > 0 ? 'more' : 'less',
    ]),
    ...distributions.map(({ metric, a, b, ratio, interval, verdict }): CsvValue[] => [
      ...[scenario, transport, metric, 'distribution', a, b, null, ratio],
      ...[interval?.[0] ?? null, interval?.[1] ?? null, verdict],
    ]),
  ])
  return renderCsv(HEADER, rows)
}
