import type { Injection } from '../model/injection.ts'
import type { Target } from '../targets/target.ts'

/** How long the waits of a cell are, in milliseconds: the one place where they come from. */
export interface Patience {
  /** So long may nothing move at all: no byte cross, no message be done. */
  readonly silenceMs: number
  /** How long a message may take to where it is awaited: an arrival, a delivery to the last subscriber, a state back at the app. */
  readonly arrivalMs: number
  /** How long messages may still be under way when the last was sent. */
  readonly stragglerMs: number
}

/** What makes a cell slower than an endpoint of ours on this machine. */
export interface Slowness {
  readonly injection: Pick<Injection, 'delayMs'>
  readonly target?: Target | undefined
  /** Of a device that polls: from one poll to the next; 0 where nothing is polled. */
  readonly pollMs?: number
  /** What a slow way adds to a message, there and back. */
  readonly wayMs?: number
}

const SILENCE_MS = 10_000
const ARRIVAL_MS = 1_500
export const STRAGGLER_MS = 1_000
/** A poll may be as late as this. */
const POLL_SLACK = 2

/** How long to wait in a cell: as long as anything on this machine takes, and what is known to be slower. */
export function patienceOf({ injection, target, pollMs = 0, wayMs = 0 }: Slowness): Patience {
  const { answerMs, pauseMs, stragglerMs } = target ?? NOT_SLOWER
  const slowerMs = injection.delayMs + POLL_SLACK * pollMs + wayMs
  return {
    silenceMs: SILENCE_MS + slowerMs + answerMs + pauseMs,
    arrivalMs: ARRIVAL_MS + slowerMs + answerMs,
    stragglerMs: stragglerMs + injection.delayMs + wayMs,
  }
}

const NOT_SLOWER = { answerMs: 0, pauseMs: 0, stragglerMs: STRAGGLER_MS }
