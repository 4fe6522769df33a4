import type { Socket } from 'node:net'
import { SEGMENT_HEADER_BYTES, SYN_BYTES } from '../../model/link/packets.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { LinkDirection } from './link-direction.ts'
import type { ShapedLink } from './shaped-link.ts'

/** What becomes of a connection's bytes at the far end of the link. */
export interface FarEnd {
  /** @returns false where the receiver takes no more for now, as `Socket.write` does */
  pass(direction: Direction, bytes: Uint8Array, to: Socket): boolean
  /** The direction ends in order, after its last byte. */
  finish(direction: Direction, to: Socket): void
}

/**
 * One TCP connection over a shaped link: its handshake, its bytes and its end in
 * order. On loopback the client's `connect` succeeds at once; so nothing is read
 * from it before SYN and SYN-ACK would have crossed the link, and nothing from
 * the server before the third packet of the handshake would have.
 */
export function shapeConnection(
  { up, down }: ShapedLink,
  { client, upstream }: { client: Socket; upstream: Socket },
  far: FarEnd,
): void {
  // Both are paused until then, whatever has arrived in the kernel.
  up.send(SYN_BYTES, (atServer) => {
    down.send(
      SYN_BYTES,
      (atClient) => {
        up.send(SEGMENT_HEADER_BYTES, () => pump(down, 'down', upstream, client, far), atClient)
        pump(up, 'up', client, upstream, far)
      },
      atServer,
    )
  })
}

/** Tells the other side of a reset, when the packet that says so would be there. */
export function shapeReset(link: ShapedLink, direction: Direction, arrive: () => void): void {
  link[direction].send(SEGMENT_HEADER_BYTES, arrive)
}

/**
 * Takes from the sender only what the queue of the link has room for: the rest
 * stays in its socket, and TCP tells the sender to wait. The same where the
 * receiver takes no more.
 */
function pump(
  link: LinkDirection,
  direction: Direction,
  from: Socket,
  to: Socket,
  far: FarEnd,
): void {
  let isWaiting = false
  let isReceiverFull = false

  /** It is its turn: one packet, whoever else waits. */
  const takeTurn = (): void => {
    isWaiting = false
    if (!isReceiverFull) take()
    pull()
  }
  const arrive = (bytes: Uint8Array): void => {
    // Destroyed: whatever comes then falls on the floor, as with a real one.
    if (to.destroyed) return
    isReceiverFull = !far.pass(direction, bytes, to)
  }
  /** @returns false where there is nothing, also of a stream that has ended: it tells so only to who reads. */
  const take = (): boolean => {
    const length = Math.min(from.readableLength, link.segmentBytes)
    const bytes: Buffer | null = from.read(length > 0 ? length : undefined)
    if (bytes === null) return false
    link.send(bytes.length + SEGMENT_HEADER_BYTES, () => arrive(bytes))
    return true
  }
  const pull = (): void => {
    while (!isWaiting && !isReceiverFull) {
      if (from.readableLength > 0 && !link.hasRoom) {
        isWaiting = true
        link.whenRoom(takeTurn)
      } else if (!take()) return
    }
  }
  to.on('drain', () => {
    isReceiverFull = false
    pull()
  })
  from.on('end', () => link.send(SEGMENT_HEADER_BYTES, () => far.finish(direction, to)))
  from.on('readable', pull)
  pull()
}
