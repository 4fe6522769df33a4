import type { Direction } from '../../../model/vocabulary.ts'
import type { DissectorFactory, DissectorSink, Frame } from '../../../model/wire/frame.ts'
import { Envelopes } from '../parsing/envelopes.ts'
import { createPart } from '../parsing/frame-stream.ts'
import { Rules } from '../parsing/rules.ts'
import {
  type DataOpcode,
  type FrameHeader,
  headerParts,
  sumBytes,
} from '../websocket/websocket-frames.ts'
import { type DataReader, webSocketDissector } from '../websocket/websocket-stream.ts'
import { dissectMqtt5 } from './mqtt5.ts'
import { dissectMqtt311 } from './mqtt311.ts'

/**
 * MQTT over WebSocket: the stream of packets goes through binary messages
 * [MQTT-6.0.0-1], whose borders need not be the packets' [MQTT-6.0.0-2]. The
 * header of a frame is framing of the packet whose byte follows it.
 */
export const dissectMqttOverWebSocket = overWebSocket(dissectMqtt311)
export const dissectMqtt5OverWebSocket = overWebSocket(dissectMqtt5)

function overWebSocket(dissect: DissectorFactory): DissectorFactory {
  return webSocketDissector((sink, { start }) => {
    const mqtt = dissect(
      {
        remark: sink.remark,
        outcome: sink.outcome,
        memory: sink.memory,
        frame: (frame) => readers[frame.direction].tell(frame),
        unexplained: ({ direction, reason }) => readers[direction].fail(reason),
      },
      start,
    )
    const open = (direction: Direction): StreamReader =>
      new StreamReader(direction, sink, {
        feed: (bytes) => mqtt.feed(direction, bytes),
        lose: (lengthBytes) => {
          // How many packets went with them is not known.
          mqtt.missing?.(direction, 0)
          if (lengthBytes > 0) mqtt.missing?.(direction, lengthBytes)
        },
      })
    const readers = { up: open('up'), down: open('down') }
    return { ...readers, end: () => mqtt.end() }
  })
}

/** So many frames inside one packet are kept apart. */
const MAX_BEFORE = 1024

/** The packets that the messages of one direction carry. */
interface InnerStream {
  feed(bytes: Uint8Array): void
  /** @param lengthBytes so many bytes of it are known to be missing */
  lose(lengthBytes: number): void
}

/** Hands the content of one direction's messages on as the one stream that it is. */
class StreamReader implements DataReader {
  readonly #direction: Direction
  readonly #sink: DissectorSink
  readonly #rules: Rules
  readonly #stream: InnerStream
  /** Of the present frame, still to come. */
  #leftBytes = 0
  readonly #envelopes = new Envelopes()
  /** Frames without a byte of the stream that came in the middle of a packet. */
  #before: Frame[] = []
  #failure: string | null = null
  /** The present message is. */
  #isCompressed = false
  /** The frame that is under way, where it is. */
  #compressed: Frame | null = null

  constructor(direction: Direction, sink: DissectorSink, stream: InnerStream) {
    this.#direction = direction
    this.#sink = sink
    this.#rules = new Rules(sink, direction)
    this.#stream = stream
  }

  get isInside(): boolean {
    return !this.#envelopes.isDrained
  }

  get failure(): string | null {
    return this.#failure
  }

  /** A lenient reader of the stream goes on where packets chain again. */
  fail(reason: string): void {
    const what = `${reason}, in the stream that the messages carry`
    if (this.#rules.policy === 'strict') this.#failure ??= what
    else this.#sink.unexplained({ direction: this.#direction, offset: 0, reason: what })
  }

  lose(): void {
    this.#before = []
    this.#compressed = null
    this.#stream.lose(this.#leftBytes)
    this.#leftBytes = 0
  }

  /** A packet was read. */
  tell(frame: Frame): void {
    this.#sink.frame(this.#envelopes.wrap(frame))
    if (this.isInside) return
    // No packet was under way when they came.
    for (const own of this.#before) this.#sink.frame(own)
    this.#before = []
  }

  begin(header: FrameHeader<DataOpcode>, offset: number): void {
    if (header.opcode === 'text') {
      this.#rules.breach('MQTT comes in a text message [MQTT-6.0.0-1]')
    }
    if (header.opcode !== 'continuation') this.#isCompressed = header.isCompressed
    if (this.#isCompressed) {
      this.#beginCompressed(header, offset)
      return
    }
    const parts = headerParts(header, 'framing')
    if (header.lengthBytes > 0) {
      const before = this.#before.flatMap((frame) => frame.parts)
      this.#before = []
      this.#leftBytes = header.lengthBytes
      this.#envelopes.add({
        offset: offset - sumBytes(before),
        head: [...before, ...parts],
        innerBytes: header.lengthBytes,
        tail: [],
      })
      return
    }
    const empty: Frame = {
      direction: this.#direction,
      phase: 'steady',
      label: 'empty frame',
      clause: 'RFC 6455 §5.6',
      offset,
      lengthBytes: sumBytes(parts),
      parts,
    }
    if (this.isInside) this.interject(empty)
    else this.#sink.frame(empty)
  }

  /**
   * What a compressed frame carries is not unpacked: its packets would not have
   * the bytes that crossed. It is counted as what it is.
   */
  #beginCompressed(header: FrameHeader<DataOpcode>, offset: number): void {
    this.#rules.breach('packets are compressed, and not read one by one (RFC 7692 §6)')
    this.#stream.lose(0)
    const parts = [
      ...headerParts(header, 'framing'),
      createPart('framing', 'compressed packets', header.lengthBytes),
    ]
    this.#compressed = {
      direction: this.#direction,
      phase: 'steady',
      label: 'compressed frame',
      clause: 'RFC 7692 §6',
      offset,
      lengthBytes: sumBytes(parts),
      parts,
    }
  }

  payload(bytes: Uint8Array): void {
    this.#leftBytes -= bytes.length
    if (this.#compressed === null) this.#stream.feed(bytes)
  }

  /** A border between messages means nothing to the stream. */
  finish(): void {
    if (this.#compressed !== null) this.#sink.frame(this.#compressed)
    this.#compressed = null
  }

  interject(frame: Frame): void {
    this.#before.push(frame)
    if (this.#before.length < MAX_BEFORE) return
    // The packet is under way: so many are taken for a part of it, as it will be if it goes on.
    for (const { parts } of this.#before) this.#envelopes.extendLast(parts)
    this.#before = []
  }
}
