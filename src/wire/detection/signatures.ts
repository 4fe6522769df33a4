import { uint } from '../dissectors/tls/tls-registry.ts'
import { unmask } from '../dissectors/websocket/websocket-frames.ts'
import { readerOf } from './readers.ts'

/** What the first bytes of a client say about the connection. */
export type Detection =
  /** A protocol that has a dissector. */
  | { kind: 'known'; protocol: string }
  | { kind: 'tls' }
  /** Named where it is recognised all the same. */
  | { kind: 'foreign'; name: string | null }

/** More bytes may tell; without them it is taken for `soFar`. */
interface Undecided {
  kind: 'undecided'
  soFar: Detection
}

/** The longest head that is waited for. */
const MAX_HEAD_BYTES = 16 * 1024
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
export const UNKNOWN: Detection = { kind: 'foreign', name: null }

/** Each knows its protocol by its beginning; null where it is another. */
const SIGNATURES: readonly ((first: Uint8Array) => Detection | Undecided | null)[] = [
  recogniseTls,
  recogniseMqtt,
  recogniseHttp2,
  recogniseHttp1,
]

/**
 * The protocol of a connection by what its client said first.
 * @returns null where more bytes may decide it
 */
export function detectProtocol(first: Uint8Array): Detection | null {
  const verdicts = SIGNATURES.map((recognise) => recognise(first)).filter((found) => found !== null)
  const decided = verdicts.find((verdict) => verdict.kind !== 'undecided')
  return decided ?? (verdicts.length > 0 ? null : UNKNOWN)
}

/** The same, where nothing more will come. */
export function detectFinally(first: Uint8Array): Detection {
  const decided = detectProtocol(first)
  if (decided !== null) return decided
  const guesses = SIGNATURES.map((recognise) => recognise(first))
    .filter((found) => found?.kind === 'undecided')
    .map(({ soFar }) => soFar)
  return guesses.find(({ kind }) => kind !== 'foreign') ?? UNKNOWN
}

const undecided = (soFar: Detection = UNKNOWN): Undecided => ({ kind: 'undecided', soFar })

/** One that may get its dissector later than its signature. */
const byName = (name: string): Detection =>
  readerOf(name) === null ? { kind: 'foreign', name } : { kind: 'known', protocol: name }

/** A record of type handshake, of any version from SSL 3.0 on, with a ClientHello (RFC 8446 §5.1). */
const beginsLikeTls = (first: Uint8Array): boolean =>
  isAt(first, 0, 0x16) && isAt(first, 1, 0x03) && isAt(first, 5, 0x01)

/** Record header 5, handshake header 4, version 2; then the random (RFC 8446 §4.1.2). */
const RANDOM_AT = 11
const RANDOM_BYTES = 32

/** The random of the ClientHello with which a TLS connection begins; null where it is not all there. */
export function clientRandomOf(first: Uint8Array): Uint8Array | null {
  const random = first.subarray(RANDOM_AT, RANDOM_AT + RANDOM_BYTES)
  return random.length === RANDOM_BYTES ? random : null
}

/** Decided when the random is there, by which its secrets are found. */
function recogniseTls(first: Uint8Array): Detection | Undecided | null {
  if (!beginsLikeTls(first)) return null
  if (clientRandomOf(first) !== null) return { kind: 'tls' }
  return undecided(first.length > 5 ? { kind: 'tls' } : UNKNOWN)
}

/** CONNECT: its type, a Remaining Length, the Protocol Name, the level (MQTT 3.1.1 §3.1). */
function recogniseMqtt(first: Uint8Array): Detection | Undecided | null {
  if (!isAt(first, 0, 0x10)) return null
  let at = 1
  while (at < 4 && (first[at] ?? 0) >= 0x80) at += 1
  const name = first.subarray(at + 1)
  for (const [protocolName, levels] of MQTT_VERSIONS) {
    const prefix = Buffer.from([0, protocolName.length, ...Buffer.from(protocolName)])
    if (!startsLike(name, prefix)) continue
    const level = name[prefix.length]
    if (level === undefined) return undecided()
    return byName(levels[level & ~BRIDGE] ?? `MQTT of protocol level ${level}`)
  }
  return null
}

/** Mosquitto sets it where it is the client of another broker. */
const BRIDGE = 0x80

const MQTT_VERSIONS: readonly [string, Readonly<Record<number, string>>][] = [
  ['MQTT', { 4: 'mqtt/3.1.1', 5: 'mqtt/5.0' }],
  ['MQIsdp', { 3: 'mqtt/3.1' }],
]

