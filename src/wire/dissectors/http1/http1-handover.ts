import type { Direction } from '../../../model/vocabulary.ts'
import type { Dissector, DissectorFactory, DissectorSink } from '../../../model/wire/frame.ts'
import { type Reading, takeAvailable } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'

/** To what a connection was handed on: a tunnel (RFC 9110 §9.3.6), or a protocol by its name (§7.8). */
export type Handover = 'tunnel' | 'h2c' | 'websocket'

/** Who reads what comes then; null where nobody does. */
export type OpenHandover = (to: Handover) => DissectorFactory | null

const MAX_PIECE_BYTES = 64 * 1024

/** What a connection carries once it is HTTP/1.1 no longer: its frames stand behind those of before. */
export class HandedOver {
  readonly #inner: Dissector
  readonly #base: Record<Direction, number | null> = { up: null, down: null }

  constructor(dissect: DissectorFactory, to: Handover, sink: DissectorSink) {
    this.#inner = dissect(
      {
        ...{ remark: sink.remark, outcome: sink.outcome, memory: sink.memory },
        frame: (frame) => sink.frame({ ...frame, offset: this.#place(frame) }),
        unexplained: (gap) => sink.unexplained({ ...gap, offset: this.#place(gap) }),
      },
      // It begins with the answer, which was read here.
      to === 'websocket' ? 'joined' : 'fresh',
    )
  }

  *read(stream: FrameStream): Reading<void> {
    const { direction } = stream
    this.#base[direction] = stream.position
    while (true) {
      const bytes = yield takeAvailable(MAX_PIECE_BYTES)
      stream.release()
      this.#inner.feed(direction, bytes)
    }
  }

  /** @returns whether the direction is its own by now */
  missing(direction: Direction, lengthBytes: number): boolean {
    if (this.#base[direction] === null) return false
    this.#inner.missing?.(direction, lengthBytes)
    return true
  }

  end(): void {
    this.#inner.end()
  }

  #place({ direction, offset }: { direction: Direction; offset: number }): number {
    return offset + (this.#base[direction] ?? 0)
  }
}
