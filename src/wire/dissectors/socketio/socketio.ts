import type { Direction } from '../../../model/vocabulary.ts'
import type { Frame, FramePart } from '../../../model/wire/frame.ts'
import { appendBounded, MAX_PARTS_NOTED } from '../parsing/bounded-parts.ts'
import { createPart } from '../parsing/frame-stream.ts'
import { Rules } from '../parsing/rules.ts'
import { MessageInflater } from '../websocket/inflate.ts'
import { sumBytes } from '../websocket/websocket-frames.ts'
import { type Message, type MessageFrames, MessageReader } from '../websocket/websocket-messages.ts'
import { webSocketDissector } from '../websocket/websocket-stream.ts'
import { isEventName, parsePacket, type TextPacket } from './socketio-packets.ts'
import { SocketIoSession } from './socketio-session.ts'

/**
 * Socket.IO protocol 5 on Engine.IO protocol 4, over WebSocket alone. An event
 * with binary content is a text message that names it and a binary message for
 * each attachment: one frame, since it is one message.
 */
export const dissectSocketIo = webSocketDissector((sink, agreement) => {
  const rules = { up: new Rules(sink, 'up'), down: new Rules(sink, 'down') }
  const session = new SocketIoSession(rules, agreement.start)
  const read = (direction: Direction) => {
    const reader = new PacketReader(direction, session, sink.frame, rules[direction])
    const inflater = new MessageInflater(direction, agreement)
    return new MessageReader((message, frames) => reader.read(message, frames), {
      inflater,
      onLost: () => {
        session.lose()
        reader.lose()
      },
    })
  }
  return { up: read('up'), down: read('down') }
})

/** A packet whose attachments are not all here. */
interface Unfinished {
  readonly packet: TextPacket
  readonly content: FramePart[]
  attachmentsLeft: number
}

class PacketReader {
  readonly #direction: Direction
  readonly #session: SocketIoSession
  readonly #emit: (frame: Frame) => void
  readonly #rules: Rules
  #unfinished: Unfinished | null = null

  constructor(
    direction: Direction,
    session: SocketIoSession,
    emit: (frame: Frame) => void,
    rules: Rules,
  ) {
    this.#direction = direction
    this.#session = session
    this.#emit = emit
    this.#rules = rules
  }

  /** Messages that crossed were not read. */
  lose(): void {
    this.#unfinished = null
  }

  read(message: Message, frames: MessageFrames): 'over' | 'goes on' {
    if (message.type === 'binary') return this.#readAttachment(message, frames)
    const { text } = message
    if (text === null) {
      this.#rules.breach('a packet is compressed, and what it refers to was lost (RFC 7692 §7.2)')
      return this.#emitUnknown('compressed packet', message, frames)
    }
    const packet = this.#rules.check(() => parsePacket(text))
    if (packet === undefined) return this.#emitUnknown('unknown packet', message, frames)
    return this.#readPacket(packet, message, frames)
  }

  #readPacket(packet: TextPacket, message: Message, frames: MessageFrames): 'over' | 'goes on' {
    this.#session.admit(this.#direction, packet)
    const parts = message.isCompressed ? compressedParts(packet, message) : packet.parts
    if (this.#unfinished !== null) {
      // A ping between the two: it stands inside their frame.
      appendBounded(this.#unfinished.content, parts, MAX_PARTS_NOTED)
      if (packet.socketIo === null) return 'goes on'
      this.#rules.breach(`${packet.label} comes before the attachments of the last packet`)
      return this.#finish(this.#unfinished, frames)
    }
    const attachmentsLeft = packet.socketIo?.attachments ?? 0
    if (attachmentsLeft > 0) {
      this.#unfinished = { packet, content: [...parts], attachmentsLeft }
      return 'goes on'
    }
    this.#emitPacket(packet, parts, frames)
    return 'over'
  }

  #readAttachment(message: Message, frames: MessageFrames): 'over' | 'goes on' {
    const unfinished = this.#unfinished
    if (unfinished === null) {
      if (message.extent === 'whole') {
        this.#rules.breach('a binary message comes, but no packet has an attachment left')
      }
      return this.#emitUnknown('rest of a packet', message, frames)
    }
    const { packet, content } = unfinished
    const layer = packet.layer === 'framing' ? 'payload' : packet.layer
    content.push(createPart(layer, 'attachment', message.lengthBytes))
    unfinished.attachmentsLeft -= 1
    return unfinished.attachmentsLeft > 0 ? 'goes on' : this.#finish(unfinished, frames)
  }

  #finish({ packet, content }: Unfinished, frames: MessageFrames): 'over' {
    this.#unfinished = null
    this.#emitPacket(packet, content, frames)
    return 'over'
  }

  /** What it is cannot be told; with what is under way it is one unit. */
  #emitUnknown(label: string, { lengthBytes }: Message, frames: MessageFrames): 'over' {
    const content = [
      ...(this.#unfinished?.content ?? []),
      createPart('framing', label, lengthBytes),
    ]
    this.#unfinished = null
    const unknown = { phase: 'steady', label, clause: 'RFC 6455 §5.6', layer: 'framing' } as const
    this.#emitPacket(unknown, content, frames)
    return 'over'
  }

  #emitPacket(
    { phase, label, clause, layer }: Pick<TextPacket, 'phase' | 'label' | 'clause' | 'layer'>,
    content: readonly FramePart[],
    frames: MessageFrames,
  ): void {
    const parts = frames.weave(layer, content)
    const lengthBytes = sumBytes(parts)
    const { offset } = frames
    this.#emit({ direction: this.#direction, phase, label, clause, offset, lengthBytes, parts })
  }
}

/** Its fields have other lengths than the bytes that crossed: those are one part. */
function compressedParts({ socketIo, layer }: TextPacket, { lengthBytes }: Message): FramePart[] {
  const isEvent = socketIo !== null && isEventName(socketIo.name)
  return [createPart(isEvent ? 'payload' : layer, 'compressed content', lengthBytes)]
}
