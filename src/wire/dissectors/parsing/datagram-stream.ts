import type { Direction } from '../../../model/vocabulary.ts'
import type { DissectorSink, Frame, FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes } from './byte-parser.ts'

/** What one datagram is; where it stands in the stream is not its reader's to know. */
export type DatagramFrame = Pick<Frame, 'phase' | 'label' | 'clause' | 'message'> & {
  parts: FramePart[]
}

/**
 * One direction of an exchange of datagrams: each is read on its own and gives
 * one frame. The stream of a direction is its datagrams one after the other, so
 * frames tile it up to the first datagram that cannot be explained, or around
 * those that cannot where the reader is lenient.
 */
export class DatagramStream {
  readonly #direction: Direction
  readonly #sink: DissectorSink
  readonly #read: (datagram: Uint8Array) => DatagramFrame
  #offset = 0
  #stopped = false

  /** @param read throws MalformedBytes where the datagram breaks a rule of the protocol */
  constructor(
    direction: Direction,
    sink: DissectorSink,
    read: (datagram: Uint8Array) => DatagramFrame,
  ) {
    this.#direction = direction
    this.#sink = sink
    this.#read = read
  }

  /** @param datagram whole, and not changed after it was fed */
  feed(datagram: Uint8Array): void {
    if (this.#stopped) return
    const direction = this.#direction
    const offset = this.#offset
    let frame: DatagramFrame
    try {
      frame = this.#read(datagram)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      this.#sink.unexplained({ direction, offset, reason: error.message })
      // Each datagram is read on its own: one that is none costs no other, unless it must.
      if (this.#sink.remark === undefined) this.#stopped = true
      this.#offset += datagram.length
      return
    }
    this.#offset += datagram.length
    this.#sink.frame({ direction, offset, lengthBytes: datagram.length, ...frame })
  }
}
