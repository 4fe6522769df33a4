import type { Direction, Layer, Phase } from '../vocabulary.ts'
import type { WirePhrase } from './phrases/wire-phrase.ts'

/** One run of bytes inside a frame that serves one purpose: a header line, a packet id, the payload. */
export interface FramePart {
  layer: Layer
  /** The field's name in its specification: `Remaining Length`, `Content-Type`. */
  label: string
  lengthBytes: number
  /** The field's value, readable, where it is short. */
  text?: string | undefined
  /** Where the field is defined, when that is narrower than the frame's clause. */
  clause?: string | undefined
  /** Its value is or may carry a credential: neither its text nor its bytes are ever shown or stored. */
  disclosure?: 'withheld' | undefined
}

/**
 * One protocol unit as it crossed the wire: an HTTP request, an MQTT packet.
 * The parts are in wire order and sum to `lengthBytes`.
 */
export interface Frame {
  direction: Direction
  phase: Phase
  /** The unit's name: `PUBLISH`, `request`. */
  label: string
  /** The clause that defines it: `RFC 9112 §3`, `MQTT 3.1.1 §3.3`. */
  clause: string
  /** Position of its first byte in its direction's stream. */
  offset: number
  lengthBytes: number
  /** Bytes inside it that crossed and that nobody has: they are in neither its length nor its parts. */
  missingBytes?: number | undefined
  parts: FramePart[]
  /**
   * Where a message takes several frames: whether this one begins a message, or
   * goes on with one. Where it is left out, a frame that carries a payload is a
   * whole message.
   */
  message?: 'begins' | 'continues' | undefined
}

/**
 * Whether two frames are the same for whoever adds bytes up: where they stand and what
 * their fields hold is none of it, but for a response of HTTP, which may say that it is
 * the last. Where it cannot be told at a glance, they are not.
 */
export const areAlike = (one: Frame, other: Frame): boolean =>
  one.label === other.label &&
  one.lengthBytes === other.lengthBytes &&
  one.phase === other.phase &&
  one.message === other.message &&
  one.clause === other.clause &&
  one.direction === other.direction &&
  (one.parts === other.parts ||
    (one.label !== 'response' && haveSameLengths(one.parts, other.parts)))

function haveSameLengths(these: readonly FramePart[], those: readonly FramePart[]): boolean {
  if (these.length !== those.length) return false
  for (let place = 0; place < these.length; place += 1) {
    const [one, other] = [these[place] as FramePart, those[place] as FramePart]
    if (one.lengthBytes !== other.lengthBytes) return false
    if (one.layer !== other.layer || one.label !== other.label) return false
  }
  return true
}

/** Where the byte behind it stands in its direction's stream. */
export const frameEnd = ({ offset, lengthBytes, missingBytes = 0 }: Frame): number =>
  offset + lengthBytes + missingBytes

/**
 * Bytes that no rule of the protocol explains. One of these fails the cell. They
 * reach to the next frame of their direction, where a lenient reader finds one.
 */
export interface Unexplained {
  direction: Direction
  /** Position in its direction's stream. */
  offset: number
  reason: WirePhrase
}

/** A rule that somebody broke, though what was said can be read all the same. */
export interface WireRemark {
  direction: Direction
  /** Null where no specification says it. */
  clause: string | null
  text: WirePhrase
}

/**
 * - `accepted`, `refused`: what the answer said.
 * - `unanswered`: none came.
 * - `again`: a message was sent again; `unmatched`: and its first copy did not cross here.
 * - `retained`: a message that a broker had kept.
 */
export const VERDICTS = [
  'accepted',
  'refused',
  'unanswered',
  'again',
  'unmatched',
  'retained',
] as const
export type Verdict = (typeof VERDICTS)[number]

/** What became of something that was asked or sent. */
export interface Outcome {
  /** Who said so; of what was not answered, who waited. */
  direction: Direction
  /** `CONNACK`, `response`. */
  unit: string
  /** `5 refused: not authorized`, `404`. */
  text: string
  verdict: Verdict
}

/** What connections before this one left behind, where somebody keeps it. */
export interface ConnectionMemory {
  /**
   * The set that belongs to a key, and that the next connection will be given.
   * @param keep whether it is still what the last connection left; else it is emptied
   */
  recall(key: string, keep: boolean): Set<string>
}

/** Where a dissector tells what it found. */
export interface DissectorSink {
  frame(frame: Frame): void
  unexplained(gap: Unexplained): void
  /**
   * Whoever listens wants a lenient reader: a broken rule is noted here, and
   * reading goes on. Where it is left out, each is a fault and ends it.
   */
  remark?: ((remark: WireRemark) => void) | undefined
  outcome?: ((outcome: Outcome, count?: number) => void) | undefined
  readonly memory?: ConnectionMemory | undefined
  /** Is told the lines of each head of HTTP/1.1, its start line first, as they were written. */
  head?: ((direction: Direction, lines: readonly string[]) => void) | undefined
}

/**
 * Reads both directions of one connection. Bytes may arrive split anywhere;
 * the frames are the same. After the first unexplained byte of a direction,
 * that direction yields no further frames, unless the reader is lenient and
 * finds a place to go on.
 */
export interface Dissector {
  /** Set where the protocol travels in datagrams: see `DatagramDissector`. */
  readonly carrier?: 'datagrams'
  feed(direction: Direction, bytes: Uint8Array): void
  /**
   * Bytes that crossed here, and that nobody has. Where it is left out, nothing
   * behind them can be read.
   * @param lengthBytes 0 where it is not known how many
   */
  missing?(direction: Direction, lengthBytes: number): void
  /** The connection ended: anything half-read is reported as unexplained. */
  end(): void
}

/** @param start `joined`: the connection began before its first byte that is fed; `fresh` if left out */
export type DissectorFactory = (sink: DissectorSink, start?: 'fresh' | 'joined') => Dissector

/**
 * Reads a protocol whose messages end where their datagram ends: each `feed` is
 * one whole datagram and gives one frame. What it is fed must never be cut or
 * joined, and an empty datagram is fed too.
 */
interface DatagramDissector extends Dissector {
  readonly carrier: 'datagrams'
}

export type DatagramDissectorFactory = (sink: DissectorSink) => DatagramDissector
