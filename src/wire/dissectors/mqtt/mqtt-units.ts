import type { Direction } from '../../../model/vocabulary.ts'
import type { MeasureUnit } from '../parsing/unit-search.ts'
import type { PacketType } from './mqtt311-packets.ts'

/** Of the Remaining Length; more bytes than it needs are taken by nobody (MQTT 3.1.1 §2.2.3). */
const MAX_LENGTH_BYTES = 4

/**
 * Whether a packet begins at a place, and how long it is: its type may come from
 * that side, its flags are the type's, and what stands behind the fixed header is
 * what the type has there.
 */
export function measurePackets(
  direction: Direction,
  packetTypes: readonly (PacketType<string> | undefined)[],
  major: 3 | 5,
): MeasureUnit {
  return (bytes, at) => {
    const first = bytes[at] ?? 0
    const type = packetTypes[first >> 4]
    if (type === undefined || (type.sender !== null && type.sender !== direction)) return null
    const flags = first & 0x0f
    if (type.flags !== null && flags !== type.flags) return null
    const head = remainingLength(bytes, at + 1)
    if (head === 'more' || head === null) return head
    const begins =
      type.flags === null
        ? isPublish(bytes, head, flags, major)
        : (BODIES[type.name]?.(bytes, head, major) ?? true)
    if (begins !== true) return begins === false ? null : begins
    return head.bodyAt + head.bodyBytes - at
  }
}

interface Head {
  bodyAt: number
  bodyBytes: number
}

function remainingLength(bytes: Uint8Array, at: number): Head | 'more' | null {
  let value = 0
  for (let index = 0; index < MAX_LENGTH_BYTES; index += 1) {
    const byte = bytes[at + index]
    if (byte === undefined) return 'more'
    value += (byte & 0x7f) * 128 ** index
    if (byte >= 0x80) continue
    const isMinimal = index === 0 || byte > 0
    return isMinimal ? { bodyAt: at + index + 1, bodyBytes: value } : null
  }
  return null
}

type Check = (bytes: Uint8Array, head: Head, major: 3 | 5) => boolean | 'more'

/** How many bytes the body has in 3.1.1; in 5.0 reason and properties may follow. */
const sized =
  (exactly: number, leastIn5 = exactly): Check =>
  (_bytes, { bodyBytes }, major) =>
    major === 3 ? bodyBytes === exactly : bodyBytes >= leastIn5

/** A Packet Identifier, which is never 0, and at least so many bytes behind it. */
const identified =
  (atLeast: number): Check =>
  (bytes, { bodyAt, bodyBytes }) => {
    if (bodyBytes < 2 + atLeast) return false
    const [high, low] = [bytes[bodyAt], bytes[bodyAt + 1]]
    if (high === undefined || low === undefined) return 'more'
    return high + low > 0
  }

const both =
  (one: Check, other: Check): Check =>
  (bytes, head, major) => {
    const verdict = one(bytes, head, major)
    return verdict === true ? other(bytes, head, major) : verdict
  }

/** In 5.0 a Reason Code and properties may follow, which say how long they are. */
const reasoned =
  (reasonAt: number): Check =>
  (bytes, { bodyAt, bodyBytes }, major) => {
    if (major === 3 || bodyBytes <= reasonAt) return true
    const reason = bytes[bodyAt + reasonAt]
    if (reason === undefined) return 'more'
    if (!isReason(reason)) return false
    if (bodyBytes === reasonAt + 1) return true
    const properties = remainingLength(bytes, bodyAt + reasonAt + 1)
    if (properties === 'more' || properties === null) return properties ?? false
    return properties.bodyAt + properties.bodyBytes === bodyAt + bodyBytes
  }

/** What is no failure, or a failure (MQTT 5.0 §2.4). */
const isReason = (code: number): boolean =>
  [0, 4, 16, 24, 25].includes(code) || (code >= 128 && code <= 162)

const acknowledgement = both(both(sized(2), identified(0)), reasoned(2))

const isConnack: Check = (bytes, { bodyAt, bodyBytes }, major) => {
  if (major === 3 ? bodyBytes !== 2 : bodyBytes < 2) return false
  const flags = bytes[bodyAt]
  return flags === undefined ? 'more' : flags <= 1
}

const BODIES: Readonly<Record<string, Check>> = {
  CONNECT: (_bytes, { bodyBytes }) => bodyBytes >= 12,
  CONNACK: isConnack,
  PUBACK: acknowledgement,
  PUBREC: acknowledgement,
  PUBREL: acknowledgement,
  PUBCOMP: acknowledgement,
  SUBSCRIBE: identified(4),
  SUBACK: identified(1),
  UNSUBSCRIBE: identified(3),
  UNSUBACK: both(sized(2, 4), identified(0)),
  PINGREQ: (_bytes, { bodyBytes }) => bodyBytes === 0,
  PINGRESP: (_bytes, { bodyBytes }) => bodyBytes === 0,
  DISCONNECT: both(sized(0), reasoned(0)),
  AUTH: both(sized(0), reasoned(0)),
}

/** A topic that is one, inside the packet, and behind it what the QoS and the version ask for. */
function isPublish(
  bytes: Uint8Array,
  { bodyAt, bodyBytes }: Head,
  flags: number,
  major: 3 | 5,
): boolean | 'more' {
  const qos = (flags >> 1) & 3
  if (qos === 3 || bodyBytes < 2) return false
  const [high, low] = [bytes[bodyAt], bytes[bodyAt + 1]]
  if (high === undefined || low === undefined) return 'more'
  const topicBytes = high * 256 + low
  const identifierBytes = qos === 0 ? 0 : 2
  const propertyBytes = major === 5 ? 1 : 0
  if (2 + topicBytes + identifierBytes + propertyBytes > bodyBytes) return false
  if (topicBytes === 0 && major === 3) return false
  const behind = bodyAt + 2 + topicBytes
  for (let at = bodyAt + 2; at < behind; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) return 'more'
    // Control characters, wildcards and bytes that UTF-8 never has.
    if (byte < 0x20 || byte === 0x23 || byte === 0x2b || byte === 0x7f || byte >= 0xf5) return false
  }
  if (qos > 0) {
    const [idHigh, idLow] = [bytes[behind], bytes[behind + 1]]
    if (idHigh === undefined || idLow === undefined) return 'more'
    if (idHigh + idLow === 0) return false
  }
  if (major === 3) return true
  const properties = remainingLength(bytes, behind + identifierBytes)
  if (properties === 'more' || properties === null) return properties ?? false
  return properties.bodyAt + properties.bodyBytes <= bodyAt + bodyBytes
}
