import type { TcpSegmentHead } from '../packets/tcp-segment.ts'
import { CausalOrder, type End, otherEnd, type Utterance } from './causal-order.ts'
import { SeenPackets } from './seen-packets.ts'
import { type StreamBytes, StreamReassembly } from './stream-reassembly.ts'

/** What became of one packet: everything but new bytes of the stream is `network`. */
export interface PacketNote {
  end: End
  networkBytes: number
  /** Where its payload stands in the stream of its end; null where it has none. */
  offset: number | null
  /** FIN or RST. */
  isGoodbye: boolean
}

/** Who takes what a conversation says, in order. */
export interface ConversationReader {
  say(utterance: Utterance): void
  note(note: PacketNote): void
}

/** A packet of a conversation. */
export interface TcpPacket {
  segment: TcpSegmentHead
  /** Total length of the IP packet. */
  ipBytes: number
  /** Its number among its sender's; 0 where it has none. */
  identification: number
  atNs: bigint | null
}

/** What is known at the end of one side of a conversation. */
interface SideSums {
  packets: number
  repeatedBytes: number
  /** Said by headers, but not kept by the capture. */
  cutOffBytes: number
  /** Packets that the capture has twice; they are in no other figure. */
  copies: number
  /** Of the stream, that the capture does not have. */
  missingBytes: number
}

/** What is known of a conversation at its end, besides what was said. */
export interface ConversationSums {
  beginning: 'captured' | 'joined'
  ending: 'finished' | 'reset' | 'missing'
  sides: Readonly<Record<End, SideSums>>
}

interface Side {
  readonly sums: SideSums
  readonly stream: StreamReassembly
  readonly seen: SeenPackets
  /** Position behind the last packet that was not kept whole. */
  cutOffEnd: number
  hasFinished: boolean
  /** Position up to which the other end says that it has everything. */
  acknowledgedBytes: number
  /** Packets of the conversation since that went beyond what is missing. */
  packetsSinceLoss: number
}

/** So much is looked at of a connection that began earlier, before it is said where it begins and whose it is. */
const MAX_HELD_PACKETS = 48
const MAX_HELD_BYTES = 16 * 1024
/** What is missing although it was acknowledged may still come, where a capture is out of order. */
const PATIENCE_PACKETS = 64
/** So much waits for what is missing at most. */
const MAX_WAITING_BYTES = 1024 * 1024
const MAX_WAITING_SEGMENTS = 2048

/**
 * One TCP connection while its packets are read. What it says goes to its reader
 * at once; held back is what stands behind a hole, and the beginning of a
 * connection that was there before the capture.
 */
export class TcpConversation {
  readonly sides: Readonly<Record<End, Side>> = { first: newSide(), second: newSide() }
  /** Who opened it; null where the capture began later. */
  opener: End | null = null
  isReset = false
  readonly #open: (beginning: readonly Utterance[]) => ConversationReader
  readonly #order = new CausalOrder((utterance) => this.#say(utterance))
  /** Null as long as packets are held. */
  #reader: ConversationReader | null = null
  #held: { end: End; packet: TcpPacket }[] = []
  #heldBytes = 0
  #beginning: Utterance[] = []

  /** @param open is called once, with what was said until then, in order */
  constructor(open: (beginning: readonly Utterance[]) => ConversationReader) {
    this.#open = open
  }

  get isOver(): boolean {
    return this.isReset || (this.sides.first.hasFinished && this.sides.second.hasFinished)
  }

