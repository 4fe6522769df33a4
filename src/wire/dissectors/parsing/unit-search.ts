/**
 * How many bytes the unit has that begins at a place, its head included; `more`
 * where too few are there to tell, null where none begins. It sees no further
 * than the unit's head, and says the same however many bytes stand behind that.
 */
export type MeasureUnit = (bytes: Uint8Array, at: number) => number | 'more' | null

/** What tells units from other bytes. */
export interface Units {
  measure: MeasureUnit
  /** So many that follow each other are no accident. */
  chain: number
  /** So many suffice where the last one ends with the stream. */
  last: number
}

/** What is held while a chain is looked for; one that is longer is not found. */
const MAX_CHAIN_BYTES = 256 * 1024

/**
 * Looks for the first place of a stream from which units chain: each ends where
 * the next begins. Which place that is depends on the bytes alone, not on where
 * they are cut. Linear in the bytes; what is held is bounded.
 */
export class UnitSearch {
  readonly #units: Units
  /** Only ever appended to: what was handed out stays as it is. */
  #bytes: Uint8Array = new Uint8Array(0)
  #ownedBytes = 0
  /** The place that is looked at. */
  #at = 0
  /** Where the search began; -1 where that is not held any more. */
  #from = 0
  #isSearching = false

  constructor(units: Units) {
    this.#units = units
  }

  /** Bytes that are held, from the place on that is looked at. */
  get heldBytes(): number {
    return this.#bytes.length - this.#at
  }

  /** @returns all bytes from the first place on where units chain; null while there is none */
  add(bytes: Uint8Array): Uint8Array | null {
    this.#append(bytes)
    return this.#scan('goes on')
  }

  /** The same where no byte follows. */
  finish(): Uint8Array | null {
    return this.#scan('ends')
  }

  /** Forgets what is held. */
  clear(): void {
    this.#bytes = new Uint8Array(0)
    this.#ownedBytes = 0
    this.#at = 0
    this.#from = 0
    this.#isSearching = false
  }

  #append(bytes: Uint8Array): void {
    if (!this.#isSearching) {
      this.#begin(bytes)
    } else if (this.heldBytes === 0) {
      this.#bytes = bytes
      this.#ownedBytes = 0
      this.#at = 0
      this.#from = -1
    } else this.#copy(bytes)
  }

  /** A new search; what was found here and could not be read after all comes back, and is not copied again. */
  #begin(bytes: Uint8Array): void {
    const { buffer, byteOffset, length } = this.#bytes
    const isOwnTail =
      buffer === bytes.buffer && byteOffset + length === bytes.byteOffset + bytes.length
    if (!isOwnTail) {
      this.#bytes = bytes
      this.#ownedBytes = 0
    }
    this.#at = this.#bytes.length - bytes.length
    this.#from = this.#at
    this.#isSearching = true
  }

  #copy(bytes: Uint8Array): void {
    const held = this.#bytes.subarray(this.#at)
    const length = this.#bytes.length + bytes.length
    if (length > this.#ownedBytes) {
      const owned = new Uint8Array(2 * (held.length + bytes.length))
      owned.set(held)
      this.#from = this.#from === this.#at ? 0 : -1
      owned.set(bytes, held.length)
      this.#ownedBytes = owned.length
      this.#bytes = owned.subarray(0, held.length + bytes.length)
      this.#at = 0
      return
    }
    const { buffer, byteOffset } = this.#bytes
    const all = new Uint8Array(buffer, byteOffset, length)
    all.set(bytes, this.#bytes.length)
    this.#bytes = all
  }

  #scan(stream: 'goes on' | 'ends'): Uint8Array | null {
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const verdict = this.#judge(stream)
      if (verdict === 'wait') return null
      if (verdict === 'chains') {
        this.#isSearching = false
        return this.#bytes.subarray(this.#at)
      }
    }
    return null
  }

  #judge(stream: 'goes on' | 'ends'): 'chains' | 'breaks' | 'wait' {
    const { measure, chain, last } = this.#units
    // Right where the search began, what is at hand may be all that is left.
    const least = this.#at === this.#from ? 1 : last
    let next = this.#at
    for (let units = 0; units < chain; units += 1) {
      const left = this.#bytes.length - next
      if (left <= 0) {
        if (stream === 'goes on') return 'wait'
        // Less than nothing is left where the last unit is cut off.
        return left === 0 && units >= least ? 'chains' : 'breaks'
      }
      const lengthBytes = measure(this.#bytes, next)
      if (lengthBytes === null) return 'breaks'
      if (lengthBytes === 'more') {
        if (stream === 'goes on') return 'wait'
        return units >= chain - 1 ? 'chains' : 'breaks'
      }
      next += lengthBytes
      if (next - this.#at > MAX_CHAIN_BYTES) return 'breaks'
    }
    return 'chains'
  }
}
