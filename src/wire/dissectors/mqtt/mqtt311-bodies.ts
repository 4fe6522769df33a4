import { returnCodeOf } from '../../../model/wire/mqtt-reasons.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import type { PacketBody } from './fields.ts'
import type { Packet as MqttPacket } from './mqtt-stream.ts'
import type { PacketName } from './mqtt311-packets.ts'
import type { MqttSession, PublishAcknowledgement } from './mqtt311-session.ts'

type Packet = MqttPacket<MqttSession>

/** What follows the fixed header, by packet type; each tells the session what it means. */
export const BODY_READERS: Readonly<Record<PacketName, (packet: Packet) => Reading<void>>> = {
  CONNECT: readConnect,
  CONNACK: readConnack,
  PUBLISH: readPublish,
  PUBACK: (packet) => readAcknowledgement('PUBACK', packet),
  PUBREC: (packet) => readAcknowledgement('PUBREC', packet),
  PUBREL: (packet) => readAcknowledgement('PUBREL', packet),
  PUBCOMP: (packet) => readAcknowledgement('PUBCOMP', packet),
  SUBSCRIBE: readSubscribe,
  SUBACK: readSuback,
  UNSUBSCRIBE: readUnsubscribe,
  UNSUBACK: readUnsuback,
  PINGREQ: readNothing((session) => session.ping()),
  PINGRESP: readNothing((session) => session.answerPing()),
  DISCONNECT: readNothing((session) => session.disconnect()),
}

/** Clean Session, or Clean Start in 5.0. */
export const CLEAN = 0x02
export const WILL = 0x04
const WILL_RETAIN = 0x20
export const PASSWORD = 0x40
export const USER_NAME = 0x80

function* readConnect({ body, session }: Packet): Reading<void> {
  const { protocolName, level } = session.dialect
  yield* readProtocolName(body, protocolName, 'MQTT 3.1.1 §3.1.2.1')
  yield* readProtocolLevel(body, 'Protocol Level', 'MQTT 3.1.1 §3.1.2.2', level)
  const flags = yield* body.byte('Connect Flags', 'MQTT 3.1.1 §3.1.2.3', (byte) => {
    const names = describeConnectFlags(byte, 'Clean Session', CONNECT_FLAG_CLAUSES)
    if (!(byte & USER_NAME) && byte & PASSWORD) {
      throw new MalformedBytes('a Password is given without a User Name [MQTT-3.1.2-22]')
    }
    return names
  })
  yield* body.uint16('Keep Alive', 'MQTT 3.1.1 §3.1.2.10')
  const clientId = yield* body.string('Client Identifier', 'MQTT 3.1.1 §3.1.3.1', 'shown')
  if (clientId === '' && (flags & CLEAN) === 0) {
    body.rules.breach('an empty Client Identifier without Clean Session [MQTT-3.1.3-7]')
  }
  if (flags & WILL) {
    const topic = yield* body.string('Will Topic', 'MQTT 3.1.1 §3.1.3.2', 'shown')
    body.rules.check(() => refuseBadTopicName('Will Topic', topic))
    yield* body.binary('Will Message', 'MQTT 3.1.1 §3.1.3.3', 'shown')
  }
  if (flags & USER_NAME) yield* body.string('User Name', 'MQTT 3.1.1 §3.1.3.4', 'withheld')
  if (flags & PASSWORD) yield* body.binary('Password', 'MQTT 3.1.1 §3.1.3.5', 'withheld')
  body.finish()
  session.connect(clientId, (flags & CLEAN) !== 0)
}

export function* readProtocolName(
  body: PacketBody,
  expected: string,
  clause: string,
): Reading<void> {
  const name = yield* body.string('Protocol Name', clause, 'shown')
  if (name !== expected) {
    body.rules.breach(`the Protocol Name is not ${expected} [MQTT-3.1.2-1]`)
  }
}

/** With it a bridge of Mosquitto says what it is, unless it is told not to: no specification knows it. */
const BRIDGE = 0x80

export function* readProtocolLevel(
  body: PacketBody,
  label: string,
  clause: string,
  expected: number,
): Reading<void> {
  yield* body.byte(label, clause, (level) => {
    if (level === expected) return String(level)
    if (level === (expected | BRIDGE)) {
      body.rules.breach(`the ${label} has Mosquitto's bridge bit [MQTT-3.1.2-2]`)
      return `${expected}, of a bridge`
    }
    throw new MalformedBytes(`the ${label} is ${level}, not ${expected} [MQTT-3.1.2-2]`)
  })
}

interface ConnectFlagClauses {
  readonly willQosAlone: string
  readonly willQos3: string
  readonly willRetainAlone: string
}

const CONNECT_FLAG_CLAUSES: ConnectFlagClauses = {
  willQosAlone: 'MQTT-3.1.2-13',
  willQos3: 'MQTT-3.1.2-14',
  willRetainAlone: 'MQTT-3.1.2-15',
}

/** @param clean what the version calls that flag */
export function describeConnectFlags(
  flags: number,
  clean: 'Clean Session' | 'Clean Start',
  { willQosAlone, willQos3, willRetainAlone }: ConnectFlagClauses,
): string {
  const willQos = (flags >> 3) & 3
  if (flags & 1) throw new MalformedBytes('the reserved Connect Flag is set [MQTT-3.1.2-3]')
  if (!(flags & WILL) && willQos > 0) {
    throw new MalformedBytes(`Will QoS is given without a will [${willQosAlone}]`)
  }
  if (willQos === 3) throw new MalformedBytes(`Will QoS is 3 [${willQos3}]`)
  if (!(flags & WILL) && flags & WILL_RETAIN) {
    throw new MalformedBytes(`Will Retain is set without a will [${willRetainAlone}]`)
  }
  const names: string[] = []
  if (flags & CLEAN) names.push(clean)
  if (flags & WILL) names.push(`Will QoS ${willQos}`)
  if (flags & WILL_RETAIN) names.push('Will Retain')
  if (flags & USER_NAME) names.push('User Name')
  if (flags & PASSWORD) names.push('Password')
  return names.join(', ') || 'none'
}

