import type {
  ForkEstimate,
  LatencyJudgement,
  LatencyVerdict,
} from '../model/report/check/latency-check.ts'
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
  const outcome = (state: LatencyJudgement['state'], reasons: string[]): LatencyJudgement => ({
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
    return outcome('more-forks', [`${forks.length} of ${nextStage} forks are there`])
  }
  const controlProblem = findControlProblem(control, options)
  const passProblem = findPassProblem(reference, options)
  if (controlProblem === null && passProblem === null) {
    return outcome('pass', [
      `slower by at most ${formatLog(reference.upper)} (95 %), which is under ${formatLimit(options.passBelow)}`,
    ])
  }
  const failProblems = [
    ...findFailProblems('the reference', forks, reference, options),
    ...findFailProblems('the control', ...againstControl(forks, controlForks, estimate), options),
  ]
  if (controlProblem === null && failProblems.length === 0) {
    return outcome('fail-pending-confirmation', [
      `slower by ${formatLog(reference.median)} in the median, at least ${formatLog(reference.lower)} (95 %), over ${forks.length} forks`,
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
): { verdict: LatencyVerdict; reasons: string[] } {
  if (first.state !== 'fail-pending-confirmation') {
    throw new RangeError(`only a failure is confirmed, the first forks say ${first.state}`)
  }
  if (second.state === 'more-forks') throw new RangeError('the fresh forks are not finished')
  if (second.state === 'fail-pending-confirmation') {
    return {
      verdict: 'fail',
      reasons: [...first.reasons, ...second.reasons.map((line) => `again on fresh forks: ${line}`)],
    }
  }
  const contradiction =
    second.state === 'pass' ? 'fresh forks passed' : 'fresh forks gave no verdict'
  return {
    verdict: 'no-verdict',
    reasons: [...first.reasons, ...second.reasons.map((line) => `${contradiction}: ${line}`)],
  }
}

/**
 * Why a latency verdict of this machine is advice and must not fail a build;
 * null where it may. A wide spread costs hits rather than false alarms: where
 * forks scatter by 15 %, a fifth to two fifths of regressions of +25 % go unreported.
 * @param controlSpread standard deviation of a fork in the control arm, as a
 *   natural logarithm, over all forks of the check; null where there are too few
 */
export function findAdvisoryReason(
  pinning: { pinned: boolean; reason: string },
  controlSpread: number | null,
  options: LatencyGateOptions,
): string | null {
  if (!pinning.pinned) {
    return `latency is advisory here: client and server are not pinned to CPUs of their own (${pinning.reason})`
  }
  if (controlSpread === null) return 'latency is advisory here: too few forks to know the spread'
  // Not `>`: a spread that is no number must not count as narrow.
  if (controlSpread <= options.spreadWithin) return null
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`
  return `latency is advisory here: the reference against itself spreads by ${percent(controlSpread)} from fork to fork, more than ${percent(options.spreadWithin)}`
}

function findControlProblem(
  control: ForkEstimate,
  { controlWithin }: LatencyGateOptions,
): string | null {
  const limit = Math.log1p(controlWithin)
  const isSlower = control.lower !== null && control.lower > limit
  const isFaster = control.upper !== null && control.upper < -limit
  if (!isSlower && !isFaster) return null
  return `the control, a copy of the reference, differs from it by ${formatLog(control.median)}: that is beyond ${formatLimit(controlWithin)} by more than chance`
}

function findPassProblem(
  { upper }: ForkEstimate,
  { passBelow }: LatencyGateOptions,
): string | null {
  if (upper !== null && upper < Math.log1p(passBelow)) return null
  return upper === null
    ? 'too few forks for an upper bound'
    : `may be slower by ${formatLog(upper)} (95 %), which is not under ${formatLimit(passBelow)}`
}

/** Candidate ÷ control, fork by fork, and its estimate. */
function againstControl(
  forks: readonly number[],
  controlForks: readonly number[],
  estimate: EstimateForks,
): [number[], ForkEstimate] {
  const figures = forks.map((fork, index) => fork - (controlForks[index] ?? Number.NaN))
  return [figures, estimate(figures)]
}

/** What keeps the candidate from being called slower than one arm. */
function findFailProblems(
  arm: string,
  figures: readonly number[],
  { median, lower }: ForkEstimate,
  { failAbove, lowerBoundAbove, shareOver }: LatencyGateOptions,
): string[] {
  const problems: string[] = []
  if (!(median > Math.log1p(failAbove))) {
    problems.push(`median against ${arm} ${formatLog(median)}, not over ${formatLimit(failAbove)}`)
  }
  if (!(lower !== null && lower > Math.log1p(lowerBoundAbove))) {
    problems.push(
      `95 % lower bound against ${arm} ${formatLog(lower)}, not over ${formatLimit(lowerBoundAbove)}`,
    )
  }
  const over = figures.filter((figure) => figure > Math.log1p(shareOver.over)).length
  // A share times a count may come out a hair above the whole number: 0.07 × 100 does.
  const needed = Math.ceil(shareOver.of * figures.length - 1e-9)
  if (over < needed) {
    problems.push(
      `${over} of ${figures.length} forks are over ${formatLimit(shareOver.over)} against ${arm}, fewer than ${needed}`,
    )
  }
  return problems
}

const toRatio = (log: number | null): number | null => (log === null ? null : Math.exp(log))
const formatLog = (log: number | null): string =>
  log === null ? 'unknown' : formatChange(Math.exp(log))
const formatLimit = (share: number): string => formatChange(1 + share)
