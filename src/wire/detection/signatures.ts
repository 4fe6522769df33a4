import type { Protocol } from '../../model/words.ts'
import { DISSECTORS } from '../dissectors/index.ts'
import { clientRandomOf } from './client-random.ts'

/** What the first bytes of a client say about the connection. */
export type Detection =
  /** A protocol that has a dissector. */
  | { kind: 'known'; protocol: Protocol }
  | { kind: 'tls' }
  /** Named where it is recognised all the same. */
  | { kind: 'foreign'; name: string | null }

/** `undecided`: with more bytes it may be told. */
type Verdict = Detection | 'undecided' | 'no'

/** The longest request line that is waited for. */
const MAX_LINE_BYTES = 16 * 1024
const HTTP2_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const UNKNOWN: Detection = { kind: 'foreign', name: null }

/** Each knows its protocol by its beginning, and may ask for more of it. */
const SIGNATURES: readonly ((first: Uint8Array) => Verdict)[] = [
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
  const verdicts = SIGNATURES.map((recognise) => recognise(first))
  for (const verdict of verdicts) if (verdict !== 'no' && verdict !== 'undecided') return verdict
  return verdicts.includes('undecided') ? null : UNKNOWN
}

/** The same, where nothing more will come. */
export const detectFinally = (first: Uint8Array): Detection =>
  detectProtocol(first) ?? (beginsLikeTls(first) && first.length > 5 ? { kind: 'tls' } : UNKNOWN)

/** One that may get its dissector later than its signature. */
const byName = (name: string): Detection =>
  Object.hasOwn(DISSECTORS, name)
    ? { kind: 'known', protocol: name as Protocol }
    : { kind: 'foreign', name }

/** A record of type handshake, of any version from SSL 3.0 on, with a ClientHello (RFC 8446 §5.1). */
const beginsLikeTls = (first: Uint8Array): boolean =>
  isAt(first, 0, 0x16) && isAt(first, 1, 0x03) && isAt(first, 5, 0x01)

/** Decided when the random is there, by which its secrets are found. */
function recogniseTls(first: Uint8Array): Verdict {
  if (!beginsLikeTls(first)) return 'no'
  return clientRandomOf(first) === null ? 'undecided' : { kind: 'tls' }
}

/** CONNECT: its type, a Remaining Length, the Protocol Name, the level (MQTT 3.1.1 §3.1). */
function recogniseMqtt(first: Uint8Array): Verdict {
  if (!isAt(first, 0, 0x10)) return 'no'
  let at = 1
  while (at < 4 && (first[at] ?? 0) >= 0x80) at += 1
  const name = first.subarray(at + 1)
  for (const [protocolName, levels] of MQTT_VERSIONS) {
    const prefix = Buffer.from([0, protocolName.length, ...Buffer.from(protocolName)])
    if (!startsLike(name, prefix)) continue
    const level = name[prefix.length]
    if (level === undefined) return 'undecided'
    return byName(levels[level] ?? `MQTT of protocol level ${level}`)
  }
  return 'no'
}

const MQTT_VERSIONS: readonly [string, Readonly<Record<number, string>>][] = [
  ['MQTT', { 4: 'mqtt/3.1.1', 5: 'mqtt/5.0' }],
  ['MQIsdp', { 3: 'MQTT 3.1' }],
]

/** RFC 9113 §3.4. */
function recogniseHttp2(first: Uint8Array): Verdict {
  const preface = Buffer.from(HTTP2_PREFACE)
  if (!startsLike(first, preface)) return 'no'
  return first.length < preface.length ? 'undecided' : byName('http/2')
}

/** A request line: a method in capitals, and the version at its end (RFC 9112 §3). */
function recogniseHttp1(first: Uint8Array): Verdict {
  const text = Buffer.from(first.subarray(0, MAX_LINE_BYTES)).toString('latin1')
  const end = text.indexOf('\r\n')
  const line = end === -1 ? text : text.slice(0, end)
  if (!/^[A-Z]{0,20}($| [\x21-\x7e]*($| ))/.test(line) || line === '') {
    return first.length === 0 ? 'undecided' : 'no'
  }
  if (end !== -1) return / HTTP\/1\.[01]$/.test(line) ? byName('http/1.1') : 'no'
  return first.length < MAX_LINE_BYTES ? 'undecided' : 'no'
}

/** Right, or not there yet. */
const isAt = (bytes: Uint8Array, at: number, byte: number): boolean => (bytes[at] ?? byte) === byte

const startsLike = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  prefix.every((byte, at) => isAt(bytes, at, byte))
