import type { Direction } from '../../../model/vocabulary.ts'
import type { DissectorFactory } from '../../../model/wire/frame.ts'
import { MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import { FrameStream } from '../parsing/frame-stream.ts'
import { type FieldClauses, PacketBody, readRemainingLength } from './fields.ts'
import type { PacketType } from './mqtt311-packets.ts'

/** One packet, after its fixed header was read. */
export interface Packet<Session> {
  /** The four low bits of the first byte. */
  readonly flags: number
  readonly direction: Direction
  readonly body: PacketBody
  readonly session: Session
}

/** What the versions of MQTT do not share. */
export interface MqttVersion<Name extends string, Session> {
  /** By the four high bits of the first byte. */
  readonly packetTypes: readonly (PacketType<Name> | undefined)[]
  readonly bodies: Readonly<Record<Name, (packet: Packet<Session>) => Reading<void>>>
  readonly clauses: FieldClauses & {
    readonly fixedHeader: string
    readonly packetType: string
    /** Of flags that are not those of the packet type. */
    readonly wrongFlags: string
  }
  openSession(): Session & { admit(name: Name, direction: Direction): void }
}

/** A dissector of one version: both directions share the session. */
export function mqttDissector<Name extends string, Session>(
  version: MqttVersion<Name, Session>,
): DissectorFactory {
  return (sink) => {
    const session = version.openSession()
    const read = (stream: FrameStream): Reading<void> => readPackets(stream, session, version)
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
}

function* readPackets<Name extends string, Session>(
  stream: FrameStream,
  session: ReturnType<MqttVersion<Name, Session>['openSession']>,
  { packetTypes, bodies, clauses }: MqttVersion<Name, Session>,
): Reading<void> {
  const { direction } = stream
  while (true) {
    const [first = 0] = yield* take(1)
    const type = packetTypes[first >> 4]
    if (type === undefined) {
      throw new MalformedBytes(`packet type ${first >> 4} is reserved (${clauses.packetType})`)
    }
    const flags = first & 0x0f
    stream.unit = type.name
    if (type.sender !== null && type.sender !== direction) {
      const sender = direction === 'up' ? 'client' : 'server'
      throw new MalformedBytes(`a ${sender} does not send ${type.name} (${clauses.packetType})`)
    }
    session.admit(type.name, direction)
    const text =
      type.flags === null ? describePublish(flags) : describeFixed(type, flags, clauses.wrongFlags)
    const note = { text, clause: clauses.fixedHeader }
    stream.part(type.layer, 'packet type and flags', 1, note)
    const lengthBytes = yield* readRemainingLength(stream, type.layer, clauses.remainingLength)
    const body = new PacketBody(stream, type.layer, lengthBytes, clauses)
    yield* bodies[type.name]({ flags, direction, body, session })
    stream.frame(type.phase, type.name, type.section)
  }
}

function describeFixed(type: PacketType<string>, flags: number, clause: string): string {
  if (flags !== type.flags) {
    throw new MalformedBytes(
      `the flags of ${type.name} are ${flags}, not ${type.flags} [${clause}]`,
    )
  }
  return type.name
}

/** The clauses have the same numbers in both versions. */
function describePublish(flags: number): string {
  const qos = (flags >> 1) & 3
  const duplicate = (flags & 8) !== 0
  if (qos === 3) throw new MalformedBytes('the QoS of PUBLISH is 3 [MQTT-3.3.1-4]')
  if (duplicate && qos === 0) {
    throw new MalformedBytes('DUP is set on a PUBLISH of QoS 0 [MQTT-3.3.1-2]')
  }
  return `PUBLISH QoS ${qos}${duplicate ? ', DUP' : ''}${flags & 1 ? ', RETAIN' : ''}`
}
