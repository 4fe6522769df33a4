import { dissectHttp2 } from '../../src/wire/dissectors/http2/http2.ts'
import { type Conversation, dissect, down, hex, up } from './dissection.ts'

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n').toString('hex')

/** A frame by its type, flags, stream and payload, all in hexadecimal. */
export function frame(type: string, flags: string, stream: number, payload = ''): string {
  const digits = payload.replace(/\s/g, '')
  const length = (digits.length / 2).toString(16).padStart(6, '0')
  return length + type + flags + stream.toString(16).padStart(8, '0') + digits
}

export const SETTINGS = frame('04', '00', 0)
export const SETTINGS_ACK = frame('04', '01', 0)
/** :method POST, :scheme http, :path /, :authority h. */
export const POST_FIELDS = '83 86 84 41 01 68'
export const POST = frame('01', '04', 1, POST_FIELDS)
export const GET = frame('01', '05', 1, '82 86 84 41 01 68')
export const data = (stream: number, payload: string, flags = '01') =>
  frame('00', flags, stream, Buffer.from(payload).toString('hex'))
/** :status 204, and the end. */
export const NO_CONTENT = frame('01', '05', 1, '89')
export const PAYLOAD = '{ "temp": 25 }'

export const said = (...frames: string[]): Uint8Array => hex(frames.join(''))
export const OPENING: Conversation = [
  up(said(PREFACE, SETTINGS)),
  down(said(SETTINGS, SETTINGS_ACK)),
]

/** Why the first byte that is not explained is not. */
export function reasonOf(...conversation: Conversation): string {
  const { gaps } = dissect(dissectHttp2, conversation)
  return gaps[0]?.reason ?? 'all is explained'
}
