import { LATENCY_GATE, type LatencyGateOptions } from '../src/gate/latency-gate.ts'
import type { ForkEstimate } from '../src/model/report/check/latency-check.ts'
import { estimateForks } from '../src/stats/log-ratio.ts'
import { sortValues } from '../src/stats/percentile.ts'
import { median } from '../src/stats/summary.ts'
import type { Judge } from './simulated-checks.ts'

// What was tried beside what is used, so that the choice can be looked at again.

type Estimator = (figures: readonly number[]) => ForkEstimate

/** 95th percentiles of Student's t by degrees of freedom, for 5, 10 and 20 forks, whole and trimmed. */
const STUDENT_95: Readonly<Record<number, number>> = {
  2: 2.92,
  4: 2.132,
  5: 2.015,
  9: 1.833,
  11: 1.796,
  19: 1.729,
}
const TRIMMED_SHARE = 0.2

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function deviation(values: readonly number[]): number {
  const centre = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

function studentMean(figures: readonly number[]): ForkEstimate {
  const n = figures.length
  const half = ((STUDENT_95[n - 1] ?? Number.NaN) * deviation(figures)) / Math.sqrt(n)
  const centre = mean(figures)
  return { median: median(figures), lower: centre - half, upper: centre + half }
}

/** Yuen (1974): the trimmed mean, its error from the winsorised deviation. */
function trimmedMean(figures: readonly number[]): ForkEstimate {
  const n = figures.length
  const cut = Math.floor(TRIMMED_SHARE * n)
  const kept = sortValues(figures).slice(cut, n - cut)
  const [least = 0, greatest = 0] = [kept[0], kept.at(-1)]
  const winsorised = [
    ...kept,
    ...Array.from({ length: cut }, () => least),
    ...Array.from({ length: cut }, () => greatest),
  ]
  const error = deviation(winsorised) / ((1 - 2 * TRIMMED_SHARE) * Math.sqrt(n))
  const half = (STUDENT_95[kept.length - 1] ?? Number.NaN) * error
  const centre = mean(kept)
  return { median: median(figures), lower: centre - half, upper: centre + half }
}

/** Order statistics: how many forks lie below the median is binomial. */
function orderStatistics(figures: readonly number[]): ForkEstimate {
  const n = figures.length
  const ascending = sortValues(figures)
  let probability = 0.5 ** n
  let below = probability
  let depth = 0
  while (below <= 0.05) {
    depth += 1
    probability *= (n - depth + 1) / depth
    below += probability
  }
  return {
    median: median(figures),
    lower: ascending[depth - 1] ?? null,
    upper: ascending[n - depth] ?? null,
  }
}

export const ESTIMATORS: Readonly<Record<string, Estimator>> = {
  'signed ranks (used)': estimateForks,
  'Student on the mean': studentMean,
  'Yuen, trimmed mean': trimmedMean,
  'order statistics': orderStatistics,
}

/**
 * The plain rule that the gate grew out of: slower than the reference by
 * median, bound and share of forks, while the control's median is within ±5 %.
 */
export function judgeByControlMedian(options: LatencyGateOptions = LATENCY_GATE): Judge {
  return (forks, controlForks) => {
    const { median: centre, lower, upper } = estimateForks(forks)
    const over = forks.filter((fork) => fork > Math.log1p(options.shareOver.over)).length
    const isSlower =
      centre > Math.log1p(options.failAbove) &&
      (lower ?? Number.NEGATIVE_INFINITY) > Math.log1p(options.lowerBoundAbove) &&
      over >= options.shareOver.of * forks.length - 1e-9
    const isSteady = Math.abs(median(controlForks)) <= Math.log1p(options.controlWithin)
    const next = options.stages.find((stage) => stage > forks.length) ?? null
    const state =
      (upper ?? Number.POSITIVE_INFINITY) < Math.log1p(options.passBelow)
        ? 'pass'
        : isSlower && isSteady
          ? 'fail-pending-confirmation'
          : next === null
            ? 'no-verdict'
            : 'more-forks'
    return {
      state,
      forks: forks.length,
      nextStage: state === 'more-forks' ? next : null,
      medianRatio: Math.exp(centre),
      lowerBound: lower === null ? null : Math.exp(lower),
      upperBound: upper === null ? null : Math.exp(upper),
      controlRatio: Math.exp(median(controlForks)),
      reasons: [],
    }
  }
}
