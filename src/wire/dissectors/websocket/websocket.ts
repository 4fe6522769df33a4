import type { Direction, Layer } from '../../../model/vocabulary.ts'
import type { Frame } from '../../../model/wire/frame.ts'
import { createPart } from '../parsing/frame-stream.ts'
import { sumBytes } from './websocket-frames.ts'
import { type Message, type MessageFrames, MessageReader } from './websocket-messages.ts'
import { webSocketDissector } from './websocket-stream.ts'

/**
 * WebSocket (RFC 6455) as an application uses it that has no protocol of its
 * own on it: a message is a message.
 *
 * One thing is agreed: the server answers a message with an empty text message.
 * Nobody sends content as that, so it is told from content without knowing who
 * sends what to whom: an empty command is an empty binary message.
 */
export const dissectWebSocket = webSocketDissector(({ frame: emit }) => {
  const read = (direction: Direction) =>
    new MessageReader((message, frames) => {
      emit(messageFrame(direction, message, frames))
      return 'over'
    })
  return { up: read('up'), down: read('down') }
})

function messageFrame(direction: Direction, message: Message, frames: MessageFrames): Frame {
  const { type, lengthBytes, isCompressed, extent } = message
  const isAnswer = direction === 'down' && type === 'text' && lengthBytes === 0
  const content = isCompressed ? 'compressed payload' : 'payload'
  const layer: Layer = isAnswer ? 'acknowledgement' : 'framing'
  const parts = frames.weave(layer, isAnswer ? [] : [createPart('payload', content, lengthBytes)])
  return {
    direction,
    phase: 'steady',
    label: isAnswer ? 'answer' : 'message',
    clause: 'RFC 6455 §5.6',
    offset: frames.offset,
    lengthBytes: sumBytes(parts),
    parts,
    ...(extent === 'rest' && { message: 'continues' as const }),
  }
}