/** RFC 9113 §3.4. */
function recogniseHttp2(first: Uint8Array): Detection | Undecided | null {
  const preface = Buffer.from(HTTP2_PREFACE)
  if (!startsLike(first, preface)) return null
  return first.length < preface.length ? undecided() : byName('http/2')
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]"
const BEGUN_LINE = new RegExp(`^(?:${TOKEN}{0,40}|${TOKEN}{1,40} [\\x21-\\x7e]*(?: .{0,9})?)$`)
const REQUEST_LINE = new RegExp(`^${TOKEN}{1,40} [^\\x00-\\x1f]+ HTTP/1\\.[01] *$`)

/** What only a server says: the beginning of a response (RFC 9112 §4). */
export const isStatusLine = (first: Uint8Array): boolean =>
  /^HTTP\/1\.[01] [1-5][0-9]{2}/.test(Buffer.from(first.subarray(0, 12)).toString('latin1'))

/**
 * A request line: a method, and the version at its end (RFC 9112 §3); a
 * recipient reads over empty lines before it, and takes LF for an end (§2.2).
 * The whole head is awaited of a GET, which may open a WebSocket.
 */
function recogniseHttp1(first: Uint8Array): Detection | Undecided | null {
  const isAll = first.length >= MAX_HEAD_BYTES
  const text = Buffer.from(first.subarray(0, MAX_HEAD_BYTES)).toString('latin1')
  const emptyLines = /^[\r\n]{0,16}/.exec(text)?.[0].length ?? 0
  const head = text.slice(emptyLines)
  const lineEnd = head.indexOf('\n')
  if (lineEnd === -1) return BEGUN_LINE.test(head.replace(/\r$/, '')) && !isAll ? undecided() : null
  if (!REQUEST_LINE.test(head.slice(0, lineEnd).replace(/\r$/, ''))) return null
  const blank = HEAD_END.exec(head)
  const end = blank === null ? -1 : blank.index + blank[0].length
  const isWhole = end >= 0 || isAll || !head.startsWith('GET ')
  if (!isWhole) return undecided(byName('http/1.1'))
  const protocol = protocolOfHead(head)
  if (protocol !== MQTT_IN_WEBSOCKET || end < 0) return byName(protocol)
  const frames = first.subarray(emptyLines + end)
  return recogniseMqttInWebSocket(frames.subarray(0, MAX_FRAMES_BYTES))
}

const HEAD_END = /\n\r?\n/
/** As much of a WebSocket as tells which version of MQTT is in it. */
const MAX_FRAMES_BYTES = 4096

/** As long as its first packet has not said which version it is. */
const MQTT_IN_WEBSOCKET = 'mqtt/3.1.1 over websocket'

/** CONNECT in the first message, or messages [MQTT-6.0.0-2], masked as every client's (RFC 6455 §5.2). */
function recogniseMqttInWebSocket(frames: Uint8Array): Detection | Undecided {
  const found = recogniseMqtt(contentOf(frames))
  if (found === null) return byName(MQTT_IN_WEBSOCKET)
  if (found.kind === 'undecided') return undecided(byName(MQTT_IN_WEBSOCKET))
  if (found.kind === 'known') return byName(`${found.protocol} over websocket`)
  return found.kind === 'foreign'
    ? { kind: 'foreign', name: `${found.name} over websocket` }
    : found
}

/** What the frames carry, as far as they are there. */
function contentOf(frames: Uint8Array): Uint8Array {
  const content: number[] = []
  for (let at = 0; at + 1 < frames.length; ) {
    const short = (frames[at + 1] as number) & 0x7f
    const extended = { 126: 2, 127: 8 }[short] ?? 0
    const keyAt = at + 2 + extended
    const length = extended === 0 ? short : uint(frames.subarray(at + 2, keyAt))
    const data = frames.subarray(keyAt + 4, keyAt + 4 + length)
    content.push(...unmask(data, frames.subarray(keyAt, keyAt + 4), 0))
    at = keyAt + 4 + length
  }
  return Uint8Array.from(content)
}

/** What is spoken after a GET that asks to leave HTTP (RFC 6455 §4.1), or HTTP. */
function protocolOfHead(head: string): string {
  const [fields = ''] = head.split(HEAD_END, 1)
  const isUpgrade = /^upgrade:[ \t]*websocket[ \t]*$/im.test(fields.replaceAll('\r', ''))
  if (!isUpgrade || !head.startsWith('GET ')) return 'http/1.1'
  if (/^sec-websocket-protocol:.*\bmqtt\b/im.test(fields)) return MQTT_IN_WEBSOCKET
  return /^GET \/socket\.io\//.test(head) ? 'socket.io' : 'websocket'
}

/** Right, or not there yet. */
const isAt = (bytes: Uint8Array, at: number, byte: number): boolean => (bytes[at] ?? byte) === byte

const startsLike = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  prefix.every((byte, at) => isAt(bytes, at, byte))
