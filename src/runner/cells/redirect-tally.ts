import { type Said, said } from '../../model/said/said.ts'
import type { Method } from '../../model/scenario/http-query.ts'
import { becomesGet } from '../../transports/http/answer.ts'

/**
 * Answers of a cell that led elsewhere, over all its passes. What was measured is
 * the exchange that says so, and no server has taken the message. Where they lead
 * is not repeated, since a redirect may hand a token on in its URL.
 */
export class RedirectTally {
  readonly #byStatus = new Map<number, number>()
  #completed = 0
  #method: Method = 'POST'

  /**
   * @param completed answers of the pass, of which these are some
   * @param method of its requests
   */
  add(statuses: ReadonlyMap<number, number>, completed: number, method: Method): void {
    this.#completed += completed
    this.#method = method
    for (const [status, times] of statuses) {
      this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + times)
    }
  }

  warnings(): Said[] {
    const [completed, method] = [this.#completed, this.#method]
    return Array.from(this.#byStatus, ([status, count]) =>
      said('redirected', {
        ...{ status, count, completed, method },
        becomesGet: becomesGet(status, method) ? 1 : 0,
      }),
    )
  }
}
