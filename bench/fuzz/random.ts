/** A sequence that begins anew for each input, so that any of them can be made again alone. */
export class Random {
  #state: number

  constructor(seed: number, name: string, index: number) {
    this.#state = seed >>> 0
    for (const letter of `${name} ${index}`) {
      this.#state = Math.imul(this.#state ^ letter.charCodeAt(0), 0x01000193) >>> 0
      this.#state = (this.#state ^ (this.#state >>> 13)) >>> 0
    }
  }

  /** Mulberry32: below 2^32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** @param limit above 0 */
  below(limit: number): number {
    return this.next() % limit
  }

  /** Small as a rule. */
  small(limit: number): number {
    return this.below(1 + this.below(limit))
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 255)
  }
}
