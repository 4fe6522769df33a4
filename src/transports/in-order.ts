import type { ArrivalHandler } from './transport.ts'

/**
 * Hands each message to the arrival handler, and does what follows from it once
 * the handler is done: in the order of arrival, also where one is held back.
 * @param fail called when the handler rejects; nothing follows any more
 */
export function inOrder(
  onArrival: ArrivalHandler,
  fail: () => void,
): (payload: Uint8Array, follow: () => void) => void {
  /** Set while something is held back: what is behind it waits. */
  let held: Promise<void> | null = null
  return (payload, follow) => {
    const pending = onArrival(payload)
    if (pending === undefined && held === null) {
      follow()
      return
    }
    const turn: Promise<void> = Promise.all([held, pending]).then(() => {
      follow()
      if (held === turn) held = null
    })
    held = turn
    turn.catch(fail)
  }
}
