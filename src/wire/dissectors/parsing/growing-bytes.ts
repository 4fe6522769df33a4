const NOTHING = new Uint8Array(0)
const LEAST_BYTES = 256

/**
 * Bytes that come in pieces and are needed as one: a single piece is not copied,
 * and many small ones cost no more than what they hold.
 */
export class GrowingBytes {
  /** The first piece as it came, or a copy of all with room behind it. */
  #held: Uint8Array = NOTHING
  #isOwn = false
  #length = 0

  get length(): number {
    return this.#length
  }

  /** @param piece must not be changed afterwards */
  append(piece: Uint8Array): void {
    const length = this.#length + piece.length
    if (this.#length === 0) this.#held = piece
    else {
      if (!this.#isOwn || length > this.#held.length) this.#grow(length)
      this.#held.set(piece, this.#length)
    }
    this.#length = length
  }

  /** All of it; what is held is then nothing. */
  take(): Uint8Array {
    const all = this.#isOwn ? this.#held.subarray(0, this.#length) : this.#held
    this.#held = NOTHING
    this.#isOwn = false
    this.#length = 0
    return all
  }

  #grow(length: number): void {
    const own = new Uint8Array(Math.max(LEAST_BYTES, 2 * length))
    own.set(this.#held.subarray(0, this.#length))
    this.#held = own
    this.#isOwn = true
  }
}
