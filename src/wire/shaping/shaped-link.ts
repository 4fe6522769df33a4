import { type LinkProfile, queueBytes } from '../../model/link/profile.ts'
import { seededRandom } from './jitter.ts'
import { LinkDirection } from './link-direction.ts'
import type { LinkClock } from './link-timer.ts'
import type { DirectionShape } from './schedule.ts'

const NS_PER_MS = 1e6

/** What a relay shapes its connections to, and by which clock. */
export interface LinkShape {
  readonly profile: LinkProfile
  /** Nanoseconds of a monotonic clock, from any one origin. */
  readonly now: LinkClock
  /** Decides the jitter; 1 if left out. */
  readonly seed?: number
}

/** A device's link to the server: both directions, shared by all connections of the device. */
export class ShapedLink {
  readonly up: LinkDirection
  readonly down: LinkDirection

  constructor({ profile, now, seed = 1 }: LinkShape) {
    const { upBitsPerS, downBitsPerS } = profile
    this.up = new LinkDirection(shapeOf(profile, upBitsPerS), seededRandom(2 * seed), now)
    this.down = new LinkDirection(shapeOf(profile, downBitsPerS), seededRandom(2 * seed + 1), now)
  }

  /** For good: whatever is on its way never arrives, and whatever is sent from now on. */
  stop(): void {
    this.up.stop()
    this.down.stop()
  }
}

const shapeOf = (profile: LinkProfile, bitsPerS: number | null): DirectionShape => ({
  bitsPerS,
  delayNs: (profile.rttMs / 2) * NS_PER_MS,
  jitterNs: profile.jitterMs * NS_PER_MS,
  queueBytes: queueBytes(profile, bitsPerS),
})
