import { FIRST_FAILURE, reasonOf } from '../../../model/wire/mqtt-reasons.ts'
import { MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import type { Packet as MqttPacket } from './mqtt-stream.ts'
import type { PacketName5 } from './mqtt5-packets.ts'
import { readProperties } from './mqtt5-properties.ts'
import type { Mqtt5Session } from './mqtt5-session.ts'
import {
  CLEAN,
  describeConnectFlags,
  describeReturnCode,
  PASSWORD,
  readNothing,
  readProtocolLevel,
  readProtocolName,
  readTopicFilter,
  refuseBadTopicName,
  USER_NAME,
  WILL,
} from './mqtt311-bodies.ts'
import type { PublishAcknowledgement } from './mqtt311-session.ts'

type Packet = MqttPacket<Mqtt5Session>

/** What follows the fixed header, by packet type; each tells the session what it means. */
export const BODY_READERS_5: Readonly<Record<PacketName5, (packet: Packet) => Reading<void>>> = {
  CONNECT: readConnect,
  CONNACK: readConnack,
  PUBLISH: readPublish,
  PUBACK: (packet) => readAcknowledgement('PUBACK', '3.4', packet),
  PUBREC: (packet) => readAcknowledgement('PUBREC', '3.5', packet),
  PUBREL: (packet) => readAcknowledgement('PUBREL', '3.6', packet),
  PUBCOMP: (packet) => readAcknowledgement('PUBCOMP', '3.7', packet),
  SUBSCRIBE: readSubscribe,
  SUBACK: readSuback,
  UNSUBSCRIBE: readUnsubscribe,
  UNSUBACK: readUnsuback,
  PINGREQ: readNothing((session) => session.exchanges.ping()),
  PINGRESP: readNothing((session) => session.exchanges.answerPing()),
  DISCONNECT: readDisconnect,
  AUTH: readAuth,
}

/** Unlike in 3.1.1, a password may come without a user name (§3.1.2.3). */
const CONNECT_FLAG_CLAUSES = {
  willQosAlone: 'MQTT-3.1.2-11',
  willQos3: 'MQTT-3.1.2-12',
  willRetainAlone: 'MQTT-3.1.2-13',
}

function* readConnect({ body, session }: Packet): Reading<void> {
  yield* readProtocolName(body, 'MQTT', 'MQTT 5.0 §3.1.2.1')
  yield* readProtocolLevel(body, 'Protocol Version', 'MQTT 5.0 §3.1.2.2', 5)
  const flags = yield* body.byte('Connect Flags', 'MQTT 5.0 §3.1.2.3', (byte) =>
    describeConnectFlags(byte, 'Clean Start', CONNECT_FLAG_CLAUSES),
  )
  yield* body.uint16('Keep Alive', 'MQTT 5.0 §3.1.2.10')
  yield* readProperties(body, 'CONNECT')
  const clientId = yield* body.string('Client Identifier', 'MQTT 5.0 §3.1.3.1', 'shown')
  if (flags & WILL) {
    yield* readProperties(body, 'will')
    const topic = yield* body.string('Will Topic', 'MQTT 5.0 §3.1.3.3', 'shown')
    body.rules.check(() => refuseBadTopicName('Will Topic', topic))
    yield* body.binary('Will Payload', 'MQTT 5.0 §3.1.3.4', 'shown')
  }
  if (flags & USER_NAME) yield* body.string('User Name', 'MQTT 5.0 §3.1.3.5', 'withheld')
  if (flags & PASSWORD) yield* body.binary('Password', 'MQTT 5.0 §3.1.3.6', 'withheld')
  body.finish()
  session.exchanges.connect(clientId, (flags & CLEAN) !== 0)
}

/** It has no properties, and so no length of them. */
const CONNACK_3_BYTES = 2

function* readConnack({ body, session }: Packet): Reading<void> {
  const isOlder = body.leftBytes === CONNACK_3_BYTES
  if (isOlder)
    body.rules.breach('CONNACK is one of MQTT 3.1.1, to a client of MQTT 5 [MQTT-3.1.2-2]')
  const flags = yield* body.byte('Connect Acknowledge Flags', 'MQTT 5.0 §3.2.2.1', (byte) => {
    if (byte > 1) {
      throw new MalformedBytes('a reserved Connect Acknowledge Flag is set [MQTT-3.2.2-1]')
    }
    return byte === 1 ? 'Session Present' : 'none'
  })
  const describe = isOlder ? describeReturnCode : describeReason
  const code = yield* body.byte('Connect Reason Code', 'MQTT 5.0 §3.2.2.2', describe)
  if (!isOlder) yield* readProperties(body, 'CONNACK')
  body.finish()
  session.exchanges.answerConnect(flags === 1, code)
  const verdict = code === 0 ? 'accepted' : 'refused'
  body.outcome('CONNACK', isOlder ? describeReturnCode(code) : reasonText(code), verdict)
}

function* readPublish(packet: Packet): Reading<void> {
  const { flags, direction, body, session } = packet
  const qos = (flags >> 1) & 3
  const topic = yield* body.string('Topic Name', 'MQTT 5.0 §3.3.2.1', 'shown')
  // Empty where an alias stands for it.
  if (topic !== '') body.rules.check(() => refuseBadTopicName('Topic Name', topic))
  const identifier = qos > 0 ? yield* body.packetIdentifier() : null
  const numbers = yield* readProperties(body, 'PUBLISH')
  const isKnown = session.useAlias(direction, topic, numbers.get('Topic Alias') ?? null)
  if (!isKnown) body.outcome('PUBLISH', 'topic unknown: its alias was set before', 'unmatched')
  yield* body.payload()
  if (identifier === null) return
  packet.copy = session.exchanges.publish(direction, qos, identifier, (flags & 8) !== 0)
}

/** §3.4.2.1: the Reason Code may be left out where it is 0, the Property Length where there is none. */
function* readAcknowledgement(
  name: PublishAcknowledgement,
  section: string,
  { direction, body, session }: Packet,
): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  const code = yield* readReason(body, section, name)
  body.finish()
  const verdict = code < FIRST_FAILURE ? 'accepted' : 'refused'
  if (name === 'PUBACK' || name === 'PUBREC' || verdict === 'refused') {
    body.outcome(name, reasonText(code), verdict)
  }
  session.exchanges.acknowledge(name, direction, identifier, verdict)
}

