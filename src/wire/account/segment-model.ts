import {
  type Direction,
  type Layer,
  PHASES,
  type Phase,
  type Protocol,
} from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'
import { LedgerBook, type LedgerEntry } from '../../model/wire/ledger.ts'
import { saysGoodbye } from './cost-book.ts'
import {
  SEGMENT_HEADER_BYTES,
  SEGMENT_PAYLOAD_BYTES,
  SYN_BYTES,
  SYN_TIME_STAMP_BYTES,
  TIME_STAMP_BYTES,
} from './network-headers.ts'

/** What one side says before the other says anything: the sizes of its writes, in bytes. */
interface Turn {
  phase: Phase
  direction: Direction
  writes: number[]
}

/**
 * What a frame is to the model. One object for all frames that are alike: a
 * thousand messages are a few kinds of frames, and memory must not grow with them.
 */
interface Sketch {
  readonly phase: Phase
  readonly direction: Direction
  readonly lengthBytes: number
  readonly writes: readonly number[]
  readonly beginsMessage: boolean
  /** A request without a payload: the message comes with its answer. */
  readonly asks: boolean
  readonly isOfTls: boolean
  /** What the far side's TLS says unasked: it crosses what the device says by then, as it happens. */
  readonly crosses: 'session ticket' | 'goodbye' | null
  /** An answer that says that the server closes after it. */
  readonly isLast: boolean
}

/** Turns of which each follows at once from the one before. What comes after comes in its own time. */
type Exchange = Turn[]

/**
 * How the messages of a pass follow each other.
 *
 * - `own-time`: each waits until all before it is acknowledged.
 * - `back-to-back`: each is sent as soon as the last is done, by a client that drives itself.
 * - `own-connection`: each opens a connection, is sent, and says goodbye at once.
 */
export type Pace = 'own-time' | 'back-to-back' | 'own-connection'

/** What published figures often leave out. */
export interface SegmentRules {
  /** Segments that carry nothing: those that acknowledge alone, the third of the handshake among them. */
  readonly pureAcknowledgements: 'counted' | 'left-out'
  /** RFC 7323: 12 bytes of each segment's header. */
  readonly timeStamps: 'counted' | 'left-out'
}

export const LINUX_RULES: SegmentRules = { pureAcknowledgements: 'counted', timeStamps: 'counted' }

/** Layers by which the model tells frames apart. */
const TELLING_LAYERS: ReadonlySet<Layer> = new Set(['payload', 'security'])
/** Of a Socket.IO event: a WebSocket message of its own. */
const ATTACHMENT = 'attachment'

/** Which side leaves acknowledging to the answer that it is about to send. */
type Interactive = Record<Direction, boolean>

/** A WebSocket message is a write of its own; in other protocols frames that go together are written together. */
const WRITES_FRAMES_APART: ReadonlySet<Protocol> = new Set(['websocket', 'socket.io'])

const REVERSE: Record<Direction, Direction> = { up: 'down', down: 'up' }

/**
 * The `network` layer of TCP connections as far as their frames tell: a model
 * of Linux on Ethernet, for where packets cannot be counted.
 *
 * - Opening: SYN, SYN-ACK, ACK. Closing: FIN, FIN with an acknowledgement, ACK.
 * - A write goes in segments of 1448 bytes, each with headers of 52.
 * - Whoever receives acknowledges every second segment at once (RFC 9293
 *   §3.8.6.3), and a single one as soon as it is read; unless it has lately
 *   answered at once what it got. Then it is *interactive* (the kernel's word is
 *   pingpong): the acknowledgement waits for the answer and travels with it.
 *   Where none comes, it goes alone after 40 ms, and that side is interactive
 *   no more.
 *
 * Messages go in their own time, as a device sends a reading now and then: each
 * begins an exchange of its own, and so does each phase. Where each message has
 * its own connection, or the client drives itself, all of it is one exchange.
 * Nothing is lost.
 *
 * Two passes over the same messages give the same packets: what crosses what the
 * other side says is put where it always could have been (`inOrder`).
 */
export class SegmentModel {
  readonly #protocol: Protocol
  readonly #rules: SegmentRules
  /** By connection; of each what comes after a pause apart. */
  readonly #frames = new Map<number, Sketch[][]>()
  readonly #kinds = new Map<string, Sketch>()

  /** @param rules as Linux does it, if left out */
  constructor(protocol: Protocol, rules: SegmentRules = LINUX_RULES) {
    this.#protocol = protocol
    this.#rules = rules
  }

  open(connection: number): void {
    this.#frames.set(connection, [[]])
  }

  add(frame: Frame, connection: number): void {
    this.#frames.get(connection)?.at(-1)?.push(this.#kindOf(frame))
  }

  /** What comes now on a connection comes in its own time, whatever its phase. */
  pause(connection: number): void {
    this.#frames.get(connection)?.push([])
  }