function* readConnack({ body, session }: Packet): Reading<void> {
  const flags = yield* body.byte('Connect Acknowledge Flags', 'MQTT 3.1.1 §3.2.2.1', (byte) => {
    if (byte > 1) {
      throw new MalformedBytes('a reserved Connect Acknowledge Flag is set (MQTT 3.1.1 §3.2.2.1)')
    }
    return byte === 1 ? 'Session Present' : 'none'
  })
  const code = yield* body.byte('Connect Return code', 'MQTT 3.1.1 §3.2.2.3', (byte) => {
    if (byte > 5) throw new MalformedBytes(`Connect Return code ${byte} is reserved (Table 3.1)`)
    return describeReturnCode(byte)
  })
  body.finish()
  session.answerConnect(flags === 1, code)
  body.outcome('CONNACK', describeReturnCode(code), code === 0 ? 'accepted' : 'refused')
}

/** Table 3.1. */
export function describeReturnCode(code: number): string {
  if (code === 0) return '0 accepted'
  const why = returnCodeOf(code)
  return why === undefined ? `${code} refused` : `${code} refused: ${why}`
}

function* readPublish(packet: Packet): Reading<void> {
  const { flags, direction, body, session } = packet
  const qos = (flags >> 1) & 3
  const topic = yield* body.string('Topic Name', 'MQTT 3.1.1 §3.3.2.1', 'shown')
  body.rules.check(() => refuseBadTopicName('Topic Name', topic))
  const identifier = qos > 0 ? yield* body.packetIdentifier() : null
  yield* body.payload()
  if (identifier !== null) {
    packet.copy = session.publish(direction, qos, identifier, (flags & 8) !== 0)
  }
}

export function refuseBadTopicName(label: string, topic: string): void {
  if (topic === '') throw new MalformedBytes(`${label} is empty [MQTT-4.7.3-1]`)
  if (/[#+]/.test(topic)) throw new MalformedBytes(`${label} has a wildcard [MQTT-4.7.1-1]`)
}

function* readAcknowledgement(
  name: PublishAcknowledgement,
  { direction, body, session }: Packet,
): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  body.finish()
  session.acknowledge(name, direction, identifier)
}

function* readSubscribe({ body, session }: Packet): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  let filters = 0
  do {
    yield* readTopicFilter(body, 'SUBSCRIBE has no topic filter [MQTT-3.8.3-3]')
    yield* body.byte('Requested QoS', 'MQTT 3.1.1 §3.8.3', (byte) => {
      if (byte > 2) throw new MalformedBytes(`Requested QoS is ${byte} [MQTT-3-8.3-4]`)
      return String(byte)
    })
    filters += 1
  } while (body.leftBytes > 0)
  session.subscribe(identifier, filters)
}

function* readUnsubscribe({ body, session }: Packet): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  do {
    yield* readTopicFilter(body, 'UNSUBSCRIBE has no topic filter [MQTT-3.10.3-2]')
  } while (body.leftBytes > 0)
  session.unsubscribe(identifier)
}

export function* readTopicFilter(
  body: PacketBody,
  none: WirePhrase,
  clause = 'MQTT 3.1.1 §4.7',
): Reading<void> {
  if (body.leftBytes === 0) throw new MalformedBytes(none)
  const filter = yield* body.string('Topic Filter', clause, 'shown')
  body.rules.check(() => refuseBadFilter(filter))
}

function refuseBadFilter(filter: string): void {
  if (filter === '') throw new MalformedBytes('Topic Filter is empty [MQTT-4.7.3-1]')
  const levels = filter.split('/')
  levels.forEach((level, index) => {
    const last = index === levels.length - 1
    if (level.includes('#') && !(level === '#' && last)) {
      throw new MalformedBytes('# is not the last level of the Topic Filter [MQTT-4.7.1-2]')
    }
    if (level.includes('+') && level !== '+') {
      throw new MalformedBytes('+ does not fill a level of the Topic Filter [MQTT-4.7.1-3]')
    }
  })
}

function* readSuback({ body, session }: Packet): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  let returnCodes = 0
  while (body.leftBytes > 0) {
    const code = yield* body.byte('Return Code', 'MQTT 3.1.1 §3.9.3', (byte) => {
      if (byte <= 2) return `${byte} granted QoS ${byte}`
      if (byte === 0x80) return '128 failure'
      throw new MalformedBytes(`SUBACK return code ${byte} is reserved [MQTT-3.9.3-2]`)
    })
    if (code <= 2) body.outcome('SUBACK', `${code} granted QoS ${code}`, 'accepted')
    else body.outcome('SUBACK', `${code} failure`, 'refused')
    returnCodes += 1
  }
  session.answerSubscribe(identifier, returnCodes)
}

function* readUnsuback({ body, session }: Packet): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  body.finish()
  session.answerUnsubscribe(identifier)
}

export function readNothing<Session>(
  tell: (session: Session) => void,
): (packet: MqttPacket<Session>) => Reading<void> {
  // biome-ignore lint/correctness/useYield: a packet without a body demands nothing
  return function* ({ body, session }) {
    body.finish()
    tell(session)
  }
}
