import { type Direction, PHASES, type Phase, type Protocol } from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'
import { LedgerBook, type LedgerEntry } from '../../model/wire/ledger.ts'
import { SEGMENT_HEADER_BYTES, SEGMENT_PAYLOAD_BYTES, SYN_BYTES } from './network-headers.ts'

/** What one side says before the other says anything: the sizes of its writes, in bytes. */
interface Turn {
  phase: Phase
  direction: Direction
  writes: number[]
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
 */
export class SegmentModel {
  readonly #protocol: Protocol
  readonly #frames = new Map<number, Frame[]>()

  constructor(protocol: Protocol) {
    this.#protocol = protocol
  }

  open(connection: number): void {
    this.#frames.set(connection, [])
  }

  add(frame: Frame, connection: number): void {
    this.#frames.get(connection)?.push(frame)
  }

  entries(pace: Pace): LedgerEntry[] {
    const book = new LedgerBook()
    for (const frames of this.#frames.values()) {
      const parts = pace === 'own-time' ? splitExchanges(frames) : [frames]
      const exchanges = parts.map((part) => this.#turnsOf(part))
      addConnection(book, exchanges, this.#closesFirst(frames, pace))
    }
    return book.entries()
  }

  #turnsOf(frames: readonly Frame[]): Exchange {
    const exchange: Exchange = []
    let before: Frame | null = null
    for (const frame of frames) {
      const { phase, direction } = frame
      const turn = exchange.at(-1)
      const writes = writesOf(frame)
      if (turn?.direction !== direction || turn.phase !== phase) {
        exchange.push({ phase, direction, writes })
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
  #closesFirst(frames: readonly Frame[], pace: Pace): Direction {
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
function isWrittenApart(frame: Frame, before: Frame | null): boolean {
  if (before === null || isOfTls(frame) === isOfTls(before)) return false
  return frame.direction === 'down' || frame.phase === 'close'
}

const isOfTls = ({ parts }: Frame): boolean => parts.every(({ layer }) => layer === 'security')

/** A Socket.IO event is one frame, but each of its attachments a WebSocket message of its own. */
function writesOf({ lengthBytes, parts }: Frame): number[] {
  const attachments = parts
    .filter(({ label }) => label === 'attachment')
    .map((part) => part.lengthBytes)
  return [lengthBytes - attachments.reduce((sum, bytes) => sum + bytes, 0), ...attachments]
}

/**
 * Frames of a kept connection, by what goes in its own time. In the byte pass
 * the first message does not wait for the last word of the set-up; here it does.
 */
function splitExchanges(frames: readonly Frame[]): Frame[][] {
  const exchanges: Frame[][] = []
  const leading = frames.find(beginsMessage)?.direction
  let before: Frame | null = null
  for (const frame of frames.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    const begins = asks(frame) || (beginsMessage(frame) && frame.direction === leading)
    const isAnswer = before !== null && asks(before)
    if (frame.phase !== before?.phase || (begins && !isAnswer)) exchanges.push([])
    exchanges.at(-1)?.push(frame)
    before = frame
  }
  return exchanges
}

const placeOf = ({ phase }: Frame): number => PHASES.indexOf(phase)

const beginsMessage = (frame: Frame): boolean =>
  frame.phase === 'steady' &&
  frame.message !== 'continues' &&
  (frame.message === 'begins' || frame.parts.some(({ layer }) => layer === 'payload'))

/** A request without a payload: the message comes with its answer. */
const asks = ({ direction, label, parts }: Frame): boolean =>
  direction === 'up' && label === 'request' && parts.every(({ layer }) => layer !== 'payload')

function addConnection(
  book: LedgerBook,
  exchanges: readonly Exchange[],
  closesFirst: Direction,
): void {
  const add = (phase: Phase, direction: Direction, bytes: number): void =>
    book.addBytes({ phase, direction }, 'network', bytes, 'modelled')
  add('setup', 'up', SYN_BYTES + SEGMENT_HEADER_BYTES)
  add('setup', 'down', SYN_BYTES)
  const interactive: Interactive = { up: false, down: false }
  for (const exchange of exchanges) {
    exchange.forEach((turn, place) => {
      const { phase, direction } = turn
      const receiver = REVERSE[direction]
      const closesOn = exchange === exchanges.at(-1) && closesFirst === receiver
      const isAnswered = place < exchange.length - 1 || closesOn
      if (place > 0) interactive[direction] = true
      const segments = segmentsOf(turn)
      add(phase, direction, segments * SEGMENT_HEADER_BYTES)
      const pure = acknowledge(segments, isAnswered, interactive, receiver)
      if (pure > 0) add(phase, receiver, pure * SEGMENT_HEADER_BYTES)
    })
  }
  add('close', closesFirst, 2 * SEGMENT_HEADER_BYTES)
  add('close', REVERSE[closesFirst], SEGMENT_HEADER_BYTES)
}

const segmentsOf = ({ writes }: Turn): number =>
  writes.reduce((sum, bytes) => sum + Math.ceil(bytes / SEGMENT_PAYLOAD_BYTES), 0)

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
