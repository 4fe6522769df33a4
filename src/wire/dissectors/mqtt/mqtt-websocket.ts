import type { Direction } from '../../../model/vocabulary.ts'
import type { DissectorFactory, Frame, FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { Envelopes } from '../parsing/envelopes.ts'
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
  return webSocketDissector((emit) => {
    const mqtt = dissect({
      frame: (frame) => emit(readers[frame.direction].wrap(frame)),
      unexplained: ({ direction, reason }) => readers[direction].fail(reason),
    })
    const open = (direction: Direction): StreamReader =>
      new StreamReader(direction, emit, (bytes) => mqtt.feed(direction, bytes))
    const readers = { up: open('up'), down: open('down') }
    return { ...readers, end: () => mqtt.end() }
  })
}

/** Hands the content of one direction's messages on as the one stream that it is. */
class StreamReader implements DataReader {
  readonly #direction: Direction
  readonly #emit: (frame: Frame) => void
  readonly #feed: (bytes: Uint8Array) => void
  readonly #envelopes = new Envelopes()
  /** Frames without a byte of the stream that came in the middle of a packet. */
  #before: FramePart[] = []
  #failure: string | null = null

  constructor(
    direction: Direction,
    emit: (frame: Frame) => void,
    feed: (bytes: Uint8Array) => void,
  ) {
    this.#direction = direction
    this.#emit = emit
    this.#feed = feed
  }

  get isInside(): boolean {
    return !this.#envelopes.isDrained
  }

  get failure(): string | null {
    return this.#failure
  }

  fail(reason: string): void {
    this.#failure ??= `${reason}, in the stream that the messages carry`
  }

  wrap(frame: Frame): Frame {
    return this.#envelopes.wrap(frame)
  }

  begin(header: FrameHeader<DataOpcode>, offset: number): void {
    if (header.opcode === 'text') {
      throw new MalformedBytes('MQTT comes in a text message [MQTT-6.0.0-1]')
    }
    const parts = headerParts(header, 'framing')
    if (header.lengthBytes > 0) {
      const before = this.#before
      this.#before = []
      this.#envelopes.add({
        offset: offset - sumBytes(before),
        head: [...before, ...parts],
        innerBytes: header.lengthBytes,
        tail: [],
      })
    } else if (this.isInside) {
      this.interject(parts)
    } else {
      this.#emit({
        direction: this.#direction,
        phase: 'steady',
        label: 'empty frame',
        clause: 'RFC 6455 §5.6',
        offset,
        lengthBytes: sumBytes(parts),
        parts,
      })
    }
  }

  payload(bytes: Uint8Array): void {
    this.#feed(bytes)
  }

  finish(): void {
    // A border between messages means nothing to the stream.
  }

  interject(parts: readonly FramePart[]): void {
    this.#before.push(...parts)
  }
}
