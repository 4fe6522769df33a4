import { isSameCell } from '../model/report/check/baseline.ts'
import {
  type CellComparison,
  COMPARISON_SCHEMA_VERSION,
  type DistributionRatio,
  type ExactDifference,
  type NamedReport,
  type ReportComparison,
} from '../model/report/comparison.ts'
import { METRICS, type Metric } from '../model/report/metric.ts'
import type { Cell } from '../model/report/report.ts'
import { type MedianWithInterval, ratioInterval } from './ratio-interval.ts'
import { findRunDifferences } from './run-differences.ts'

/**
 * By how much medians of the same code on the same machine differ from run to
 * run, although the interval of each run is narrow: placement, caches, the
 * neighbours of a virtual machine. Measured: see docs/measurement.md. What is
 * smaller than this is no finding, whatever the intervals say.
 */
const BETWEEN_RUNS = 1.2

/**
 * Two reports, cell by cell: exact metrics by difference, medians by ratio. A
 * stored latency does not survive a change of machine; where the two runs
 * differ in what matters, a warning says so and the figures stand all the same.
 */
export function compareReports(a: NamedReport, b: NamedReport): ReportComparison {
  const describe = ({ name, report }: NamedReport) => ({
    name,
    startedAt: report.startedAt,
    version: report.tool.version,
  })
  return {
    schemaVersion: COMPARISON_SCHEMA_VERSION,
    a: describe(a),
    b: describe(b),
    warnings: findRunDifferences(a, b),
    cells: pairCells(a.report.cells, b.report.cells).map(compareCells),
  }
}

type CellPair = readonly [Cell | null, Cell | null]

/** In the order of the first report, then what only the second has. */
function pairCells(ones: readonly Cell[], others: readonly Cell[]): CellPair[] {
  return [
    ...ones.map((one): CellPair => [one, others.find((other) => isSameCell(one, other)) ?? null]),
    ...others
      .filter((other) => !ones.some((one) => isSameCell(one, other)))
      .map((other): CellPair => [null, other]),
  ]
}

function compareCells([a, b]: CellPair): CellComparison {
  const { scenario, transport } = (a ?? b) as Cell
  return {
    scenario,
    transport,
    statusA: a?.status ?? 'absent',
    statusB: b?.status ?? 'absent',
    exact: METRICS.filter(({ kind }) => kind === 'exact').flatMap(
      (metric) => compareExact(metric, a, b) ?? [],
    ),
    distributions: METRICS.filter(({ kind }) => kind === 'distribution').flatMap(
      (metric) => compareDistribution(metric, a, b) ?? [],
    ),
  }
}

/** Null where neither measured it. */
function compareExact(metric: Metric, a: Cell | null, b: Cell | null): ExactDifference | null {
  const [was, is] = [a && metric.of(a), b && metric.of(b)]
  if (was === null && is === null) return null
  const difference = was === null || is === null ? null : is - was
  return { metric: metric.name, a: was, b: is, difference }
}

function compareDistribution(
  metric: Metric,
  a: Cell | null,
  b: Cell | null,
): DistributionRatio | null {
  const [was, is] = [a && metric.of(a), b && metric.of(b)]
  if (was === null && is === null) return null
  const ratio = was === null || is === null || was === 0 ? null : is / was
  const [from, to] = [medianOf(metric, a), medianOf(metric, b)]
  const interval = from === null || to === null ? null : ratioInterval(from, to)
  return {
    metric: metric.name,
    a: was,
    b: is,
    ratio,
    interval,
    verdict: judge(ratio, interval),
  }
}

function medianOf(metric: Metric, cell: Cell | null): MedianWithInterval | null {
  const series = cell === null ? null : (metric.series?.(cell) ?? null)
  if (series === null || series.p50Us === null || series.medianIntervalUs === null) return null
  return { p50: series.p50Us, interval: series.medianIntervalUs }
}

function judge(
  ratio: number | null,
  interval: readonly [number, number] | null,
): DistributionRatio['verdict'] {
  if (ratio === null || interval === null) return 'open'
  const isWithinRuns = interval[0] <= 1 && 1 <= interval[1]
  const isBetweenRuns = Math.max(ratio, 1 / ratio) <= BETWEEN_RUNS
  if (isWithinRuns || isBetweenRuns) return 'noise'
  return ratio > 1 ? 'slower' : 'faster'
}
