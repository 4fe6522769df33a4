/** When messages are due: a rate a second, and how the gaps between them are made. */
export type Pace =
  | { readonly kind: 'constant'; readonly perS: number }
  /** Gaps of an exponential distribution, as of many devices that know nothing of each other. */
  | { readonly kind: 'poisson'; readonly perS: number; readonly seed: number }
  /** From one rate to another, evenly over the time that the work takes. */
  | { readonly kind: 'ramp'; readonly fromPerS: number; readonly toPerS: number }

/** Messages a second, over the whole of the work. */
export const meanPerS = (pace: Pace): number =>
  pace.kind === 'ramp' ? (pace.fromPerS + pace.toPerS) / 2 : pace.perS

/** The highest that it comes to; gaps drawn at random may be shorter for a moment. */
export const mostPerS = (pace: Pace): number =>
  pace.kind === 'ramp' ? Math.max(pace.fromPerS, pace.toPerS) : pace.perS
