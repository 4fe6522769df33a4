import type { LatencyVerdict } from '../src/model/report/check/latency-check.ts'
import { sortValues } from '../src/stats/percentile.ts'
import { median } from '../src/stats/summary.ts'
import { ESTIMATORS, judgeByControlMedian } from './rivals.ts'
import {
  type Judge,
  judgeAsShipped,
  type SimulatedRates,
  simulateChecks,
} from './simulated-checks.ts'
import { type SimulatedMachine, simulateForks } from './simulated-forks.ts'

export interface SimulationRequest {
  trials: number
  seed: number
}

const NOISES = [0.026, 0.05, 0.1]
const CORRUPTED_SHARES = [0, 0.1]
const EFFECTS = [0, 0.05, 0.1, 0.13, 0.25, 0.5]
const LASTING_BIASES = [0.05, 0.1]
const FORK_COUNTS = [5, 10, 20]

const machine = (noise: number, corruptedShare: number, lastingBias = 0): SimulatedMachine => ({
  noise,
  corruptedShare,
  lastingBias,
})

const formatPercent = (share: number, decimals = 2): string =>
  `${(share * 100).toFixed(decimals)} %`
const formatNoise = (noise: number): string => `${Math.round(noise * 1000) / 10} %`
const formatCorrupted = (share: number): string => (share === 0 ? 'none' : '1 in 10')
const formatEffect = (effect: number): string => (effect === 0 ? '0' : `+${effect * 100} %`)

function formatRates({ trials, verdicts, advisory, forks }: SimulatedRates): string[] {
  const rate = (verdict: LatencyVerdict): string => formatPercent(verdicts[verdict] / trials)
  return [
    rate('pass'),
    rate('fail'),
    rate('no-verdict'),
    formatPercent(advisory / trials),
    (forks / trials).toFixed(1),
  ]
}

const RATE_COLUMNS = ['pass', 'fail', 'no verdict', 'advisory', 'forks']

/** A Markdown table. */
function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
  return line(head) + line(head.map(() => '---:')) + rows.map(line).join('')
}

/** How checks end, by noise, corrupted forks and true slowdown. */
export function tabulateRates(request: SimulationRequest, judge: Judge = judgeAsShipped): string {
  const rows: string[][] = []
  for (const noise of NOISES) {
    for (const corrupted of CORRUPTED_SHARES) {
      for (const effect of EFFECTS) {
        const rates = simulateChecks(machine(noise, corrupted), effect, request, judge)
        rows.push([
          formatNoise(noise),
          formatCorrupted(corrupted),
          formatEffect(effect),
          ...formatRates(rates),
        ])
      }
    }
  }
  return formatTable(['noise', 'corrupted forks', 'true slowdown', ...RATE_COLUMNS], rows)
}

/** How checks end where arms differ for a whole check, which no number of forks averages away. */
export function tabulateLastingBias(
  request: SimulationRequest,
  judge: Judge = judgeAsShipped,
): string {
  const rows = LASTING_BIASES.flatMap((bias) =>
    [0, 0.25, 0.5].map((effect) => [
      formatNoise(bias),
      formatEffect(effect),
      ...formatRates(simulateChecks(machine(0.026, 0.1, bias), effect, request, judge)),
    ]),
  )
  return formatTable(['lasting difference of arms', 'true slowdown', ...RATE_COLUMNS], rows)
}

/** Whether each estimator's upper bound holds, and how far from the truth it lies, in units of the noise. */
export function tabulateEstimators({ trials, seed }: SimulationRequest): string {
  const noise = 0.05
  const rows: string[][] = []
  for (const corrupted of CORRUPTED_SHARES) {
    for (const count of FORK_COUNTS) {
      for (const [name, estimate] of Object.entries(ESTIMATORS)) {
        const bounds = Array.from({ length: trials }, (_, trial) => {
          const draw = simulateForks(machine(noise, corrupted), 0, seed, trial)
          const { upper } = estimate(Array.from({ length: count }, () => draw().candidate))
          return upper ?? Number.POSITIVE_INFINITY
        })
        const ascending = sortValues(bounds)
        rows.push([
          formatCorrupted(corrupted),
          String(count),
          name,
          formatPercent(bounds.filter((bound) => bound >= 0).length / trials, 1),
          (median(bounds) / noise).toFixed(2),
          ((ascending[Math.floor(trials * 0.9)] ?? Number.NaN) / noise).toFixed(2),
        ])
      }
    }
  }
  return formatTable(
    [
      'corrupted forks',
      'forks',
      'estimator',
      'bound holds',
      'bound, median',
      'bound, 90th percentile',
    ],
    rows,
  )
}

/** The rates of the plain rule that the gate grew out of. */
export function tabulatePlainRule(request: SimulationRequest): string {
  return tabulateRates(request, judgeByControlMedian())
}

/** The same under a lasting difference of arms. */
export function tabulatePlainRuleLastingBias(request: SimulationRequest): string {
  return tabulateLastingBias(request, judgeByControlMedian())
}
