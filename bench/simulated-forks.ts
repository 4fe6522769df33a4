import { createWordSource } from '../src/scenario/random.ts'

/** A machine with known truth. Everything is in natural logarithms or shares. */
export interface SimulatedMachine {
  /** Standard deviation of a fork's log ratio. */
  noise: number
  /** Share of forks whose log ratio is off by a jump of 30 to 60 %, up or down. */
  corruptedShare: number
  /** Standard deviation by which two arms differ for a whole check, confirmation included. */
  lastingBias: number
}

export interface SimulatedFork {
  /** Natural logarithm of candidate ÷ reference. */
  candidate: number
  /** Natural logarithm of control ÷ reference. */
  control: number
}

const JUMP_FROM = 0.3
const JUMP_TO = 0.6
const WORDS = 2 ** 32

/**
 * An endless supply of forks from one machine, for one check.
 *
 * The noise belongs to the arms, not to the ratios: a reference that had a bad
 * start shifts the candidate's figure and the control's alike. So each arm of a
 * fork draws its own noise and its own jump, sized so that a ratio of two has
 * the noise and the share of corrupted forks that were asked for.
 * @param trueEffect slowdown of the candidate as a share: 0.25 is +25 %
 */
export function simulateForks(
  machine: SimulatedMachine,
  trueEffect: number,
  seed: number,
  trial: number,
): () => SimulatedFork {
  const word = createWordSource(seed, trial)
  // Never 0, whose logarithm is infinite.
  const uniform = (): number => (word() + 0.5) / WORDS
  // Box–Muller.
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
  const armCorrupted = 1 - Math.sqrt(1 - machine.corruptedShare)
  const jump = (): number => {
    if (uniform() >= armCorrupted) return 0
    const size = Math.log1p(JUMP_FROM + (JUMP_TO - JUMP_FROM) * uniform())
    return uniform() < 0.5 ? size : -size
  }
  const createArm = (shift: number): (() => number) => {
    const place = shift + (machine.lastingBias / Math.SQRT2) * normal()
    return () => place + (machine.noise / Math.SQRT2) * normal() + jump()
  }
  const drawReference = createArm(0)
  const drawCandidate = createArm(Math.log1p(trueEffect))
  const drawControl = createArm(0)
  return () => {
    const reference = drawReference()
    return { candidate: drawCandidate() - reference, control: drawControl() - reference }
  }
}
