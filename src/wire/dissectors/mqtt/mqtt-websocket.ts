import type { Direction } from '../../../model/vocabulary.ts'
import type { DissectorFactory, DissectorSink, Frame } from '../../../model/wire/frame.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { Envelopes } from '../parsing/envelopes.ts'
import { createPart } from '../parsing/frame-stream.ts'
import { GrowingBytes } from '../parsing/growing-bytes.ts'
import { Rules } from '../parsing/rules.ts'
import { MessageInflater } from '../websocket/inflate.ts'
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
  return webSocketDissector((sink, agreement) => {
    const mqtt = dissect(
      {
        remark: sink.remark,
        outcome: sink.outcome,
        memory: sink.memory,
        frame: (frame) => readers[frame.direction].tell(frame),
        unexplained: ({ direction, reason }) => readers[direction].fail(reason),
      },
      agreement.start,
    )
    const open = (direction: Direction): StreamReader =>
      new StreamReader(direction, sink, new MessageInflater(direction, agreement), {
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

/** A frame whose message is compressed, and what came of it, where it is held. */
interface CompressedFrame {
  header: FrameHeader<DataOpcode>
  offset: number
  content: GrowingBytes | null
}

/** Of one compressed message: more is no packet of a device. */
const MAX_HELD_BYTES = 16 * 1024 * 1024

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
  #failure: WirePhrase | null = null
  readonly #inflater: MessageInflater
  /** The present message is. */
  #isCompressed = false
  /** The frame that is under way, where it is. */
  #compressed: CompressedFrame | null = null
  /** Packets that a message unpacks to, while it does. */
  #unpacked: Frame[] | null = null

  constructor(
    direction: Direction,
    sink: DissectorSink,
    inflater: MessageInflater,
    stream: InnerStream,
  ) {
    this.#direction = direction
    this.#sink = sink
    this.#inflater = inflater
    this.#rules = new Rules(sink, direction)
    this.#stream = stream
  }

  get isInside(): boolean {
    return !this.#envelopes.isDrained
  }

  get failure(): WirePhrase | null {
    return this.#failure
  }

  /** A lenient reader of the stream goes on where packets chain again. */
  fail(reason: string): void {
    const what: WirePhrase = `${reason}, in the stream that the messages carry`
    if (this.#rules.policy === 'strict') this.#failure ??= what
    else this.#sink.unexplained({ direction: this.#direction, offset: 0, reason: what })
  }

  lose(): void {
    this.#before = []
    this.#compressed = null
    this.#inflater.lose()
    this.#stream.lose(this.#leftBytes)
    this.#leftBytes = 0
  }

  /** A packet was read. */
  tell(frame: Frame): void {
    const wrapped = this.#envelopes.wrap(frame)
    if (this.#unpacked !== null) {
      this.#unpacked.push(frame)
      return
    }
    this.#sink.frame(wrapped)
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

  #beginCompressed(header: FrameHeader<DataOpcode>, offset: number): void {
    const isAlone = header.fin && header.opcode !== 'continuation'
    const isHeld = isAlone && header.lengthBytes <= MAX_HELD_BYTES
    this.#compressed = { header, offset, content: isHeld ? new GrowingBytes() : null }
  }

  payload(bytes: Uint8Array): void {
    if (this.#compressed !== null) this.#compressed.content?.append(bytes)
    else {
      this.#leftBytes -= bytes.length
      this.#stream.feed(bytes)
    }
  }

  /** A border between messages means nothing to the stream. */
  finish(): void {
    const compressed = this.#compressed
    if (compressed === null) return
    this.#compressed = null
    const content = compressed.content?.take() ?? null
    const inflated = content && this.#inflater.inflate(content)
    if (inflated === null) this.#inflater.lose()
    const isReadable = inflated !== null && !this.isInside
    const packets = isReadable ? this.#unpack(compressed.offset, inflated) : []
    if (!isReadable || this.isInside) this.#giveUp()
    this.#tellCompressed(compressed, packets)
  }

  /** Packets that are cut by the borders of compressed messages have no bytes of their own. */
  #giveUp(): void {
    this.#rules.breach('packets are compressed, and not read one by one (RFC 7692 §6)')
    // What it may still tell of the bytes that it holds is told as compressed bytes already.
    this.#unpacked = []
    this.#stream.lose(0)
    this.#unpacked = null
    this.#envelopes.abandon()
    for (const own of this.#before) this.#sink.frame(own)
    this.#before = []
  }

  /** @returns the packets that end in the message, as they were before it was compressed */
  #unpack(offset: number, inflated: Uint8Array): Frame[] {
    if (inflated.length === 0) return []
    const packets: Frame[] = []
    this.#unpacked = packets
    this.#envelopes.add({ offset, head: [], innerBytes: inflated.length, tail: [] })
    this.#stream.feed(inflated)
    this.#unpacked = null
    return packets
  }

  /**
   * The packets of a message have other lengths than the bytes that crossed: those
   * are shared out by what each was before.
   */
  #tellCompressed({ header, offset }: CompressedFrame, packets: readonly Frame[]): void {
    const own: Frame = {
      ...{ direction: this.#direction, phase: 'steady', label: 'compressed frame' },
      ...{ clause: 'RFC 7692 §6', offset, lengthBytes: 1, parts: [] },
    }
    const units = packets.length === 0 ? [own] : packets
    const allBytes = units.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
    let [at, before, shared] = [offset, 0, 0]
    for (const [index, unit] of units.entries()) {
      before += unit.lengthBytes
      const share = Math.floor((header.lengthBytes * before) / allBytes) - shared
      shared += share
      const layers = unit.parts.map(({ layer }) => layer)
      const layer = layers.includes('payload') ? 'payload' : (layers[0] ?? 'framing')
      const parts = [
        ...(index === 0 ? headerParts(header, layer === 'payload' ? 'framing' : layer) : []),
        createPart(layer, 'compressed packet', share),
      ]
      const frame = { ...unit, offset: at, lengthBytes: sumBytes(parts), parts }
      at += frame.lengthBytes
      this.#sink.frame(frame)
    }
  }

  interject(frame: Frame): void {
    this.#before.push(frame)
    if (this.#before.length < MAX_BEFORE) return
    // The packet is under way: so many are taken for a part of it, as it will be if it goes on.
    for (const { parts } of this.#before) this.#envelopes.extendLast(parts)
    this.#before = []
  }
}
