import type {
  ForkEstimate,
  LatencyJudgement,
  LatencyVerdict,
} from '../model/report/check/latency-check.ts'
import { quoted, type Said, type Saying, said } from '../model/said/said.ts'
import { formatChange } from '../model/text/format-change.ts'

/** Limits as shares: 0.1 is 10 %. */
export interface LatencyGateOptions {
  /** Pass when the 95 % upper bound of the slowdown is under this. */
  passBelow: number
  /** Fail only when the median slowdown is over this. */
  failAbove: number
  /** Fail only when the 95 % lower bound of the slowdown is over this. */
  lowerBoundAbove: number
  /** Fail only when at least this share of the forks is over this slowdown. */
  shareOver: { of: number; over: number }
  /** No verdict when the control arm is shown to lie further than this from the reference. */
  controlWithin: number
  /** Advisory when the forks of the control arm scatter more than this (standard deviation of a fork). */
  spreadWithin: number
  /** After how many forks to judge. Judging more often would find an effect by chance. */
  stages: readonly number[]
}

export const LATENCY_GATE: LatencyGateOptions = {
  passBelow: 0.1,
  failAbove: 0.13,
  lowerBoundAbove: 0.05,
  shareOver: { of: 0.8, over: 0.05 },
  controlWithin: 0.05,
  spreadWithin: 0.15,
  stages: [5, 10, 20],
}

/** Median and one-sided 95 % bounds of some forks: `estimateForks` of the statistics. */
export type EstimateForks = (figures: readonly number[]) => ForkEstimate

/**
 * What a sequence of forks says. To be called after each fork, or at a stage.
 *
 * - **pass**: the 95 % upper bound of candidate ÷ reference is under +10 %.
 * - **fail-pending-confirmation**: candidate ÷ reference *and* candidate ÷
 *   control each have a median over +13 %, a 95 % lower bound over +5 %, and
 *   four forks in five over +5 %.
 * - Neither of them while the control is shown to be more than 5 % away from
 *   the reference, of which it is a copy: then the machine measures itself.
 * - Otherwise **more-forks** up to the last stage, and then **no-verdict**.
 *
 * Why the control is used like this, and not by asking its median to be within
 * ±5 %: on a machine whose forks scatter by 10 % the median of a faultless
 * control is outside every third time at 5 forks, and up to one regression of
 * +50 % in eight was then never reported. A second reference to be slower than
 * finds all but one in a thousand of those, without a false alarm more. And
 * however wide the noise: of three like arms the candidate is the slowest in one
 * fork of three only, so most of five, ten or twenty forks against two arms, and
 * then again, stay rare whatever the noise is like. docs/regression-gate.md has
 * the rates, and `npm run simulate-gate -- --compare` prints those of the plain
 * rule beside them.
 *
 * @param forks natural logarithms of candidate ÷ reference, one a fork
 * @param controlForks natural logarithms of control ÷ reference of the same forks
 * @throws RangeError when the two are not of one length, empty, or not finite
 */
export function judgeLatency(
  forks: readonly number[],
  controlForks: readonly number[],
  options: LatencyGateOptions,
  estimate: EstimateForks,
): LatencyJudgement {
  if (forks.length !== controlForks.length || forks.length === 0) {
    throw new RangeError(
      `${forks.length} forks and ${controlForks.length} of the control: every fork has both`,
    )
  }
  const reference = estimate(forks)
  const control = estimate(controlForks)
  const nextStage = options.stages.find((stage) => stage > forks.length) ?? null
  const outcome = (state: LatencyJudgement['state'], reasons: Said[]): LatencyJudgement => ({
    state,
    forks: forks.length,
    nextStage: state === 'more-forks' ? nextStage : null,
    medianRatio: Math.exp(reference.median),
    lowerBound: toRatio(reference.lower),
    upperBound: toRatio(reference.upper),
    controlRatio: Math.exp(control.median),
    reasons,
  })
  if (nextStage !== null && !options.stages.includes(forks.length)) {
    return outcome('more-forks', [said('forksAreThere', { forks: forks.length, of: nextStage })])
  }
  const controlProblem = findControlProblem(control, options)
  const passProblem = findPassProblem(reference, options)
  if (controlProblem === null && passProblem === null) {
    return outcome('pass', [
      said('slowerAtMost', {
        bound: formatLog(reference.upper),
        limit: formatLimit(options.passBelow),
      }),
    ])
  }
  /** Candidate ÷ control, fork by fork. */
  const toControl = forks.map((fork, index) => fork - (controlForks[index] ?? Number.NaN))
  const failProblems = [
    ...findFailProblems(said('theReference'), forks, reference, options),
    ...findFailProblems(said('theControl'), toControl, estimate(toControl), options),
  ]
  if (controlProblem === null && failProblems.length === 0) {
    return outcome('fail-pending-confirmation', [
      said('slowerInMedian', {
        median: formatLog(reference.median),
        bound: formatLog(reference.lower),
        forks: forks.length,
      }),
    ])
  }
  const problems = [controlProblem, passProblem, ...failProblems].filter((line) => line !== null)
  return outcome(nextStage === null ? 'no-verdict' : 'more-forks', problems)
}