/** @returns the Reason Code, 0 where it was left out */
function* readReason(
  body: Packet['body'],
  section: string,
  name: PublishAcknowledgement | 'DISCONNECT' | 'AUTH',
): Reading<number> {
  if (body.leftBytes === 0) return 0
  const clause = `MQTT 5.0 §${section}.2.1`
  const code = yield* body.byte(`${name} Reason Code`, clause, describeReason)
  if (body.leftBytes > 0) yield* readProperties(body, name)
  return code
}

function* readSubscribe({ body, session }: Packet): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  yield* readProperties(body, 'SUBSCRIBE')
  let filters = 0
  do {
    yield* readTopicFilter(body, 'SUBSCRIBE has no topic filter [MQTT-3.8.3-2]', FILTER_CLAUSE)
    yield* body.byte('Subscription Options', 'MQTT 5.0 §3.8.3.1', describeSubscription)
    filters += 1
  } while (body.leftBytes > 0)
  session.exchanges.subscribe(identifier, filters)
}

const FILTER_CLAUSE = 'MQTT 5.0 §4.7'

function describeSubscription(options: number): string {
  if (options & 0xc0)
    throw new MalformedBytes('a reserved Subscription Option is set [MQTT-3.8.3-5]')
  if ((options & 3) === 3) throw new MalformedBytes('the Maximum QoS is 3 (MQTT 5.0 §3.8.3.1)')
  const retainHandling = options >> 4
  if (retainHandling === 3) throw new MalformedBytes('Retain Handling is 3 (MQTT 5.0 §3.8.3.1)')
  const names = [`QoS ${options & 3}`]
  if (options & 4) names.push('No Local')
  if (options & 8) names.push('Retain As Published')
  if (retainHandling > 0) names.push(`Retain Handling ${retainHandling}`)
  return names.join(', ')
}

function* readSuback({ body, session }: Packet): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  yield* readProperties(body, 'SUBACK')
  const codes = yield* readReasonCodes(body, 'SUBACK', 'MQTT 5.0 §3.9.3')
  session.exchanges.answerSubscribe(identifier, codes)
}

function* readUnsubscribe({ body, session }: Packet): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  yield* readProperties(body, 'UNSUBSCRIBE')
  let filters = 0
  do {
    yield* readTopicFilter(body, 'UNSUBSCRIBE has no topic filter [MQTT-3.10.3-2]', FILTER_CLAUSE)
    filters += 1
  } while (body.leftBytes > 0)
  session.unsubscribe(identifier, filters)
}

function* readUnsuback({ body, session }: Packet): Reading<void> {
  const identifier = yield* body.packetIdentifier()
  yield* readProperties(body, 'UNSUBACK')
  const codes = yield* readReasonCodes(body, 'UNSUBACK', 'MQTT 5.0 §3.11.3')
  session.answerUnsubscribe(identifier, codes)
}

function* readReasonCodes(body: Packet['body'], name: string, clause: string): Reading<number> {
  let codes = 0
  while (body.leftBytes > 0) {
    const code = yield* body.byte('Reason Code', clause, describeReason)
    body.outcome(name, reasonText(code), code < FIRST_FAILURE ? 'accepted' : 'refused')
    codes += 1
  }
  return codes
}

function* readDisconnect({ direction, body, session }: Packet): Reading<void> {
  const code = yield* readReason(body, '3.14', 'DISCONNECT')
  body.finish()
  body.outcome('DISCONNECT', reasonText(code), code < FIRST_FAILURE ? 'accepted' : 'refused')
  session.leave(direction)
}

function* readAuth({ body }: Packet): Reading<void> {
  yield* readReason(body, '3.15', 'AUTH')
  body.finish()
}

/** For what is told of it beside the frame. */
const reasonText = (code: number): string =>
  `${code} ${code === 0 ? 'success' : (reasonOf(code) ?? 'not defined')}`

/** @throws MalformedBytes where the code has no meaning */
function describeReason(code: number): string {
  if (code !== 0 && reasonOf(code) === undefined) {
    throw new MalformedBytes(`Reason Code ${code} is not defined (MQTT 5.0 §2.4)`)
  }
  return reasonText(code)
}
