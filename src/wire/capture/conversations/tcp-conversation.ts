import type { TcpSegmentHead } from '../packets/tcp-segment.ts'
import { type StreamBytes, StreamReassembly } from './stream-reassembly.ts'

/** Which end of a conversation; the first is who sent the first packet that was captured. */
export type End = 'first' | 'second'

export const otherEnd = (end: End): End => (end === 'first' ? 'second' : 'first')

/** What one packet added: everything but new bytes of the stream is `network`. */
export interface PacketNote {
  end: End
  networkBytes: number
  /** Where its payload stands in the stream of its end; null where it has none. */
  offset: number | null
  /** FIN or RST. */
  isGoodbye: boolean
}

/** Bytes that can be read. */
export interface Utterance extends StreamBytes {
  end: End
  /** Of the packet that made them readable, in the capture. */
  order: number
}

interface Side {
  readonly place: string
  readonly stream: StreamReassembly
  readonly utterances: Utterance[]
  packets: number
  repeatedBytes: number
  /** Said by headers, but not kept by the capture. */
  cutOffBytes: number
  hasFinished: boolean
}

/** One TCP connection while its packets are read. */
export class TcpConversation {
  readonly sides: Record<End, Side>
  readonly notes: PacketNote[] = []
  /** Who opened it; null where the capture began later. */
  opener: End | null = null
  isReset = false

  constructor(first: string, second: string) {
    this.sides = { first: newSide(first), second: newSide(second) }
  }

  get isOver(): boolean {
    return this.isReset || (this.sides.first.hasFinished && this.sides.second.hasFinished)
  }

  /** Whether a segment between the same two places opens another connection: a SYN that is no repetition. */
  isReplacedBy(from: string, { isSyn, acknowledgement, sequence }: TcpSegmentHead): boolean {
    if (!isSyn || acknowledgement !== null) return false
    const { stream } = this.sides[this.#endOf(from)]
    return stream.base !== null && stream.base !== (sequence + 1) % 2 ** 32
  }

  /** @param ipBytes total length of the IP packet */
  add(from: string, segment: TcpSegmentHead, ipBytes: number): void {
    const end = this.#endOf(from)
    const side = this.sides[end]
    const { isSyn, isFin, isReset, sequence } = segment
    side.packets += 1
    if (isSyn) {
      this.opener ??= segment.acknowledgement === null ? end : otherEnd(end)
      // SYN takes one number (RFC 9293 §3.4).
      if (side.stream.base === null) side.stream.begin((sequence + 1) % 2 ** 32)
    }
    // What a reset says is no part of the stream (RFC 9293 §3.5.3).
    const payload = isReset ? segment.payload.subarray(0, 0) : segment.payload
    const payloadBytes = isReset ? 0 : segment.payloadBytes
    const repeatedBytes = this.#receive(end, segment, payload)
    const cutOffBytes = payloadBytes - payload.length
    side.repeatedBytes += repeatedBytes
    side.cutOffBytes += cutOffBytes
    side.hasFinished ||= isFin
    this.isReset ||= isReset
    this.notes.push({
      end,
      networkBytes: ipBytes - payloadBytes + repeatedBytes,
      offset: payload.length === 0 ? null : side.stream.offsetOf(firstNumber(segment)),
      isGoodbye: isFin || isReset,
    })
  }

  /** @returns how many bytes of it had come before */
  #receive(end: End, segment: TcpSegmentHead, payload: Uint8Array): number {
    const side = this.sides[end]
    if (payload.length === 0) return 0
    const afterBytes = this.#receivedBytes(end, segment)
    const { delivered, repeatedBytes } = side.stream.add(firstNumber(segment), payload, afterBytes)
    for (const said of delivered) {
      side.utterances.push({ ...said, end, order: this.notes.length })
    }
    return repeatedBytes
  }

  /** How much of the other end's stream the sender of a segment acknowledges. */
  #receivedBytes(end: End, { acknowledgement }: TcpSegmentHead): number {
    const { stream } = this.sides[otherEnd(end)]
    if (acknowledgement === null || stream.base === null) return 0
    return stream.offsetOf(acknowledgement)
  }

  #endOf(place: string): End {
    return place === this.sides.first.place ? 'first' : 'second'
  }
}

/** The number of the first byte: after that of SYN, where there is one. */
const firstNumber = ({ sequence, isSyn }: TcpSegmentHead): number =>
  (sequence + (isSyn ? 1 : 0)) % 2 ** 32

const newSide = (place: string): Side => ({
  place,
  stream: new StreamReassembly(),
  utterances: [],
  packets: 0,
  repeatedBytes: 0,
  cutOffBytes: 0,
  hasFinished: false,
})
