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
 * @param read throws MalformedBytes where the datagram breaks a rule of the protocol
 * @returns takes each datagram, whole, and not changed afterwards
 */
export function datagramStream(
  direction: Direction,
  sink: DissectorSink,
  read: (datagram: Uint8Array) => DatagramFrame,
): (datagram: Uint8Array) => void {
  let nextOffset = 0
  let isStopped = false
  return (datagram) => {
    if (isStopped) return
    const offset = nextOffset
    const lengthBytes = datagram.length
    nextOffset += lengthBytes
    let frame: DatagramFrame
    try {
      frame = read(datagram)
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      sink.unexplained({ direction, offset, reason: error.message })
      // Each datagram is read on its own: one that is none costs no other, unless it must.
      isStopped = sink.remark === undefined
      return
    }
    sink.frame({ direction, offset, lengthBytes, ...frame })
  }
}
