import type { Layer, Phase } from '../../../model/vocabulary.ts'
import type { DissectorSink, Frame } from '../../../model/wire/frame.ts'
import type { GetPurpose } from './message-use.ts'

const AS: Readonly<Record<GetPurpose, { phase: Phase; layer: Layer }>> = {
  message: { phase: 'steady', layer: 'framing' },
  nothing: { phase: 'idle', layer: 'control' },
  stream: { phase: 'setup', layer: 'control' },
  other: { phase: 'steady', layer: 'framing' },
}

/** The same frame, all of it in one phase and one layer. */
export const inLayer = (frame: Frame, phase: Phase, layer: Layer): Frame => ({
  ...frame,
  phase,
  parts: frame.parts.map((part) => ({ ...part, layer })),
})

/** A GET whose answer is still to come. */
export interface HeldRequest {
  purpose: GetPurpose | null
}

/** A frame that waits; whoever holds its request does not hold it. */
interface Entry {
  readonly frame: Frame
  /** Null where it only stands behind one. */
  readonly held: HeldRequest | null
}

/** So many bytes of requests wait for their answers at most; each is held with its parts. */
export const MAX_HELD_BYTES = 4 * 1024 * 1024

/** More than anybody has under way. */
const MAX_HELD = 4096

/** Tells of requests in the order of the stream: what comes behind a GET waits with it. */
export class RequestQueue {
  readonly #sink: DissectorSink
  readonly #queue: Entry[] = []
  #heldBytes = 0

  /** Of all that waits. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  constructor(sink: DissectorSink) {
    this.#sink = sink
  }

  add(frame: Frame): void {
    this.#push({ frame, held: null })
    this.#flush()
  }

  hold(frame: Frame): HeldRequest {
    const held: HeldRequest = { purpose: null }
    this.#push({ frame, held })
    return held
  }

  settle(held: HeldRequest, purpose: GetPurpose): void {
    held.purpose = purpose
    this.#flush()
  }

  /** The connection ended: whoever was not answered has waited in vain. */
  end(): void {
    for (const { held } of this.#queue) if (held !== null) held.purpose ??= 'nothing'
    this.#flush()
  }

  /** Tells how many were not answered: the connection ended. */
  tellUnanswered(count: number): void {
    if (count === 0) return
    const text = 'not answered'
    this.#sink.outcome?.({ direction: 'up', unit: 'request', text, verdict: 'unanswered' }, count)
  }

  /** Answers were lost: what waits for one has waited long enough, but for one. */
  release(except: HeldRequest | null = null): void {
    for (const { held } of this.#queue) {
      if (held !== null && held !== except) held.purpose ??= 'other'
    }
    this.#flush()
  }

  #push(entry: Entry): void {
    this.#queue.push(entry)
    this.#heldBytes += entry.frame.lengthBytes
    if (this.#heldBytes <= MAX_HELD_BYTES && this.#queue.length <= MAX_HELD) return
    const text = 'more waits for an answer than is held: what it is for is not known'
    this.#sink.remark?.({ direction: 'up', clause: null, text })
    this.release()
  }

  #flush(): void {
    for (let entry = this.#queue[0]; entry !== undefined; entry = this.#queue[0]) {
      const { frame, held } = entry
      if (held?.purpose === null) return
      this.#queue.shift()
      this.#heldBytes -= frame.lengthBytes
      const as = held?.purpose && AS[held.purpose]
      this.#sink.frame(as ? inLayer(frame, as.phase, as.layer) : frame)
    }
  }
}
