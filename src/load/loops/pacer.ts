import type { Pace } from '../../model/pace.ts'
import { createWordSource } from '../../scenario/random.ts'
import type { Pacer } from '../driver/load-driver.ts'

const NS_PER_S = 1e9
const WORDS = 2 ** 32

/**
 * Pure arithmetic: the same pace gives the same due instants in every run.
 * @param durationNs how long the work lasts, over which a ramp rises
 */
export function createPacer(pace: Pace, durationNs: number): Pacer {
  switch (pace.kind) {
    case 'constant':
      return constantPacer(pace.perS)
    case 'poisson':
      return poissonPacer(pace.perS, pace.seed)
    case 'ramp':
      return rampPacer(pace.fromPerS, pace.toPerS, durationNs)
  }
}

/** The first is due at once, each further one an equal gap later. */
export function constantPacer(perS: number): Pacer {
  // Multiplied, not added up: the millionth instant has no rounding of those before it.
  return { next: (_elapsedNs, sent) => (sent * NS_PER_S) / perS }
}

/** Gaps drawn from the seed. Meant to be asked in order; another order is right too, and slow. */
export function poissonPacer(perS: number, seed: number): Pacer {
  let upTo = -1
  let dueNs = 0
  const gapNs = (index: number): number => {
    // From 2⁻³² to 1, never 0, whose logarithm is infinite.
    const share = (createWordSource(seed, index)() + 1) / WORDS
    return (-Math.log(share) * NS_PER_S) / perS
  }
  return {
    next(_elapsedNs, sent) {
      if (sent < upTo) {
        upTo = -1
        dueNs = 0
      }
      while (upTo < sent) {
        upTo += 1
        dueNs += gapNs(upTo)
      }
      return dueNs
    },
  }
}

/**
 * The rate changes linearly from `fromPerS` to `toPerS`. By the instant t so many
 * messages were due: from · t + (to − from) · t² / 2T. The n-th is due where that
 * is n; there is none any more after T.
 */
export function rampPacer(fromPerS: number, toPerS: number, durationNs: number): Pacer {
  const durationS = durationNs / NS_PER_S
  const growth = (toPerS - fromPerS) / durationS
  return {
    next(_elapsedNs, sent) {
      const root = fromPerS ** 2 + 2 * growth * sent
      if (root < 0) return null
      // The form without a difference of two large numbers, right for no growth too.
      const dueS = sent === 0 ? 0 : (2 * sent) / (fromPerS + Math.sqrt(root))
      return dueS > durationS ? null : dueS * NS_PER_S
    },
  }
}

/**
 * The share of one of several workers: every `workers`-th message. Together they
 * have each due instant exactly once, whatever the pace.
 * @param worker from 0
 */
export function pacerOfWorker(pacer: Pacer, worker: number, workers: number): Pacer {
  if (workers === 1) return pacer
  return { next: (elapsedNs, sent) => pacer.next(elapsedNs, sent * workers + worker) }
}
