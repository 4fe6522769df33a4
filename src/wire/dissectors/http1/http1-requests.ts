import type { Layer, Phase } from '../../../model/vocabulary.ts'
import type { DissectorSink, Frame } from '../../../model/wire/frame.ts'

/**
 * What a GET turned out to be for, which only its answer says:
 *
 * - `message`: it fetched one; the content is the payload.
 * - `nothing`: there was none (204, 304). It was a wait.
 * - `stream`: it opened an event stream.
 * - `other`: an upgrade, a redirect, a refusal.
 */
export type GetPurpose = 'message' | 'nothing' | 'stream' | 'other'

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
  readonly frame: Frame
  purpose: GetPurpose | null
}

/** So many bytes of requests wait for their answers at most; each is held with its parts. */
export const MAX_HELD_BYTES = 4 * 1024 * 1024

const MAX_HELD = 4096

/** Tells of requests in the order of the stream: what comes behind a GET waits with it. */
export class RequestQueue {
  readonly #sink: DissectorSink
  readonly #queue: (Frame | HeldRequest)[] = []
  #heldBytes = 0

  /** Of all that waits. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** More waits than anybody has under way. */
  get isFull(): boolean {
    return this.#heldBytes > MAX_HELD_BYTES || this.#queue.length > MAX_HELD
  }

  constructor(sink: DissectorSink) {
    this.#sink = sink
  }

  add(frame: Frame): void {
    this.#push(frame, frame)
    this.#flush()
  }

  hold(frame: Frame): HeldRequest {
    const held: HeldRequest = { frame, purpose: null }
    this.#push(held, frame)
    return held
  }

  settle(held: HeldRequest, purpose: GetPurpose): void {
    held.purpose = purpose
    this.#flush()
  }

  /** The connection ended: whoever was not answered has waited in vain. */
  end(): void {
    for (const entry of this.#queue) if ('purpose' in entry) entry.purpose ??= 'nothing'
    this.#flush()
  }

  /** Answers were lost: what waits for one has waited long enough, but for one. */
  release(except: HeldRequest | null = null): void {
    for (const entry of this.#queue) {
      if ('purpose' in entry && entry !== except) entry.purpose ??= 'other'
    }
    this.#flush()
  }

  #push(entry: Frame | HeldRequest, { lengthBytes }: Frame): void {
    this.#queue.push(entry)
    this.#heldBytes += lengthBytes
  }

  #flush(): void {
    for (let entry = this.#queue[0]; entry !== undefined; entry = this.#queue[0]) {
      if ('purpose' in entry && entry.purpose === null) return
      this.#queue.shift()
      const { lengthBytes } = 'purpose' in entry ? entry.frame : entry
      this.#heldBytes -= lengthBytes
      if (!('purpose' in entry)) this.#sink.frame(entry)
      else if (entry.purpose !== null) {
        this.#sink.frame(inLayer(entry.frame, AS[entry.purpose].phase, AS[entry.purpose].layer))
      }
    }
  }
}
