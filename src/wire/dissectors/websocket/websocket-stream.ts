import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import {
  type DissectorFactory,
  type DissectorSink,
  type Frame,
  frameEnd,
  type Unexplained,
} from '../../../model/wire/frame.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import {
  awaitByte,
  MalformedBytes,
  type Reading,
  take,
  takeAvailable,
} from '../parsing/byte-parser.ts'
import { FrameStream } from '../parsing/frame-stream.ts'
import type { Rules } from '../parsing/rules.ts'
import {
  controlFrame,
  type DataOpcode,
  type FrameHeader,
  isControl,
  measureFrames,
  readFrameHeader,
  unmask,
} from './websocket-frames.ts'
import { type Handshake, readUpgradeRequest, readUpgradeResponse } from './websocket-handshake.ts'

/** What the data frames of one direction are read by; what it finds there, it emits. */
export interface DataReader {
  /** Whether it has taken bytes that are in no frame yet. */
  readonly isInside: boolean
  /** Why what it has taken will never be a frame, where it knows; told at the end of the connection. */
  readonly failure: WirePhrase | null
  /** @param offset of the frame's first byte */
  begin(header: FrameHeader<DataOpcode>, offset: number): void
  /** The next bytes of the frame's payload, unmasked. */
  payload(bytes: Uint8Array): void
  /** The frame's payload is complete. */
  finish(): void
  /** Frames that crossed were not read: what it was inside of is lost. */
  lose(): void
  /** While it is inside something: a control frame, which becomes a part of that (RFC 6455 §5.4). */
  interject(frame: Frame): void
}

export type DataReaders = Readonly<Record<Direction, DataReader>> & {
  /** The connection has ended. */
  end?(): void
}

/** What readers must know of the opening of the connection. */
export interface Agreement {
  readonly start: 'fresh' | 'joined'
  /** What was agreed of permessage-deflate (RFC 7692 §7), once it was; null where it was not. */
  deflate(): string | null
}

/**
 * WebSocket as RFC 6455 frames it, from the upgrade request to the closing
 * handshake. It reads the frames; what they carry, the readers do.
 */
export function webSocketDissector(
  openReaders: (sink: DissectorSink, agreed: Agreement) => DataReaders,
): DissectorFactory {
  return (sink, start = 'fresh') => {
    const isJoined = start === 'joined'
    const handshake: Handshake = {
      state: isJoined ? 'accepted' : 'silent',
      deflate: null,
      isPartial: isJoined,
    }
    const tilings = { up: new Tiling(sink), down: new Tiling(sink) }
    const readers = openReaders(
      {
        remark: sink.remark,
        outcome: sink.outcome,
        memory: sink.memory,
        frame: (frame) => tilings[frame.direction].frame(frame),
        unexplained: (gap) => tilings[gap.direction].unexplained(gap),
      },
      { start, deflate: () => handshake.deflate },
    )
    const open = (direction: Direction): FrameStream => {
      let isResumed = isJoined
      return new FrameStream(
        direction,
        'a frame',
        tilings[direction],
        (stream) => {
          const opening = isResumed ? 'behind' : 'here'
          isResumed = true
          return readConnection(stream, handshake, readers[direction], tilings[direction], opening)
        },
        {
          units: { measure: measureFrames(direction), chain: 4, last: 1 },
          start,
          onLost: () => {
            handshake.state = 'accepted'
            handshake.isPartial = true
            readers[direction].lose()
          },
        },
      )
    }
    const streams = { up: open('up'), down: open('down') }
    return {
      feed: (direction, bytes) => streams[direction].feed(bytes),
      missing: (direction, lengthBytes) => streams[direction].missing(lengthBytes),
      end: () => {
        for (const direction of DIRECTIONS) streams[direction].settle()
        readers.end?.()
        for (const direction of DIRECTIONS) {
          tilings[direction].end(streams[direction], readers[direction].failure)
        }
      },
    }
  }
}

/**
 * The frames of one direction. They come from its own stream and from its
 * reader; whoever emits one, it begins where the last one ended, and so does
 * what cannot be explained.
 */
