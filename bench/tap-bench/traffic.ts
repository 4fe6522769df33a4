import { createHash } from 'node:crypto'

/** What one client says, and what it is told, byte for byte. */
export interface Traffic {
  /** In the order in which it is sent: pieces may be shared between clients. */
  up: readonly Uint8Array[]
  downBytes: number
  downDigest: string
  messages: number
}

export type Kind = 'mqtt' | 'http'

/** Pieces that are handed to the kernel at once have about so much. */
const PIECE_BYTES = 128 * 1024
export const CONNACK = Buffer.from('20020000', 'hex')
const DISCONNECT = Buffer.from('e000', 'hex')

/** The same each time, and nothing that repeats within a frame. */
function noise(seed: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil(lengthBytes / 4) * 4)
  let state = seed
  for (let at = 0; at < bytes.length; at += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes.writeUInt32LE(state, at)
  }
  return bytes.subarray(0, lengthBytes)
}

/** MQTT 3.1.1 §2.2.3. */
function remainingLength(value: number): number[] {
  const low = value & 0x7f
  return value < 128 ? [low] : [low | 0x80, ...remainingLength(value >> 7)]
}

/** MQTT 3.1.1 §3.3, QoS 0. */
function publishFrame(payload: Uint8Array): Buffer {
  const topic = Buffer.from('sensors/image')
  const length = remainingLength(2 + topic.length + payload.length)
  return Buffer.concat([Buffer.from([0x30, ...length, 0, topic.length]), topic, payload])
}

function connectFrame(clientId: string): Buffer {
  const id = Buffer.from(clientId)
  const head = Buffer.from([0x10, 12 + id.length, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0])
  return Buffer.concat([head, Buffer.from([id.length]), id])
}

function httpMessage(startLine: string, body: Uint8Array): Buffer {
  const head = `${startLine}\r\nHost: sink\r\nContent-Length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

export const postRequest = (payloadBytes: number): Buffer =>
  httpMessage('POST /images HTTP/1.1', noise(1, payloadBytes))

export const postAnswer = (payloadBytes: number): Buffer =>
  httpMessage('HTTP/1.1 200 OK', noise(2, payloadBytes))

export const digestOf = (pieces: Iterable<Uint8Array>): string => {
  const hash = createHash('sha1')
  for (const piece of pieces) hash.update(piece)
  return hash.digest('hex')
}

/**
 * What a client says with payloads of one size until it has sent, and received,
 * about so many bytes. MQTT says all of it; HTTP waits for each answer.
 */
export function trafficOf(
  kind: Kind,
  client: number,
  { payloadBytes, bytesEach }: { payloadBytes: number; bytesEach: number },
): Traffic {
  return kind === 'http'
    ? httpTraffic(payloadBytes, bytesEach)
    : mqttTraffic(payloadBytes, bytesEach, client)
}

function httpTraffic(payloadBytes: number, bytesEach: number): Traffic {
  const [request, answer] = [postRequest(payloadBytes), postAnswer(payloadBytes)]
  const messages = Math.max(1, Math.round(bytesEach / (request.length + answer.length)))
  return {
    up: Array.from({ length: messages }, () => request),
    downBytes: answer.length * messages,
    downDigest: digestOf(Array.from({ length: messages }, () => answer)),
    messages,
  }
}

function mqttTraffic(payloadBytes: number, bytesEach: number, client: number): Traffic {
  const frame = publishFrame(noise(1, payloadBytes))
  const perPiece = Math.max(1, Math.floor(PIECE_BYTES / frame.length))
  const piece = Buffer.concat(Array.from({ length: perPiece }, () => frame))
  const pieces = Math.max(1, Math.round(bytesEach / piece.length))
  return {
    up: [
      connectFrame(`device-${String(client).padStart(4, '0')}`),
      ...Array.from({ length: pieces }, () => piece),
      DISCONNECT,
    ],
    downBytes: CONNACK.length,
    downDigest: digestOf([CONNACK]),
    messages: pieces * perPiece,
  }
}
