/** A remark, and how often it applies. */
export interface Remark {
  text: string
  count: number
}

/** What is to be said once, however often it is found: in the order in which it was first found. */
export class Remarks {
  readonly #counts = new Map<string, number>()

  add(text: string, count = 1): void {
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + count)
  }

  list(): Remark[] {
    return Array.from(this.#counts, ([text, count]) => ({ text, count }))
  }
}
