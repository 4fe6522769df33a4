import { SEGMENT_PAYLOAD_BYTES } from '../../../model/link/packets.ts'
import type { Direction } from '../../../model/vocabulary.ts'
import type { WireEvent } from '../../../model/wire/recording.ts'
import { buildTcpPacket, type Place, TCP_FLAGS } from './build-packets.ts'

/** A packet that was never sent: it says what the byte stream had said. */
export interface SynthesisedPacket {
  atNs: bigint
  direction: Direction
  bytes: Uint8Array
}

/** What the option says: time stamps are not taken off it (RFC 6691 §2). */
const ANNOUNCED_MSS = 1460
/** A receiver answers every second full segment at the latest (RFC 9293 §3.8.6.3). */
const SEGMENTS_AN_ACK = 2
/** So that a stream of any size fits a window that nobody updates. */
const WINDOW_SCALE = 14
const WINDOW = 0xffff
const INITIAL_SEQUENCE: Record<Direction, number> = { up: 1_000, down: 2_000 }

const { fin: FIN, syn: SYN, rst: RST, psh: PSH, ack: ACK } = TCP_FLAGS
const NOTHING = new Uint8Array(0)

const otherSide = (direction: Direction): Direction => (direction === 'up' ? 'down' : 'up')

interface Side {
  place: Place
  /** The sequence number of its next byte. */
  next: number
  /** Of the other side's segments, those not yet acknowledged. */
  owedAcks: number
  /** The other side's latest time stamp, to be echoed (RFC 7323 §3.2). */
  lastSeenStamp: number
  hasFinished: boolean
}

/**
 * One TCP connection as packets, from its handshake to its last FIN or its
 * reset. Each event gives the packets that a kernel would at least have sent
 * then: how the bytes were really cut, and when they were acknowledged, a relay
 * does not see.
 */
export class SynthesisedStream {
  readonly #sides: Record<Direction, Side>
  readonly #identify: () => number
  readonly #startedNs: bigint

  /**
   * @param ends the device, and what it talks to
   * @param startedNs where the time stamps of TCP begin
   * @param identify gives each IP packet its number
   */
  constructor(
    ends: Record<Direction, Place>,
    { startedNs, identify }: { startedNs: bigint; identify: () => number },
  ) {
    const side = (direction: Direction): Side => ({
      place: ends[direction],
      next: INITIAL_SEQUENCE[direction],
      owedAcks: 0,
      lastSeenStamp: 0,
      hasFinished: false,
    })
    this.#sides = { up: side('up'), down: side('down') }
    this.#identify = identify
    this.#startedNs = startedNs
  }

  /** The packets of one event of this connection. */
  follow(event: WireEvent): SynthesisedPacket[] {
    const { atNs } = event
    switch (event.kind) {
      case 'opened':
        return [
          this.#send('up', SYN, atNs),
          this.#send('down', SYN | ACK, atNs),
          this.#send('up', ACK, atNs),
        ]
      case 'bytes':
        return this.#sendBytes(event.direction, event.bytes, atNs)
      case 'finished':
        return this.#finish(event.direction, atNs)
      case 'ended':
        return this.#end(atNs)
    }
  }

  #sendBytes(direction: Direction, bytes: Uint8Array, atNs: bigint): SynthesisedPacket[] {
    const packets: SynthesisedPacket[] = []
    for (let from = 0; from < bytes.length; from += SEGMENT_PAYLOAD_BYTES) {
      const payload = bytes.subarray(from, from + SEGMENT_PAYLOAD_BYTES)
      const isLast = from + payload.length === bytes.length
      packets.push(this.#send(direction, isLast ? PSH | ACK : ACK, atNs, payload))
      const receiver = otherSide(direction)
      this.#sides[receiver].owedAcks += 1
      if (this.#sides[receiver].owedAcks >= SEGMENTS_AN_ACK) {
        packets.push(this.#send(receiver, ACK, atNs))
      }
    }
    return packets
  }

  #finish(direction: Direction, atNs: bigint): SynthesisedPacket[] {
    const packets = [this.#send(direction, FIN | ACK, atNs)]
    this.#sides[direction].hasFinished = true
    const other = otherSide(direction)
    // The first FIN is acknowledged by the other side's own, as a rule at once.
    if (this.#sides[other].hasFinished) packets.push(this.#send(other, ACK, atNs))
    return packets
  }

  /** A connection that did not end in order was reset; by whom, the relay does not say. */
  #end(atNs: bigint): SynthesisedPacket[] {
    const { up, down } = this.#sides
    if (up.hasFinished && down.hasFinished) return []
    return [this.#send(up.hasFinished ? 'down' : 'up', RST | ACK, atNs)]
  }

  #send(
    direction: Direction,
    flags: number,
    atNs: bigint,
    payload: Uint8Array = NOTHING,
  ): SynthesisedPacket {
    const [sender, receiver] = [this.#sides[direction], this.#sides[otherSide(direction)]]
    const stamp = Number((atNs - this.#startedNs) / 1_000_000n) + 1
    const isSyn = (flags & SYN) !== 0
    const hasAck = (flags & ACK) !== 0
    const stamps = { own: stamp, echoed: hasAck ? sender.lastSeenStamp : 0 }
    const bytes = buildTcpPacket(
      {
        from: sender.place,
        to: receiver.place,
        sequence: sender.next,
        acknowledgement: hasAck ? receiver.next : 0,
        flags,
        window: WINDOW,
        options: isSyn ? synOptions(stamps) : timeStamps(stamps),
        payload,
      },
      this.#identify(),
    )
    // SYN and FIN take a number each (RFC 9293 §3.4).
    const taken = payload.length + (flags & (SYN | FIN) ? 1 : 0)
    sender.next = (sender.next + taken) % 2 ** 32
    if (hasAck) sender.owedAcks = 0
    receiver.lastSeenStamp = stamp
    return { atNs, direction, bytes }
  }
}

interface Stamps {
  own: number
  echoed: number
}

/** RFC 7323 §3.2, after two bytes of padding. */
function timeStamps({ own, echoed }: Stamps): Uint8Array {
  const option = Buffer.from('0101080a0000000000000000', 'hex')
  option.writeUInt32BE(own, 4)
  option.writeUInt32BE(echoed, 8)
  return option
}

/** What Linux offers: MSS, SACK, time stamps, window scale; 20 bytes. */
function synOptions({ own, echoed }: Stamps): Uint8Array {
  const option = Buffer.from(
    '02040000 0402080a 00000000 00000000 01030300'.replaceAll(' ', ''),
    'hex',
  )
  option.writeUInt16BE(ANNOUNCED_MSS, 2)
  option.writeUInt32BE(own, 8)
  option.writeUInt32BE(echoed, 12)
  option.writeUInt8(WINDOW_SCALE, 19)
  return option
}
