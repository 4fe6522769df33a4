/** Due instants in the order in which they came, without an object for each. */
export class DueQueue {
  #instants = new Float64Array(64)
  #head = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  push(dueNs: number): void {
    if (this.#length === this.#instants.length) this.#grow()
    this.#instants[(this.#head + this.#length) % this.#instants.length] = dueNs
    this.#length += 1
  }

  /** The oldest; only while there is one. */
  shift(): number {
    const dueNs = this.#instants[this.#head] as number
    this.#head = (this.#head + 1) % this.#instants.length
    this.#length -= 1
    return dueNs
  }

  #grow(): void {
    const larger = new Float64Array(this.#instants.length * 2)
    const tail = this.#instants.subarray(this.#head)
    larger.set(tail)
    larger.set(this.#instants.subarray(0, this.#head), tail.length)
    this.#instants = larger
    this.#head = 0
  }
}
