import {
  confirmFailure,
  findAdvisoryReason,
  judgeLatency,
  LATENCY_GATE,
} from '../src/gate/latency-gate.ts'
import type { LatencyJudgement, LatencyVerdict } from '../src/model/report/check/latency-check.ts'
import { estimateForks, spreadOf } from '../src/stats/log-ratio.ts'
import { type SimulatedFork, type SimulatedMachine, simulateForks } from './simulated-forks.ts'

/** What to decide from the forks so far: the gate, or a rival of it. */
export type Judge = (forks: readonly number[], controlForks: readonly number[]) => LatencyJudgement

export interface SimulatedRates {
  trials: number
  verdicts: Record<LatencyVerdict, number>
  /** Checks on whose machine the gate would have been advisory, for its spread. */
  advisory: number
  /** Forks taken over all checks, those of the confirmation included. */
  forks: number
}

/** The gate as `check --latency` uses it. */
export const judgeAsShipped: Judge = (forks, controlForks) =>
  judgeLatency(forks, controlForks, LATENCY_GATE, estimateForks)

const PINNED = { pinned: true, reason: '' }

/**
 * Runs many checks on one simulated machine, confirmation included, and counts
 * how they end. The same arguments give the same counts.
 */
export function simulateChecks(
  machine: SimulatedMachine,
  trueEffect: number,
  { trials, seed }: { trials: number; seed: number },
  judge: Judge = judgeAsShipped,
): SimulatedRates {
  const rates: SimulatedRates = {
    trials,
    verdicts: { pass: 0, fail: 0, 'no-verdict': 0 },
    advisory: 0,
    forks: 0,
  }
  for (let trial = 0; trial < trials; trial += 1) {
    const control: number[] = []
    const drawFork = simulateForks(machine, trueEffect, seed, trial)
    const drawAndNote = (): SimulatedFork => {
      const fork = drawFork()
      control.push(fork.control)
      return fork
    }
    const verdict = runCheck(drawAndNote, judge)
    rates.verdicts[verdict] += 1
    rates.forks += control.length
    if (findAdvisoryReason(PINNED, spreadOf(control), LATENCY_GATE) !== null) rates.advisory += 1
  }
  return rates
}

function runCheck(drawFork: () => SimulatedFork, judge: Judge): LatencyVerdict {
  const first = runSequence(drawFork, judge)
  if (first.state === 'pass' || first.state === 'no-verdict') return first.state
  return confirmFailure(first, runSequence(drawFork, judge)).verdict
}

function runSequence(drawFork: () => SimulatedFork, judge: Judge): LatencyJudgement {
  const forks: number[] = []
  const controlForks: number[] = []
  let needed = LATENCY_GATE.stages[0] ?? 0
  for (;;) {
    while (forks.length < needed) {
      const fork = drawFork()
      forks.push(fork.candidate)
      controlForks.push(fork.control)
    }
    const judgement = judge(forks, controlForks)
    if (judgement.nextStage === null) return judgement
    needed = judgement.nextStage
  }
}