  /** Whether a segment opens another connection between the same two places: a SYN that is no repetition. */
  isReplacedBy(end: End, { isSyn, acknowledgement, sequence }: TcpSegmentHead): boolean {
    if (!isSyn || acknowledgement !== null) return false
    if (this.opener === null && this.#held.length > 0) return true
    const { stream } = this.sides[end]
    return stream.base !== null && stream.base !== (sequence + 1) % 2 ** 32
  }

  add(end: End, packet: TcpPacket): void {
    const { segment, identification, atNs } = packet
    if (this.sides[end].seen.isCopy(identification, segment, atNs)) {
      this.sides[end].sums.copies += 1
      return
    }
    if (segment.isSyn) this.#begin(end, segment)
    if (this.#reader !== null) {
      this.#reader.note(this.#receive(end, packet))
      return
    }
    this.#hold(end, packet)
    const isKnown = this.opener !== null
    if (isKnown || this.#held.length > MAX_HELD_PACKETS || this.#heldBytes > MAX_HELD_BYTES) {
      this.#settle()
    }
  }

  sums(): ConversationSums {
    const { first, second } = this.sides
    return {
      beginning: this.opener === null ? 'joined' : 'captured',
      ending: this.isReset ? 'reset' : this.isOver ? 'finished' : 'missing',
      sides: { first: first.sums, second: second.sums },
    }
  }

  /** There are no further packets. */
  end(): void {
    if (this.#reader === null) this.#settle()
    for (const end of ENDS) {
      const { stream, cutOffEnd } = this.sides[end]
      while (stream.waitingCount > 0) this.#skip(end)
      if (cutOffEnd > stream.position) this.#miss(end, stream.position, cutOffEnd - stream.position)
    }
    this.#order.end()
  }

  /** SYN takes one number (RFC 9293 §3.4); what it acknowledges was the other one. */
  #begin(end: End, { sequence, acknowledgement }: TcpSegmentHead): void {
    this.opener ??= acknowledgement === null ? end : otherEnd(end)
    this.sides[end].stream.begin((sequence + 1) % 2 ** 32)
    this.sides[otherEnd(end)].stream.begin(acknowledgement)
  }

  #hold(end: End, packet: TcpPacket): void {
    const { segment } = packet
    // A copy: what is held must not keep all that was read of the file with it.
    const payload = this.opener === null ? segment.payload.slice() : segment.payload
    this.#held.push({ end, packet: { ...packet, segment: { ...segment, payload } } })
    this.#heldBytes += segment.payload.length
  }

  /** Enough was seen to say where each stream begins; its reader is found by what was said. */
  #settle(): void {
    const held = this.#held
    this.#held = []
    for (const end of ENDS) {
      const segments = held.flatMap((one) => (one.end === end ? [one.packet.segment] : []))
      this.sides[end].stream.begin(firstSequence(segments))
    }
    const notes = held.map(({ end, packet }) => this.#receive(end, packet))
    // Without a SYN the reader looks at what both have said.
    if (this.opener === null) this.#order.end()
    const beginning = this.#beginning
    this.#beginning = []
    const reader = this.#open(beginning)
    this.#reader = reader
    for (const utterance of beginning) reader.say(utterance)
    for (const note of notes) reader.note(note)
  }