  /** @param end `lost`: nobody closes the connections */
  entries(pace: Pace, end: 'closed' | 'lost' = 'closed'): LedgerEntry[] {
    const book = new LedgerBook()
    for (const said of this.#frames.values()) {
      const parts = said.map(inOrder)
      const closesFirst = end === 'lost' ? null : this.#closesFirst(parts.flat(), pace)
      new ConnectionPackets(book, this.#rules).add(this.#exchangesOf(parts, pace), closesFirst)
    }
    return book.entries()
  }

  #kindOf(frame: Frame): Sketch {
    const { phase, direction, label, message = '', lengthBytes } = frame
    let key = `${phase} ${direction} ${label} ${message} ${lengthBytes} ${saysGoodbye(frame)}`
    for (const part of frame.parts) {
      if (TELLING_LAYERS.has(part.layer) || part.label === ATTACHMENT)
        key += ` ${part.layer} ${part.lengthBytes}`
    }
    let kind = this.#kinds.get(key)
    if (kind === undefined) {
      kind = sketchOf(frame)
      this.#kinds.set(key, kind)
    }
    return kind
  }

  /** One after another: all at once they would be as many as the messages. */
  *#exchangesOf(parts: readonly Sketch[][], pace: Pace): Generator<Exchange> {
    for (const part of parts) {
      const exchanges = pace === 'own-time' ? splitExchanges(part) : [part]
      for (const exchange of exchanges) if (exchange.length > 0) yield this.#turnsOf(exchange)
    }
  }

  #turnsOf(frames: readonly Sketch[]): Exchange {
    const exchange: Exchange = []
    let before: Sketch | null = null
    for (const frame of frames) {
      const { phase, direction, writes } = frame
      const turn = exchange.at(-1)
      if (turn?.direction !== direction || turn.phase !== phase) {
        exchange.push({ phase, direction, writes: [...writes] })
      } else if (WRITES_FRAMES_APART.has(this.#protocol) || isWrittenApart(frame, before)) {
        turn.writes.push(...writes)
      } else {
        turn.writes.push((turn.writes.pop() ?? 0) + frame.lengthBytes)
      }
      before = frame
    }
    return exchange
  }

  /** After a goodbye of the device, and after an HTTP response that is the last, it is the server that closes. */
  #closesFirst(frames: readonly Sketch[], pace: Pace): Direction {
    const last = frames.at(-1)
    if (last === undefined) return 'up'
    if (pace === 'own-connection' && this.#protocol === 'http/1.1') return 'down'
    return last.phase === 'close' && last.direction === 'up' ? 'down' : 'up'
  }
}

/**
 * What TLS says by itself leaves before the application has anything to say: a
 * server's tickets, and with the goodbye the close_notify after it. A client
 * writes its first request together with the end of its handshake.
 */
function isWrittenApart(frame: Sketch, before: Sketch | null): boolean {
  if (before === null || frame.isOfTls === before.isOfTls) return false
  return frame.direction === 'down' || frame.phase === 'close'
}

function sketchOf(frame: Frame): Sketch {
  const { phase, direction, lengthBytes, label, parts } = frame
  const hasPayload = parts.some(({ layer }) => layer === 'payload')
  return {
    ...{ phase, direction, lengthBytes, writes: writesOf(frame) },
    beginsMessage:
      phase === 'steady' &&
      frame.message !== 'continues' &&
      (frame.message === 'begins' || hasPayload),
    asks: direction === 'up' && label === 'request' && !hasPayload,
    isOfTls: parts.every(({ layer }) => layer === 'security'),
    crosses: direction === 'up' ? null : (CROSSING.get(label) ?? null),
    isLast: phase !== 'close' && saysGoodbye(frame) === 'down',
  }
}

const CROSSING: ReadonlyMap<string, 'session ticket' | 'goodbye'> = new Map([
  ['NewSessionTicket', 'session ticket'],
  ['close_notify', 'goodbye'],
])

/**
 * The frames in one order, whichever the relay saw: what each side says is a
 * stream and keeps its order, but a server's session tickets cross the first
 * words of the device (RFC 8446 §4.6.1), and its close_notify that of the device
 * (§6.1). A ticket goes with what the server says next. A goodbye follows the
 * answer that is the last, where the server ends the connection; where the device
 * does, it is the last word.
 */
function inOrder(frames: readonly Sketch[]): Sketch[] {
  const ordered: Sketch[] = []
  const tickets: Sketch[] = []
  const goodbyes: Sketch[] = []
  for (const frame of frames) {
    if (frame.crosses === 'session ticket') tickets.push(frame)
    else if (frame.crosses === 'goodbye') goodbyes.push(frame)
    else {
      if (frame.direction === 'down') ordered.push(...tickets.splice(0))
      ordered.push(frame)
    }
  }
  const answer = ordered.findLastIndex(endsByServer)
  const closing = ordered.findIndex(({ phase }) => phase === 'close')
  const end = closing === -1 ? ordered.length : closing
  ordered.splice(answer === -1 ? ordered.length : answer + 1, 0, ...goodbyes)
  return ordered.toSpliced(end, 0, ...tickets)
}

