import type { StreamBytes } from './stream-reassembly.ts'

/** Which end of a conversation; the first is who sent the first packet that was captured. */
export type End = 'first' | 'second'

export const otherEnd = (end: End): End => (end === 'first' ? 'second' : 'first')

/** Bytes that can be read, or that were not captured. */
export interface Utterance extends StreamBytes {
  end: End
  /** Bytes that the capture does not have, in place of `bytes`; else 0. */
  missingBytes: number
}

/** So much is held back for what came before it; a capture holds less the wrong way round. */
const MAX_HELD = 64

/**
 * What both ends said, as they may have said it: in the order of the capture,
 * but an answer after what its packet acknowledges. A capture may hold them the
 * other way round, where two queues of a network card were read in turn.
 */
export class CausalOrder {
  readonly #say: (utterance: Utterance) => void
  /** Of both ends; those of one are in the order of its stream. */
  #held: Utterance[] = []
  readonly #saidBytes: Record<End, number> = { first: 0, second: 0 }

  constructor(say: (utterance: Utterance) => void) {
    this.#say = say
  }

  /** In the order of the capture, and of the stream of its end. */
  add(utterance: Utterance): void {
    if (this.#held.length === 0 && !this.#isTooEarly(utterance)) {
      this.#emit(utterance)
      return
    }
    this.#held.push(utterance)
    this.#release()
    if (this.#held.length > MAX_HELD) this.#force()
  }

  /** Nothing more comes. */
  end(): void {
    while (this.#held.length > 0) this.#force()
  }

  /** What is acknowledged was said by then. */
  #isTooEarly({ end, afterBytes }: Utterance): boolean {
    return afterBytes > this.#saidBytes[otherEnd(end)]
  }

  #release(): void {
    for (let index = this.#nextReady(); index !== -1; index = this.#nextReady()) {
      const [ready] = this.#held.splice(index, 1)
      if (ready !== undefined) this.#emit(ready)
    }
  }

  /** The first of an end that is not too early. */
  #nextReady(): number {
    const blocked = new Set<End>()
    return this.#held.findIndex((utterance) => {
      if (blocked.has(utterance.end)) return false
      if (!this.#isTooEarly(utterance)) return true
      blocked.add(utterance.end)
      return false
    })
  }

  /** What it waits for was never captured. */
  #force(): void {
    const first = this.#held.shift()
    if (first !== undefined) this.#emit(first)
    this.#release()
  }

  #emit(utterance: Utterance): void {
    const { end, offset, bytes, missingBytes } = utterance
    this.#saidBytes[end] = offset + bytes.length + missingBytes
    this.#say(utterance)
  }
}
