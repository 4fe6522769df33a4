import type { Direction } from '../../../model/vocabulary.ts'
import type { Frame, FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { createPart } from '../parsing/frame-stream.ts'
import { sumBytes } from '../websocket/websocket-frames.ts'
import { type Message, type MessageFrames, readMessages } from '../websocket/websocket-messages.ts'
import { webSocketDissector } from '../websocket/websocket-stream.ts'
import { parsePacket, type TextPacket } from './socketio-packets.ts'
import { SocketIoSession } from './socketio-session.ts'

/**
 * Socket.IO protocol 5 on Engine.IO protocol 4, over WebSocket alone. An event
 * with binary content is a text message that names it and a binary message for
 * each attachment: one frame, since it is one message.
 */
export const dissectSocketIo = webSocketDissector((emit) => {
  const session = new SocketIoSession()
  const read = (direction: Direction) => {
    const reader = new PacketReader(direction, session, emit)
    return readMessages('read', (message, frames) => reader.read(message, frames))
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
  #unfinished: Unfinished | null = null

  constructor(direction: Direction, session: SocketIoSession, emit: (frame: Frame) => void) {
    this.#direction = direction
    this.#session = session
    this.#emit = emit
  }

  read(message: Message, frames: MessageFrames): 'over' | 'goes on' {
    return message.text === null
      ? this.#readAttachment(message, frames)
      : this.#readPacket(message.text, frames)
  }

  #readPacket(text: Buffer, frames: MessageFrames): 'over' | 'goes on' {
    const packet = parsePacket(text)
    this.#session.admit(this.#direction, packet)
    if (this.#unfinished !== null) {
      if (packet.socketIo !== null) {
        throw new MalformedBytes(`${packet.label} comes before the attachments of the last packet`)
      }
      // A ping between the two: it stands inside their frame.
      this.#unfinished.content.push(...packet.parts)
      return 'goes on'
    }
    const attachmentsLeft = packet.socketIo?.attachments ?? 0
    if (attachmentsLeft > 0) {
      this.#unfinished = { packet, content: [...packet.parts], attachmentsLeft }
      return 'goes on'
    }
    this.#emitPacket(packet, packet.parts, frames)
    return 'over'
  }

  #readAttachment({ lengthBytes }: Message, frames: MessageFrames): 'over' | 'goes on' {
    const unfinished = this.#unfinished
    if (unfinished === null) {
      throw new MalformedBytes('a binary message comes, but no packet has an attachment left')
    }
    const { packet, content } = unfinished
    const layer = packet.layer === 'framing' ? 'payload' : packet.layer
    content.push(createPart(layer, 'attachment', lengthBytes))
    unfinished.attachmentsLeft -= 1
    if (unfinished.attachmentsLeft > 0) return 'goes on'
    this.#unfinished = null
    this.#emitPacket(packet, content, frames)
    return 'over'
  }

  #emitPacket(
    { phase, label, clause, layer }: TextPacket,
    content: readonly FramePart[],
    frames: MessageFrames,
  ): void {
    const parts = frames.weave(layer, content)
    const lengthBytes = sumBytes(parts)
    const { offset } = frames
    this.#emit({ direction: this.#direction, phase, label, clause, offset, lengthBytes, parts })
  }
}
