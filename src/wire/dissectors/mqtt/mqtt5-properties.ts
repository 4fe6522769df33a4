import { MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import { decodeString, type FieldClauses, type PacketBody } from './fields.ts'
import type { PacketName5 } from './mqtt5-packets.ts'

/** Where properties stand: in a packet, or with the will of CONNECT. */
export type PropertyPlace = PacketName5 | 'will'

type PropertyType = 'byte' | 'uint16' | 'uint32' | 'variable' | 'string' | 'binary' | 'pair'

interface Property {
  readonly name: string
  readonly type: PropertyType
  /** The section of MQTT 5.0 that defines it, in each place that may have it. */
  readonly sections: Partial<Record<PropertyPlace, string>>
}

const property = (
  name: string,
  type: PropertyType,
  sections: Partial<Record<PropertyPlace, string>>,
): Property => ({ name, type, sections })

export const CLAUSES_5: FieldClauses = {
  remainingLength: 'MQTT 5.0 §2.1.4',
  packetIdentifier: 'MQTT 5.0 §2.2.1',
  zeroIdentifier: 'MQTT-2.2.1-3',
  string: 'MQTT 5.0 §1.5.4',
  illFormed: 'MQTT-1.5.4-1',
  nullCharacter: 'MQTT-1.5.4-2',
  payload: 'MQTT 5.0 §3.3.3',
}

/** By identifier (§2.2.2.2). */
const PROPERTIES: Readonly<Record<number, Property>> = {
  1: property('Payload Format Indicator', 'byte', { PUBLISH: '3.3.2.3.2', will: '3.1.3.2.3' }),
  2: property('Message Expiry Interval', 'uint32', { PUBLISH: '3.3.2.3.3', will: '3.1.3.2.4' }),
  3: property('Content Type', 'string', { PUBLISH: '3.3.2.3.9', will: '3.1.3.2.5' }),
  8: property('Response Topic', 'string', { PUBLISH: '3.3.2.3.5', will: '3.1.3.2.6' }),
  9: property('Correlation Data', 'binary', { PUBLISH: '3.3.2.3.6', will: '3.1.3.2.7' }),
  11: property('Subscription Identifier', 'variable', {
    PUBLISH: '3.3.2.3.8',
    SUBSCRIBE: '3.8.2.1.2',
  }),
  17: property('Session Expiry Interval', 'uint32', {
    CONNECT: '3.1.2.11.2',
    CONNACK: '3.2.2.3.2',
    DISCONNECT: '3.14.2.2.2',
  }),
  18: property('Assigned Client Identifier', 'string', { CONNACK: '3.2.2.3.7' }),
  19: property('Server Keep Alive', 'uint16', { CONNACK: '3.2.2.3.14' }),
  21: property('Authentication Method', 'string', {
    CONNECT: '3.1.2.11.9',
    CONNACK: '3.2.2.3.17',
    AUTH: '3.15.2.2.2',
  }),
  22: property('Authentication Data', 'binary', {
    CONNECT: '3.1.2.11.10',
    CONNACK: '3.2.2.3.18',
    AUTH: '3.15.2.2.3',
  }),
  23: property('Request Problem Information', 'byte', { CONNECT: '3.1.2.11.7' }),
  24: property('Will Delay Interval', 'uint32', { will: '3.1.3.2.2' }),
  25: property('Request Response Information', 'byte', { CONNECT: '3.1.2.11.6' }),
  26: property('Response Information', 'string', { CONNACK: '3.2.2.3.15' }),
  28: property('Server Reference', 'string', { CONNACK: '3.2.2.3.16', DISCONNECT: '3.14.2.2.5' }),
  31: property('Reason String', 'string', {
    CONNACK: '3.2.2.3.9',
    PUBACK: '3.4.2.2.2',
    PUBREC: '3.5.2.2.2',
    PUBREL: '3.6.2.2.2',
    PUBCOMP: '3.7.2.2.2',
    SUBACK: '3.9.2.1.2',
    UNSUBACK: '3.11.2.1.2',
    DISCONNECT: '3.14.2.2.3',
    AUTH: '3.15.2.2.4',
  }),
  33: property('Receive Maximum', 'uint16', { CONNECT: '3.1.2.11.3', CONNACK: '3.2.2.3.3' }),
  34: property('Topic Alias Maximum', 'uint16', { CONNECT: '3.1.2.11.5', CONNACK: '3.2.2.3.8' }),
  35: property('Topic Alias', 'uint16', { PUBLISH: '3.3.2.3.4' }),
  36: property('Maximum QoS', 'byte', { CONNACK: '3.2.2.3.4' }),
  37: property('Retain Available', 'byte', { CONNACK: '3.2.2.3.5' }),
  38: property('User Property', 'pair', {
    CONNECT: '3.1.2.11.8',
    CONNACK: '3.2.2.3.10',
    PUBLISH: '3.3.2.3.7',
    will: '3.1.3.2.8',
    PUBACK: '3.4.2.2.3',
    PUBREC: '3.5.2.2.3',
    PUBREL: '3.6.2.2.3',
    PUBCOMP: '3.7.2.2.3',
    SUBSCRIBE: '3.8.2.1.3',
    SUBACK: '3.9.2.1.3',
    UNSUBSCRIBE: '3.10.2.1.2',
    UNSUBACK: '3.11.2.1.3',
    DISCONNECT: '3.14.2.2.4',
    AUTH: '3.15.2.2.5',
  }),
  39: property('Maximum Packet Size', 'uint32', { CONNECT: '3.1.2.11.4', CONNACK: '3.2.2.3.6' }),
  40: property('Wildcard Subscription Available', 'byte', { CONNACK: '3.2.2.3.11' }),
  41: property('Subscription Identifiers Available', 'byte', { CONNACK: '3.2.2.3.12' }),
  42: property('Shared Subscription Available', 'byte', { CONNACK: '3.2.2.3.13' }),
}

const LENGTH_CLAUSE = 'MQTT 5.0 §2.2.2.1'
const FIXED_BYTES = { byte: 1, uint16: 2, uint32: 4 } as const

/**
 * The Property Length and the properties behind it, one part each: identifier
 * and value together. Numbers and strings are shown. Authentication Data and user
 * properties, in which tokens travel, are withheld.
 * @returns the numbers among them, by name
 */
export function* readProperties(
  body: PacketBody,
  place: PropertyPlace,
): Reading<ReadonlyMap<string, number>> {
  const { value: lengthBytes, sizeBytes } = yield* takeVariable(body, 'Property Length')
  body.note('Property Length', sizeBytes, { text: String(lengthBytes), clause: LENGTH_CLAUSE })
  if (lengthBytes > body.leftBytes) {
    throw new MalformedBytes(`the Property Length runs past the packet (${LENGTH_CLAUSE})`)
  }
  const endsAt = body.leftBytes - lengthBytes
  const numbers = new Map<string, number>()
  const seen = new Set<string>()
  while (body.leftBytes > endsAt) {
    const before = body.leftBytes
    const identifier = yield* takeVariable(body, 'Property Identifier')
    const found = PROPERTIES[identifier.value]
    const section = found?.sections[place]
    if (found === undefined || section === undefined || identifier.sizeBytes !== 1) {
      const where = place === 'will' ? 'a will' : place
      body.rules.breach(`${where} has no property ${identifier.value} (MQTT 5.0 §2.2.2.2)`)
      // How long it is, only its name tells: those behind it cannot be told apart.
      yield body.take('other properties', body.leftBytes - endsAt)
      body.note('other properties', before - endsAt, { disclosure: 'withheld' })
      break
    }
    const { name, type } = found
    const mayRepeat = type === 'pair' || (type === 'variable' && place === 'PUBLISH')
    if (seen.has(name) && !mayRepeat) {
      body.rules.breach(`${name} is there twice (MQTT 5.0 §${section})`)
    }
    seen.add(name)
    const { text, number } = yield* takeValue(body, name, type)
    if (number !== undefined) numbers.set(name, number)
    if (body.leftBytes < endsAt) {
      throw new MalformedBytes(`${name} runs past the Property Length (${LENGTH_CLAUSE})`)
    }
    const clause = `MQTT 5.0 §${section}`
    const disclosure = type === 'pair' || name === 'Authentication Data' ? 'withheld' : 'shown'
    body.note(name, before - body.leftBytes, {
      clause,
      ...(text !== undefined && { text }),
      ...(disclosure === 'withheld' && { disclosure }),
    })
  }
  return numbers
}

/** §1.5.5: seven bits a byte, the lowest first, four bytes at most. */
function* takeVariable(
  body: PacketBody,
  label: string,
): Reading<{ value: number; sizeBytes: number }> {
  let value = 0
  for (let index = 0; index < 4; index += 1) {
    const [byte = 0] = yield body.take(label, 1)
    value += (byte & 0x7f) * 128 ** index
    if (byte < 0x80) return { value, sizeBytes: index + 1 }
  }
  throw new MalformedBytes(`the ${label} is longer than four bytes (MQTT 5.0 §1.5.5)`)
}

function* takeValue(
  body: PacketBody,
  name: string,
  type: PropertyType,
): Reading<{ text?: string; number?: number }> {
  switch (type) {
    case 'string': {
      const text = decodeString(name, yield* takePrefixed(body, name), CLAUSES_5, body.rules)
      return { text }
    }
    case 'binary':
      yield* takePrefixed(body, name)
      return {}
    case 'pair':
      decodeString(name, yield* takePrefixed(body, name), CLAUSES_5, body.rules)
      decodeString(name, yield* takePrefixed(body, name), CLAUSES_5, body.rules)
      return {}
    case 'variable': {
      const { value } = yield* takeVariable(body, name)
      return { text: String(value), number: value }
    }
    default: {
      const bytes = yield body.take(name, FIXED_BYTES[type])
      const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
      return { text: String(value), number: value }
    }
  }
}

function* takePrefixed(body: PacketBody, name: string): Reading<Uint8Array> {
  const [high = 0, low = 0] = yield body.take(name, 2)
  return yield body.take(name, high * 256 + low)
}
