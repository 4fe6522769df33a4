import { type Direction, type Layer, PHASES, type Protocol } from '../../model/vocabulary.ts'
import { areAlike, type Frame } from '../../model/wire/frame.ts'
import { LedgerBook, type LedgerEntry } from '../../model/wire/ledger.ts'
import {
  ConnectionPackets,
  type Exchange,
  LINUX_RULES,
  type SegmentRules,
} from './connection-packets.ts'
import { beginsExchange, Conversation, type Run, type Sketch } from './conversation.ts'
import { saysGoodbye } from './frame-sums.ts'

/**
 * How the messages of a pass follow each other.
 *
 * - `own-time`: each waits until all before it is acknowledged.
 * - `back-to-back`: each is sent as soon as the last is done, by a client that drives itself.
 * - `own-connection`: each opens a connection, is sent, and says goodbye at once.
 */
export type Pace = 'own-time' | 'back-to-back' | 'own-connection'

/** Layers by which the model tells frames apart. */
const TELLING_LAYERS: ReadonlySet<Layer> = new Set(['payload', 'security'])
/** Of a Socket.IO event: a WebSocket message of its own. */
const ATTACHMENT = 'attachment'

const OVER_WEBSOCKET: ReadonlySet<Protocol> = new Set([
  'websocket',
  'socket.io',
  'mqtt/3.1.1 over websocket',
  'mqtt/5.0 over websocket',
])
/** Who has not found the first words when the handshake is over; others write them together with its end. */
const FIRST_WORDS_APART: Partial<Record<Protocol, readonly Direction[]>> = {
  'mqtt/3.1.1': ['down'],
  'mqtt/5.0': ['down'],
  'http/2': ['up', 'down'],
}

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
  readonly #said = new Map<number, Conversation[]>()
  readonly #kinds = new Map<string, Sketch>()
  readonly #rounds = new Map<string, readonly Sketch[]>()
  readonly #last: Record<Direction, { frame: Frame; kind: Sketch } | null> = {
    up: null,
    down: null,
  }

  /** @param rules as Linux does it, if left out */
  constructor(protocol: Protocol, rules: SegmentRules = LINUX_RULES) {
    this.#protocol = protocol
    this.#rules = rules
  }

  open(connection: number): void {
    this.#said.set(connection, [new Conversation(this.#rounds)])
  }

  add(frame: Frame, connection: number): void {
    this.#said.get(connection)?.at(-1)?.add(this.#kindOf(frame))
  }

  /** What comes now on a connection comes in its own time, whatever its phase. */
  pause(connection: number): void {
    this.#said.get(connection)?.push(new Conversation(this.#rounds))
  }

  /** @param end `lost`: nobody closes the connections */
  entries(pace: Pace, end: 'closed' | 'lost' = 'closed'): LedgerEntry[] {
    const book = new LedgerBook()
    for (const said of this.#said.values()) {
      const parts = said.map((part) => inOrder(part.runs(), this.#firstWordsApart('up')))
      const closesFirst = end === 'lost' ? null : this.#closesFirst(parts.flat(), pace)
      new ConnectionPackets(book, this.#rules).add(this.#exchangesOf(parts, pace), closesFirst)
    }
    return book.entries()
  }

  #kindOf(frame: Frame): Sketch {
    const { phase, direction, label, message = '', lengthBytes } = frame
    const last = this.#last[direction]
    if (last !== null && areAlike(last.frame, frame)) return last.kind
    let key = `${phase} ${direction} ${label} ${message} ${lengthBytes} ${saysGoodbye(frame)}`
    for (const part of frame.parts) {
      if (TELLING_LAYERS.has(part.layer) || part.label === ATTACHMENT)
        key += ` ${part.layer} ${part.lengthBytes}`
    }
    let kind = this.#kinds.get(key)
    if (kind === undefined) {
      kind = sketchOf(frame, this.#kinds.size, this.#rules)
      this.#kinds.set(key, kind)
    }
    this.#last[direction] = { frame, kind }
    return kind
  }

  /** One after another: all at once they would be as many as the messages. */
  *#exchangesOf(parts: readonly Run[][], pace: Pace): Generator<Exchange> {
    for (const part of parts) {
      const exchanges =
        pace === 'own-time' ? splitExchanges(part) : [{ frames: part.flatMap(spellOut), times: 1 }]
      for (const { frames, times } of exchanges) {
        const turns = this.#turnsOf(frames)
        if (frames.length > 0) for (let time = 0; time < times; time += 1) yield turns
      }
    }
  }

  #turnsOf(frames: readonly Sketch[]): Exchange {
    const exchange: Exchange = []
    let before: Sketch | null = null
    for (const frame of frames) {
      const { phase, direction, writes } = frame
      const turn = exchange.at(-1)
      const goesOn = turn?.direction === direction
      if (goesOn && before !== null && !this.#isWrittenApart(frame, before)) {
        // Of two phases the packet is the later one's: a request takes the end of the handshake along.
        const [first = 0, ...others] = writes
        const together = [(turn.writes.pop() ?? 0) + first, ...others]
        if (turn.phase === phase) turn.writes.push(...together)
        else exchange.push({ phase, direction, writes: together })
      } else if (goesOn && turn.phase === phase) {
        turn.writes.push(...writes)
      } else {
        exchange.push({ phase, direction, writes: [...writes] })
      }
      before = frame
    }
    return exchange.filter((turn) => turn.writes.length > 0)
  }

  /**
   * Of a WebSocket it is the server (RFC 6455 §7.1.1), and of HTTP/1.1 on a connection
   * for some messages, or where a response says that it is the last; everybody
   * else is done with the server.
   */
  #closesFirst(runs: readonly Run[], pace: Pace): Direction {
    const ends = pace === 'own-connection' && this.#protocol === 'http/1.1'
    const isLast = ends || runs.some(({ frames }) => frames.some((frame) => frame.isLast))
    return isLast || OVER_WEBSOCKET.has(this.#protocol) ? 'down' : 'up'
  }

  /** @param direction of the side that speaks */
  #firstWordsApart(direction: Direction): boolean {
    return this.#rules.firstWords === 'in-one-packet'
      ? direction === 'down'
      : (FIRST_WORDS_APART[this.#protocol]?.includes(direction) ?? false)
  }

  /**
   * What is said at once is written at once, whatever it is of, but for these:
   *
   * - every goodbye;
   * - a WebSocket message;
   * - the first words of the application, behind what TLS says by itself, of who did
   *   not have them ready by then: a broker, whose tickets are out before CONNACK, and
   *   both sides of HTTP/2. Other clients write theirs together with the end of the
   *   handshake, and one of HTTP/1.1 is answered together with the tickets.
   */
  #isWrittenApart(frame: Sketch, before: Sketch): boolean {
    if (frame.phase === 'close') return true
    if (frame.isOfTls === before.isOfTls) {
      return OVER_WEBSOCKET.has(this.#protocol) && !frame.isOfTls
    }
    return this.#firstWordsApart(frame.direction)
  }
}

function sketchOf(frame: Frame, number: number, rules: SegmentRules): Sketch {
  const { phase, direction, lengthBytes, label, parts } = frame
  const hasPayload = parts.some(({ layer }) => layer === 'payload')
  return {
    ...{ number, phase, direction, lengthBytes, writes: writesOf(frame, rules) },
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
 * (§6.1). A ticket follows the end of the handshake, where the device has still to
 * find its first words, and goes with what the server says next where they came with
 * that. A goodbye follows the answer that is the last, where the server ends the
 * connection; where the device does, it is the last word.
 */
function inOrder(runs: readonly Run[], ticketsFirst: boolean): Run[] {
  const ordered: Run[] = []
  const tickets: Run[] = []
  const goodbyes: Run[] = []
  for (const run of runs) {
    const [{ crosses = null } = {}] = run.frames
    if (crosses === 'session ticket') tickets.push(run)
    else if (crosses === 'goodbye') goodbyes.push(run)
    else if (tickets.length > 0 && !ticketsFirst) {
      ordered.push(...behindFirstWords(run, tickets))
    } else ordered.push(run)
  }
  const handshake = ordered.findLastIndex(isOf(endsHandshake))
  if (handshake !== -1) ordered.splice(handshake + 1, 0, ...tickets.splice(0))
  const answer = ordered.findLastIndex(isOf(endsByServer))
  const closing = ordered.findIndex(isOf(({ phase }) => phase === 'close'))
  const end = closing === -1 ? ordered.length : closing
  ordered.splice(answer === -1 ? ordered.length : answer + 1, 0, ...goodbyes)
  return ordered.toSpliced(end, 0, ...tickets)
}

/** Tickets go before what the server says next; they wait on where it says nothing here. */
function behindFirstWords({ frames, times }: Run, tickets: Run[]): Run[] {
  const at = frames.findIndex(({ direction }) => direction === 'down')
  if (at === -1) return [{ frames, times }]
  const before = { frames: frames.slice(0, at), times: 1 }
  const behind = { frames: frames.slice(at), times: 1 }
  const runs = [before, ...tickets.splice(0), behind, { frames, times: times - 1 }]
  return runs.filter((run) => run.frames.length * run.times > 0)
}

/** What is told apart by where it stands is a run for itself. */
const isOf =
  (is: (frame: Sketch) => boolean) =>
  ({ frames: [first] }: Run): boolean =>
    first !== undefined && is(first)

const spellOut = ({ frames, times }: Run): readonly Sketch[] =>
  times === 1 ? frames : Array.from({ length: times }, () => frames).flat()

/** What the device's TLS says last before the application: Finished. */
const endsHandshake = ({ phase, direction, isOfTls }: Sketch): boolean =>
  phase === 'setup' && direction === 'up' && isOfTls

/** An answer after which the server ends the connection: to a goodbye, or the last of HTTP/1.1. */
const endsByServer = ({ phase, direction, isLast, crosses }: Sketch): boolean =>
  isLast || (phase === 'close' && direction === 'down' && crosses === null)

/**
 * A Socket.IO event is one frame, but each of its attachments a WebSocket message
 * of its own. Some clients write the content of a request behind its head.
 */
function writesOf(
  { direction, label, lengthBytes, parts }: Frame,
  { httpContent }: SegmentRules,
): number[] {
  const isRequest = direction === 'up' && label === 'request' && httpContent === 'apart'
  const content = isRequest && parts.at(-1)?.layer === 'payload' ? parts.at(-1) : undefined
  const apart = parts
    .filter((part) => part.label === ATTACHMENT || part === content)
    .map((part) => part.lengthBytes)
  return [lengthBytes - apart.reduce((sum, bytes) => sum + bytes, 0), ...apart]
}

/**
 * Frames of a kept connection, by what goes in its own time. In the byte pass
 * the first message does not wait for the last word of the set-up; here it does.
 */
function* splitExchanges(runs: readonly Run[]): Generator<Run> {
  const leading = runs
    .flatMap(({ frames }) => frames)
    .find(({ beginsMessage }) => beginsMessage)?.direction
  let before: Sketch | null = null
  let exchange: Sketch[] = []
  for (const run of runs.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    for (const frame of run.frames) {
      if (
        before !== null &&
        (frame.phase !== before.phase || beginsExchange(frame, before, leading))
      ) {
        yield { frames: exchange, times: 1 }
        exchange = []
      }
      exchange.push(frame)
      before = frame
    }
    if (run.times === 1) continue
    // The first may belong to what came before it, the last to what comes next; in between each is an exchange.
    yield { frames: exchange, times: 1 }
    yield { frames: run.frames, times: run.times - 2 }
    exchange = [...run.frames]
  }
  if (exchange.length > 0) yield { frames: exchange, times: 1 }
}

const placeOf = ({ frames: [first] }: Run): number =>
  first === undefined ? 0 : PHASES.indexOf(first.phase)