/**
 * The verdict when a first sequence of forks failed and was repeated on fresh
 * ones. It fails only if both failed; a pass that contradicts a failure proves
 * neither, so it is no verdict.
 * @throws RangeError when the first did not fail or the second is not finished
 */
export function confirmFailure(
  first: LatencyJudgement,
  second: LatencyJudgement,
): { verdict: LatencyVerdict; reasons: Said[] } {
  if (first.state !== 'fail-pending-confirmation') {
    throw new RangeError(`only a failure is confirmed, the first forks say ${first.state}`)
  }
  if (second.state === 'more-forks') throw new RangeError('the fresh forks are not finished')
  const key = AFTER_FAILURE[second.state]
  return {
    verdict: key === 'againOnFresh' ? 'fail' : 'no-verdict',
    reasons: [...first.reasons, ...second.reasons.map((why) => said(key, { why: quoted(why) }))],
  }
}

/** What fresh forks say where the first ones failed. */
const AFTER_FAILURE = {
  'fail-pending-confirmation': 'againOnFresh',
  pass: 'freshPassed',
  'no-verdict': 'freshOpen',
} as const

/**
 * Why a latency verdict of this machine is advice and must not fail a build;
 * null where it may. A wide spread costs hits rather than false alarms: where
 * forks scatter by 15 %, a fifth to two fifths of regressions of +25 % go unreported.
 * @param controlSpread standard deviation of a fork in the control arm, as a
 *   natural logarithm, over all forks of the check; null where there are too few
 */
export function findAdvisoryReason(
  pinning: { pinned: boolean; reason: Said },
  controlSpread: number | null,
  options: LatencyGateOptions,
): Said | null {
  if (!pinning.pinned) {
    return said('advisoryUnpinned', { why: quoted(pinning.reason) })
  }
  if (controlSpread === null) return said('advisoryFew')
  // Not `>`: a spread that is no number must not count as narrow.
  if (controlSpread <= options.spreadWithin) return null
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`
  return said('advisorySpread', {
    spread: percent(controlSpread),
    limit: percent(options.spreadWithin),
  })
}

function findControlProblem(
  control: ForkEstimate,
  { controlWithin }: LatencyGateOptions,
): Said | null {
  const limit = Math.log1p(controlWithin)
  const isSlower = control.lower !== null && control.lower > limit
  const isFaster = control.upper !== null && control.upper < -limit
  if (!isSlower && !isFaster) return null
  return said('controlDiffers', {
    median: formatLog(control.median),
    limit: formatLimit(controlWithin),
  })
}

function findPassProblem({ upper }: ForkEstimate, { passBelow }: LatencyGateOptions): Said | null {
  if (upper !== null && upper < Math.log1p(passBelow)) return null
  return upper === null
    ? said('noUpperBound')
    : said('mayBeSlower', { bound: formatLog(upper), limit: formatLimit(passBelow) })
}

/** What keeps the candidate from being called slower than one arm. */
function findFailProblems(
  arm: Saying,
  figures: readonly number[],
  { median, lower }: ForkEstimate,
  { failAbove, lowerBoundAbove, shareOver }: LatencyGateOptions,
): Said[] {
  const problems: Said[] = []
  if (!(median > Math.log1p(failAbove))) {
    const limit = formatLimit(failAbove)
    problems.push(said('medianNotOver', { arm, median: formatLog(median), limit }))
  }
  if (!(lower !== null && lower > Math.log1p(lowerBoundAbove))) {
    const limit = formatLimit(lowerBoundAbove)
    problems.push(said('boundNotOver', { arm, bound: formatLog(lower), limit }))
  }
  const over = figures.filter((figure) => figure > Math.log1p(shareOver.over)).length
  // A share times a count may come out a hair above the whole number: 0.07 × 100 does.
  const needed = Math.ceil(shareOver.of * figures.length - 1e-9)
  if (over < needed) {
    const limit = formatLimit(shareOver.over)
    problems.push(said('fewForksOver', { over, forks: figures.length, limit, arm, needed }))
  }
  return problems
}

const toRatio = (log: number | null): number | null => (log === null ? null : Math.exp(log))
const formatLog = (log: number | null): Said =>
  log === null ? said('unknown') : formatChange(Math.exp(log))
const formatLimit = (share: number): string => formatChange(1 + share)