class Tiling implements DissectorSink {
  readonly remark: DissectorSink['remark']
  readonly #sink: DissectorSink
  #explainedBytes = 0
  #isStopped = false
  /** Why something could not be explained, the last time. */
  #reason: WirePhrase = 'no unit begins there'

  constructor(sink: DissectorSink) {
    this.#sink = sink
    this.remark = sink.remark
  }

  frame(frame: Frame): void {
    // What its reader was still looking through when a frame of another kind came.
    if (frame.offset > this.#explainedBytes) this.unexplained({ ...frame, reason: this.#reason })
    this.#isStopped = false
    this.#explainedBytes = frameEnd(frame)
    this.#sink.frame(frame)
  }

  unexplained({ direction, reason }: Pick<Unexplained, 'direction' | 'reason'>): void {
    this.#reason = reason
    if (this.#isStopped) return
    this.#isStopped = true
    this.#sink.unexplained({ direction, offset: this.#explainedBytes, reason })
  }

  end({ direction, position, unit }: FrameStream, failure: WirePhrase | null): void {
    const openBytes = position - this.#explainedBytes
    if (openBytes === 0) return
    const cutOff: WirePhrase = `the connection ended in the middle of ${unit}, ${openBytes} bytes into it`
    this.unexplained({ direction, reason: failure ?? cutOff })
  }
}

function* readConnection(
  stream: FrameStream,
  handshake: Handshake,
  reader: DataReader,
  sink: DissectorSink,
  opening: 'here' | 'behind',
): Reading<void> {
  const { direction, rules } = stream
  if (opening === 'here') {
    yield* direction === 'up'
      ? readUpgradeRequest(stream, handshake)
      : readUpgradeResponse(stream, handshake)
  }
  let isClosed = false
  let isFragmented: boolean | null = opening === 'here' ? false : null
  while (true) {
    stream.unit = isFragmented === true ? 'a message' : 'a frame'
    yield awaitByte()
    if (handshake.state !== 'accepted') {
      rules.breach('a frame comes before the upgrade was accepted (RFC 6455 §4.1)')
      handshake.state = 'accepted'
    }
    if (isClosed) rules.breach('bytes come after a close frame (RFC 6455 §5.5.1)')
    const offset = stream.position
    const header = yield* readFrameHeader(direction, rules, compressionOf(handshake, rules))
    if (isControl(header)) {
      const payload = unmask(yield take(header.lengthBytes), header.maskingKey, 0)
      const frame = controlFrame(direction, offset, header, payload, rules)
      stream.release()
      if (reader.isInside) reader.interject(frame)
      else sink.frame(frame)
      isClosed = header.opcode === 'close'
      continue
    }
    // Of a message whose beginning was not read, the rest may come.
    if (isFragmented !== null) requireOrder(header.opcode, isFragmented, rules)
    isFragmented = isFragmented === null && !header.fin ? null : !header.fin
    stream.release()
    yield* readData(stream, header as FrameHeader<DataOpcode>, offset, reader)
  }
}

/** In a byte pass of our own nobody compresses: there it is a breach. */
function compressionOf({ deflate, isPartial }: Handshake, rules: Rules) {
  if (rules.policy === 'strict') return 'none'
  if (deflate !== null) return 'agreed'
  return isPartial ? 'unknown' : 'none'
}

/** RFC 6455 §5.4: a message goes on in continuations until FIN, and no other begins meanwhile. */
function requireOrder(opcode: string, isFragmented: boolean, rules: Rules): void {
  if ((opcode === 'continuation') === isFragmented) return
  rules.breach(
    isFragmented
      ? `a ${opcode} frame comes in the middle of a fragmented message (RFC 6455 §5.4)`
      : 'a continuation frame continues nothing (RFC 6455 §5.4)',
  )
}

function* readData(
  stream: FrameStream,
  header: FrameHeader<DataOpcode>,
  offset: number,
  reader: DataReader,
): Reading<void> {
  reader.begin(header, offset)
  for (let at = 0; at < header.lengthBytes; ) {
    const bytes = yield takeAvailable(header.lengthBytes - at)
    stream.release()
    reader.payload(unmask(bytes, header.maskingKey, at))
    at += bytes.length
    if (reader.failure !== null) throw new MalformedBytes(reader.failure)
  }
  reader.finish()
}
