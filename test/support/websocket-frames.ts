import { constants, deflateRawSync } from 'node:zlib'
import type { Conversation } from './dissection.ts'
import { down, up } from './dissection.ts'

/** The example of RFC 6455 §1.3. */
export const UPGRADE_REQUEST =
  'GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
export const UPGRADE_RESPONSE =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n'

export const HANDSHAKE: Conversation = [up(UPGRADE_REQUEST), down(UPGRADE_RESPONSE)]

/** The masking key of the examples of RFC 6455 §5.7. */
const MASKING_KEY = [0x37, 0xfa, 0x21, 0x3d]

const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 }

export type FrameKind = keyof typeof OPCODES

/** A frame written out by RFC 6455 §5.2, `last` or with more of its message to follow. */
function frame(
  kind: FrameKind,
  content: Uint8Array | string,
  place: 'last' | 'more',
  masking: number[] | null,
): Uint8Array {
  const payload = Buffer.from(content)
  const length = payload.length
  const mask = masking === null ? 0 : 0x80
  const lengths =
    length < 126
      ? [mask | length]
      : length < 65_536
        ? [mask | 126, length >> 8, length & 255]
        : [mask | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (length >>> shift) & 255)]
  const head = [(place === 'last' ? 0x80 : 0) | OPCODES[kind], ...lengths, ...(masking ?? [])]
  const sent = payload.map((byte, index) => byte ^ (masking?.[index % 4] ?? 0))
  return Buffer.concat([Uint8Array.from(head), sent])
}

/** From the client: masked, each with the same key unless it is told another. */
export const masked = (
  kind: FrameKind,
  content: Uint8Array | string = '',
  place: 'last' | 'more' = 'last',
  maskingKey: number[] = MASKING_KEY,
): Uint8Array => frame(kind, content, place, maskingKey)

/** From the server: not masked. */
export const plain = (
  kind: FrameKind,
  content: Uint8Array | string = '',
  place: 'last' | 'more' = 'last',
): Uint8Array => frame(kind, content, place, null)

/** With its answer, which agrees to permessage-deflate. */
const COMPRESSING_HANDSHAKE: Conversation = [
  up(UPGRADE_REQUEST),
  down(UPGRADE_RESPONSE.replace(/\r\n$/, 'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n')),
]

/** Each utterance a message, compressed with what its side has said before in the window (RFC 7692 §7.2.1). */
export function compressed(
  conversation: Conversation,
  kind: 'text' | 'binary' = 'binary',
): Conversation {
  const windows = { up: Buffer.alloc(0), down: Buffer.alloc(0) }
  const messages = conversation.map(([direction, bytes]): Conversation[number] => {
    const dictionary = windows[direction]
    const packed = deflateRawSync(bytes, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(dictionary.length > 0 && { dictionary }),
    }).subarray(0, -4)
    windows[direction] = Buffer.concat([dictionary, bytes])
    const message = direction === 'up' ? masked(kind, packed) : plain(kind, packed)
    // RSV1.
    message[0] = (message[0] ?? 0) | 0x40
    return [direction, message]
  })
  return [...COMPRESSING_HANDSHAKE, ...messages]
}