/** An answer after which the server ends the connection: to a goodbye, or the last of HTTP/1.1. */
const endsByServer = ({ phase, direction, isLast, crosses }: Sketch): boolean =>
  isLast || (phase === 'close' && direction === 'down' && crosses === null)

/** A Socket.IO event is one frame, but each of its attachments a WebSocket message of its own. */
function writesOf({ lengthBytes, parts }: Frame): number[] {
  const attachments = parts
    .filter(({ label }) => label === ATTACHMENT)
    .map((part) => part.lengthBytes)
  return [lengthBytes - attachments.reduce((sum, bytes) => sum + bytes, 0), ...attachments]
}

/**
 * Frames of a kept connection, by what goes in its own time. In the byte pass
 * the first message does not wait for the last word of the set-up; here it does.
 */
function* splitExchanges(frames: readonly Sketch[]): Generator<Sketch[]> {
  const leading = frames.find(({ beginsMessage }) => beginsMessage)?.direction
  let before: Sketch | null = null
  let exchange: Sketch[] = []
  for (const frame of frames.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    const begins = frame.asks || (frame.beginsMessage && frame.direction === leading)
    const isAnswer = before?.asks ?? false
    if (before !== null && (frame.phase !== before.phase || (begins && !isAnswer))) {
      yield exchange
      exchange = []
    }
    exchange.push(frame)
    before = frame
  }
  if (exchange.length > 0) yield exchange
}

const placeOf = ({ phase }: Sketch): number => PHASES.indexOf(phase)

/** Enters the packets of one connection into a book. */
class ConnectionPackets {
  readonly #book: LedgerBook
  readonly #rules: SegmentRules
  readonly #headerBytes: number
  readonly #segmentBytes: number

  constructor(book: LedgerBook, rules: SegmentRules) {
    this.#book = book
    this.#rules = rules
    const left = rules.timeStamps === 'left-out' ? TIME_STAMP_BYTES : 0
    this.#headerBytes = SEGMENT_HEADER_BYTES - left
    this.#segmentBytes = SEGMENT_PAYLOAD_BYTES + left
  }

  /** @param closesFirst null: nobody closes it */
  add(exchanges: Iterable<Exchange>, closesFirst: Direction | null): void {
    this.#addSyn('up')
    this.#addSyn('down')
    this.#acknowledgements('setup', 'up', 1)
    const interactive: Interactive = { up: false, down: false }
    let held: Exchange | null = null
    for (const exchange of exchanges) {
      if (held !== null) this.#addExchange(held, interactive, null)
      held = exchange
    }
    if (held !== null) this.#addExchange(held, interactive, closesFirst)
    if (closesFirst === null) return
    // FIN, FIN with an acknowledgement, and the last acknowledgement.
    this.#segments('close', closesFirst, 1)
    this.#segments('close', REVERSE[closesFirst], 1)
    this.#acknowledgements('close', closesFirst, 1)
  }

  /** @param closesFirst who closes after it; null where it is not the last */
  #addExchange(exchange: Exchange, interactive: Interactive, closesFirst: Direction | null): void {
    exchange.forEach((turn, place) => {
      const { phase, direction } = turn
      const receiver = REVERSE[direction]
      const isAnswered = place < exchange.length - 1 || closesFirst === receiver
      if (place > 0) interactive[direction] = true
      const segments = this.#segmentsOf(turn)
      this.#segments(phase, direction, segments)
      const pure = acknowledge(segments, isAnswered, interactive, receiver)
      this.#acknowledgements(phase, receiver, pure)
    })
  }

  #segmentsOf({ writes }: Turn): number {
    return writes.reduce((sum, bytes) => sum + Math.ceil(bytes / this.#segmentBytes), 0)
  }

  #addSyn(direction: Direction): void {
    const left = this.#rules.timeStamps === 'left-out' ? SYN_TIME_STAMP_BYTES : 0
    this.#book.addPackets({ phase: 'setup', direction }, 1, SYN_BYTES - left, 'modelled')
  }

  #segments(phase: Phase, direction: Direction, count: number): void {
    if (count === 0) return
    this.#book.addPackets({ phase, direction }, count, count * this.#headerBytes, 'modelled')
  }

  #acknowledgements(phase: Phase, direction: Direction, count: number): void {
    if (this.#rules.pureAcknowledgements === 'counted') this.#segments(phase, direction, count)
  }
}

/** @returns how many acknowledgements travel alone */
function acknowledge(
  segments: number,
  isAnswered: boolean,
  interactive: Interactive,
  receiver: Direction,
): number {
  const atOnce = Math.floor(segments / 2)
  if (segments % 2 === 0) return atOnce
  if (!interactive[receiver]) return atOnce + 1
  if (isAnswered) return atOnce
  interactive[receiver] = false
  return atOnce + 1
}
