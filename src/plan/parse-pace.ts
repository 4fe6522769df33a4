import type { Pace } from '../model/pace.ts'

/** What a rate may look like, for people. */
export const PACE_FORMS = 'messages a second: 1000, poisson:1000, or ramp:100..5000'
/** More than any event loop sends; so a typing error is found before it is run. */
const MAX_PER_S = 10_000_000

/**
 * `1000`, `poisson:1000`, `ramp:100..5000`, in messages a second; null where the
 * text is no pace.
 * @param seed of the random gaps
 */
export function parsePace(text: string, seed: number): Pace | null {
  const [kind, value, ...rest] = text.includes(':') ? text.split(':') : ['constant', text]
  if (value === undefined || rest.length > 0) return null
  if (kind === 'ramp') {
    const [fromPerS, toPerS, ...more] = value.split('..').map(parsePerS)
    if (fromPerS == null || toPerS == null || more.length > 0) return null
    return { kind, fromPerS, toPerS }
  }
  const perS = parsePerS(value)
  if (perS === null) return null
  if (kind === 'poisson') return { kind, perS, seed }
  return kind === 'constant' ? { kind, perS } : null
}

/** A rate in messages a second; null where the text is none. */
export function parsePerS(text: string): number | null {
  if (!/^\d+(\.\d+)?$/.test(text)) return null
  const perS = Number(text)
  return perS > 0 && perS <= MAX_PER_S ? perS : null
}
