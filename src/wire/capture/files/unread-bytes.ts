const NOTHING = new Uint8Array(0)

/** The bytes of a file that have come and are not read yet, as one run. */
export class UnreadBytes {
  #bytes: Uint8Array = NOTHING
  #view: DataView = new DataView(NOTHING.buffer)
  #at = 0
  /** Of the first of `#bytes`, in the file. */
  #position = 0

  get length(): number {
    return this.#bytes.length - this.#at
  }

  /** Of the next byte, in the file. */
  get position(): number {
    return this.#position + this.#at
  }

  uint32(offset: number, littleEndian: boolean): number {
    return this.#view.getUint32(this.#at + offset, littleEndian)
  }

  add(bytes: Uint8Array): void {
    const left = this.#bytes.subarray(this.#at)
    this.#position += this.#at
    this.#at = 0
    this.#bytes = left.length === 0 ? bytes : Buffer.concat([left, bytes])
    const { buffer, byteOffset, byteLength } = this.#bytes
    this.#view = new DataView(buffer, byteOffset, byteLength)
  }

  /** Takes so many off the front, which are there. */
  take(lengthBytes: number): Uint8Array {
    this.#at += lengthBytes
    return this.#bytes.subarray(this.#at - lengthBytes, this.#at)
  }
}