  #receive(end: End, { segment, ipBytes }: TcpPacket): PacketNote {
    const side = this.sides[end]
    const { isFin, isReset } = segment
    side.sums.packets += 1
    // What a reset says is no part of the stream (RFC 9293 §3.5.3).
    const payload = isReset ? NOTHING : segment.payload
    const payloadBytes = isReset ? 0 : segment.payloadBytes
    const afterBytes = this.#acknowledge(end, segment)
    let repeatedBytes = 0
    let offset: number | null = null
    if (payload.length > 0) {
      const arrival = side.stream.add(firstNumber(segment), payload, afterBytes)
      ;({ repeatedBytes, offset } = arrival)
      for (const said of arrival.delivered) this.#order.add(utteranceOf(end, said))
    }
    const cutOffBytes = payloadBytes - payload.length
    side.sums.repeatedBytes += repeatedBytes
    if (cutOffBytes > 0) {
      side.sums.cutOffBytes += cutOffBytes
      const end = offset === null ? side.stream.position : offset + payload.length
      side.cutOffEnd = Math.max(side.cutOffEnd, end + cutOffBytes)
    }
    side.hasFinished ||= isFin
    this.isReset ||= isReset
    this.#passHoles('first')
    this.#passHoles('second')
    const networkBytes = ipBytes - payloadBytes + repeatedBytes
    return { end, offset, networkBytes, isGoodbye: isFin || isReset }
  }

  /** @returns how much of the other end's stream the sender of a segment acknowledges */
  #acknowledge(end: End, { acknowledgement }: TcpSegmentHead): number {
    const other = this.sides[otherEnd(end)]
    if (acknowledgement === null || other.stream.base === null) return 0
    const offset = other.stream.offsetOf(acknowledgement)
    other.acknowledgedBytes = Math.max(other.acknowledgedBytes, offset)
    return offset
  }

  /** What its receiver has, and the capture has not, will not come; nor what too much waits for. */
  #passHoles(end: End): void {
    const side = this.sides[end]
    const { stream } = side
    if (stream.waitingCount === 0) {
      side.packetsSinceLoss = 0
      return
    }
    if (side.acknowledgedBytes >= stream.position + stream.missingBytes) side.packetsSinceLoss += 1
    if (
      side.packetsSinceLoss > PATIENCE_PACKETS ||
      stream.waitingBytes > MAX_WAITING_BYTES ||
      stream.waitingCount > MAX_WAITING_SEGMENTS
    ) {
      this.#skip(end)
    }
  }

  #skip(end: End): void {
    const side = this.sides[end]
    const { position: offset, missingBytes } = side.stream
    const delivered: StreamBytes[] = side.stream.skip()
    side.packetsSinceLoss = 0
    this.#miss(end, offset, missingBytes)
    for (const said of delivered) this.#order.add(utteranceOf(end, said))
  }

  #miss(end: End, offset: number, missingBytes: number): void {
    this.sides[end].sums.missingBytes += missingBytes
    this.#order.add({ end, offset, missingBytes, bytes: NOTHING, afterBytes: 0 })
  }

  #say(utterance: Utterance): void {
    if (this.#reader === null) this.#beginning.push(utterance)
    else this.#reader.say(utterance)
  }
}

const utteranceOf = (end: End, { offset, bytes, afterBytes }: StreamBytes): Utterance => ({
  end,
  offset,
  bytes,
  afterBytes,
  missingBytes: 0,
})

const ENDS: readonly End[] = ['first', 'second']
const NOTHING = new Uint8Array(0)

/** The number of the first byte: after that of SYN, where there is one. */
const firstNumber = ({ sequence, isSyn }: TcpSegmentHead): number =>
  (sequence + (isSyn ? 1 : 0)) % 2 ** 32

/**
 * Where a stream begins of which no SYN was captured: with the lowest number,
 * since the first two segments may be the wrong way round. A keep-alive probe
 * repeats the byte before the next one (RFC 9293 §3.8.4), and is none of it.
 */
function firstSequence(segments: readonly TcpSegmentHead[]): number | null {
  const speaking = segments.filter(({ payload, isReset }) => payload.length > 0 && !isReset)
  let lowest: number | null = null
  for (const segment of speaking) {
    const first = isProbe(segment) ? (segment.sequence + 1) % 2 ** 32 : segment.sequence
    if (lowest === null || ((first - lowest) | 0) < 0) lowest = first
  }
  return lowest
}

/** One octet that is not pushed, and no end. */
const isProbe = ({ payloadBytes, isPush, isFin }: TcpSegmentHead): boolean =>
  payloadBytes === 1 && !isPush && !isFin

const newSide = (): Side => ({
  sums: { packets: 0, repeatedBytes: 0, cutOffBytes: 0, copies: 0, missingBytes: 0 },
  stream: new StreamReassembly(),
  seen: new SeenPackets(),
  cutOffEnd: 0,
  hasFinished: false,
  acknowledgedBytes: 0,
  packetsSinceLoss: 0,
})
