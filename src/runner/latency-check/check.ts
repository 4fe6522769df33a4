import {
  confirmFailure,
  findAdvisoryReason,
  judgeLatency,
  LATENCY_GATE,
} from '../../gate/latency-gate.ts'
import type {
  LatencyCheckFork,
  LatencyCheckTransport,
  LatencyJudgement,
} from '../../model/report/check/latency-check.ts'
import { foldRounds } from '../../stats/fork-figures.ts'
import { estimateForks, spreadOf } from '../../stats/log-ratio.ts'
import { nowNs } from '../../system/clock.ts'
import { type ArmName, type ForkRequest, type ForkRound, orderOfFork, runFork } from './fork.ts'

type Sequence = LatencyCheckFork['sequence']

export interface LatencyCheckRequest extends Omit<ForkRequest, 'forkNumber'> {
  /** Called before each fork; forks are counted from 1. */
  onFork(sequence: Sequence, number: number): void
}

/**
 * Holds a candidate against a reference on one transport: forks until the gate
 * has a verdict, and once more on fresh forks before it may fail.
 * @throws InstrumentError when an arm cannot be measured, or the check was stopped
 */
export async function checkLatency(request: LatencyCheckRequest): Promise<LatencyCheckTransport> {
  const startedNs = nowNs()
  const forks: LatencyCheckFork[] = []
  const first = await runSequence('first', request, forks)
  const confirmation =
    first.state === 'fail-pending-confirmation'
      ? await runSequence('confirmation', request, forks)
      : null
  const outcome =
    confirmation === null
      ? {
          verdict: first.state === 'pass' ? ('pass' as const) : ('no-verdict' as const),
          reasons: first.reasons,
        }
      : confirmFailure(first, confirmation)
  const controlSpread = spreadOf(forks.map(({ control }) => control))
  const advisoryReason = findAdvisoryReason(request.pinning, controlSpread, LATENCY_GATE)
  return {
    scenario: request.scenario.name,
    transport: request.transport,
    ...outcome,
    advisory: { isAdvisory: advisoryReason !== null, reason: advisoryReason },
    controlSpread,
    first,
    confirmation,
    forks,
    seconds: secondsSince(startedNs),
  }
}

async function runSequence(
  sequence: Sequence,
  request: LatencyCheckRequest,
  forks: LatencyCheckFork[],
): Promise<LatencyJudgement> {
  const own: LatencyCheckFork[] = []
  for (;;) {
    request.onFork(sequence, own.length + 1)
    const fork = await measureFork(sequence, forks.length, request)
    own.push(fork)
    forks.push(fork)
    const judgement = judgeLatency(
      own.map(({ candidate }) => candidate),
      own.map(({ control }) => control),
      LATENCY_GATE,
      estimateForks,
    )
    if (judgement.state !== 'more-forks') return judgement
  }
}

async function measureFork(
  sequence: Sequence,
  number: number,
  request: LatencyCheckRequest,
): Promise<LatencyCheckFork> {
  const startedNs = nowNs()
  const rounds = await runFork({ ...request, forkNumber: number })
  return {
    sequence,
    number,
    order: orderOfFork(number),
    candidate: figureOf(rounds, 'candidate'),
    control: figureOf(rounds, 'control'),
    seconds: secondsSince(startedNs),
  }
}

/** By how much an arm is slower than the reference, as a natural logarithm. */
function figureOf(rounds: readonly ForkRound[], arm: ArmName): number {
  return foldRounds(
    rounds.map((round) => ({
      a1: round.reference[0],
      b1: round[arm][0],
      b2: round[arm][1],
      a2: round.reference[1],
    })),
  )
}

function secondsSince(startedNs: bigint): number {
  return Math.round(Number(nowNs() - startedNs) / 1e6) / 1e3
}
