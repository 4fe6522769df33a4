import type { DissectorFactory } from '../../model/frame.ts'
import { MalformedBytes, type Reading, take } from './byte-parser.ts'
import { FrameStream } from './frame-stream.ts'
import { BODY_READERS } from './mqtt311-bodies.ts'
import { PacketBody, readRemainingLength } from './mqtt311-fields.ts'
import { PACKET_TYPES, type PacketType } from './mqtt311-packets.ts'
import { MqttSession } from './mqtt311-session.ts'

/** MQTT 3.1.1, the OASIS standard of 29 October 2014. */
export const dissectMqtt311: DissectorFactory = (sink) => {
  const session = new MqttSession()
  const read = (stream: FrameStream): Reading<void> => readPackets(stream, session)
  const up = new FrameStream('up', 'a packet', sink, read)
  const down = new FrameStream('down', 'a packet', sink, read)
  return {
    feed: (direction, bytes) => (direction === 'up' ? up : down).feed(bytes),
    end: () => {
      up.end()
      down.end()
    },
  }
}

function* readPackets(stream: FrameStream, session: MqttSession): Reading<void> {
  const { direction } = stream
  while (true) {
    const [first = 0] = yield* take(1)
    const type = PACKET_TYPES[first >> 4]
    if (type === undefined) {
      throw new MalformedBytes(`packet type ${first >> 4} is reserved (MQTT 3.1.1 §2.2.1)`)
    }
    const flags = first & 0x0f
    stream.unit = type.name
    if (type.sender !== null && type.sender !== direction) {
      const sender = direction === 'up' ? 'client' : 'server'
      throw new MalformedBytes(`a ${sender} does not send ${type.name} (MQTT 3.1.1 §2.2.1)`)
    }
    session.admit(type.name, direction)
    const text = type.flags === null ? describePublish(flags) : describeFixed(type, flags)
    stream.part(type.layer, 'packet type and flags', 1, { text, clause: 'MQTT 3.1.1 §2.2' })
    const remainingLength = yield* readRemainingLength(stream, type.layer)
    const body = new PacketBody(stream, type.layer, remainingLength)
    yield* BODY_READERS[type.name]({ flags, direction, body, session })
    stream.frame(type.phase, type.name, type.section)
  }
}

function describeFixed(type: PacketType, flags: number): string {
  if (flags !== type.flags) {
    throw new MalformedBytes(
      `the flags of ${type.name} are ${flags}, not ${type.flags} [MQTT-2.2.2-2]`,
    )
  }
  return type.name
}

function describePublish(flags: number): string {
  const qos = (flags >> 1) & 3
  const duplicate = (flags & 8) !== 0
  if (qos === 3) throw new MalformedBytes('the QoS of PUBLISH is 3 [MQTT-3.3.1-4]')
  if (duplicate && qos === 0) {
    throw new MalformedBytes('DUP is set on a PUBLISH of QoS 0 [MQTT-3.3.1-2]')
  }
  return `PUBLISH QoS ${qos}${duplicate ? ', DUP' : ''}${flags & 1 ? ', RETAIN' : ''}`
}
