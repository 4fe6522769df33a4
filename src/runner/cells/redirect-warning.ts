import { formatCount } from '../../model/text/format.ts'

/** RFC 9110 §15.4: those of a POST that a client makes a GET without content; 307 and 308 stay what they are. */
const BECOMES_GET: ReadonlySet<number> = new Set([301, 302, 303])

/**
 * What to say of answers that led elsewhere: what was measured is the exchange
 * that says so, and no server has taken the message. Where they lead is not
 * repeated, since a redirect may hand a token on in its URL.
 */
export function redirectWarning(status: number, count: number, completed: number): string {
  const become = BECOMES_GET.has(status)
    ? 'where a client makes a GET of a POST, without its content'
    : 'where a client sends the POST again'
  return `${formatCount(count)} of ${formatCount(completed)} answers were a redirect (${status}, ${become}): it was measured, and not followed; --follow-redirects measures the place that it leads to`
}
