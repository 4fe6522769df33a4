import { type Said, said } from '../../model/said/said.ts'

/** RFC 9110 §15.4: those of a POST that a client makes a GET without content; 307 and 308 stay what they are. */
const BECOMES_GET: ReadonlySet<number> = new Set([301, 302, 303])

/**
 * What to say of answers that led elsewhere: what was measured is the exchange
 * that says so, and no server has taken the message. Where they lead is not
 * repeated, since a redirect may hand a token on in its URL.
 */
export const redirectWarning = (status: number, count: number, completed: number): Said =>
  said('redirected', { status, count, completed, becomesGet: BECOMES_GET.has(status) ? 1 : 0 })
