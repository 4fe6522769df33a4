import { median } from './summary.ts'

/**
 * One round of a fork: the blocks of reference (A) and candidate (B) in the
 * order in which they ran, as latencies in nanoseconds. Where a third arm
 * stands between them (A B C C B A), A and B still mirror each other.
 */
export interface MirroredRound {
  a1: readonly number[]
  b1: readonly number[]
  b2: readonly number[]
  a2: readonly number[]
}

/**
 * The figure of one fork: by how much B is slower than A, as a natural
 * logarithm (0.095 is +10 %). It is the median over the rounds of
 * `log(median(b1 ∪ b2) / median(a1 ∪ a2))`.
 *
 * Why mirrored: if latency drifts by d a block, the blocks stand at 0, d, 2d
 * and 3d. A has the outer two and B the inner two, and both average 1.5 d: the
 * drift is in numerator and denominator alike. A B A B would charge B one d a
 * round, always with the same sign, and no number of rounds would take it away.
 *
 * Why the two blocks are joined before the median is taken, and not each given
 * its own: a burst that slows one block leaves the other half of the joined
 * messages in place. In simulation the joined form is as good in calm and three
 * times as steady under bursts.
 *
 * Why a ratio and a logarithm: what slows the whole machine multiplies both
 * arms, and "twice as slow" and "twice as fast" lie equally far from zero. So
 * for two like arms the figure is symmetric about 0 by construction, which is
 * all that `estimateForks` assumes.
 *
 * Why the fork is the unit: messages and rounds of one pair of processes share
 * their memory layout, their compiled code and their place on the machine.
 * They agree with each other and differ from the next pair's.
 * @throws RangeError without rounds, on an empty block, or on a median that is not positive
 */
export function foldRounds(rounds: readonly MirroredRound[]): number {
  if (rounds.length === 0) throw new RangeError('a fork without rounds has no figure')
  return median(rounds.map(roundFigure))
}

function roundFigure({ a1, b1, b2, a2 }: MirroredRound, index: number): number {
  if ([a1, b1, b2, a2].some((block) => block.length === 0)) {
    throw new RangeError(`round ${index + 1} of the fork has an empty block`)
  }
  const figure = Math.log(median([...b1, ...b2]) / median([...a1, ...a2]))
  if (!Number.isFinite(figure)) {
    throw new RangeError(`round ${index + 1} of the fork has a median that is not positive`)
  }
  return figure
}
