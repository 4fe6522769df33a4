import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import type { DissectorFactory, FramePart } from '../../../model/wire/frame.ts'
import { MalformedBytes, type Reading, take } from '../parsing/byte-parser.ts'
import { FrameStream } from '../parsing/frame-stream.ts'
import { Rules } from '../parsing/rules.ts'
import { type FieldClauses, PacketBody, readRemainingLength } from './fields.ts'
import { measurePackets } from './mqtt-units.ts'
import type { PacketType } from './mqtt311-packets.ts'
import type { Copy, SessionContext } from './mqtt311-session.ts'

/** One packet, after its fixed header was read. */
export interface Packet<Session> {
  /** The four low bits of the first byte. */
  readonly flags: number
  readonly direction: Direction
  readonly body: PacketBody
  readonly session: Session
  /** Of a PUBLISH, as its reader finds. */
  copy: Copy
}

/** What every version's session does for the stream of packets. */
interface StreamSession<Name extends string> {
  /** @throws MalformedBytes where this packet may not come now, and the rules are strict */
  admit(name: Name, direction: Direction): void
  /** Packets of the sender crossed and were not read. */
  lose(sender: Direction): void
  /** Messages that were not acknowledged, by their sender. */
  unanswered(sender: Direction): number
}

/** What the versions of MQTT do not share. */
export interface MqttVersion<Name extends string, Session> {
  readonly major: 3 | 5
  /** By the four high bits of the first byte. */
  readonly packetTypes: readonly (PacketType<Name> | undefined)[]
  readonly bodies: Readonly<Record<Name, (packet: Packet<Session>) => Reading<void>>>
  readonly clauses: FieldClauses & {
    readonly fixedHeader: string
    readonly packetType: string
    /** Of flags that are not those of the packet type. */
    readonly wrongFlags: string
  }
  openSession(context: SessionContext): Session & StreamSession<Name>
}

/** A dissector of one version: both directions share the session. */
export function mqttDissector<Name extends string, Session>(
  version: MqttVersion<Name, Session>,
): DissectorFactory {
  return (sink, start = 'fresh') => {
    const session = version.openSession({
      rules: { up: new Rules(sink, 'up'), down: new Rules(sink, 'down') },
      memory: sink.memory ?? null,
      start,
    })
    const open = (direction: Direction): FrameStream =>
      new FrameStream(
        direction,
        'a packet',
        sink,
        (stream) => readPackets(stream, session, version),
        {
          units: {
            measure: measurePackets(direction, version.packetTypes, version.major),
            chain: 3,
            last: 1,
          },
          start,
          onLost: () => session.lose(direction),
        },
      )
    const streams = { up: open('up'), down: open('down') }
    return {
      feed: (direction, bytes) => streams[direction].feed(bytes),
      missing: (direction, lengthBytes) => streams[direction].missing(lengthBytes),
      end: () => {
        for (const direction of DIRECTIONS) streams[direction].end()
        for (const direction of DIRECTIONS) {
          const count = session.unanswered(direction)
          const text = 'not acknowledged'
          if (count === 0) continue
          sink.outcome?.({ direction, unit: 'PUBLISH', text, verdict: 'unanswered' }, count)
        }
      },
    }
  }
}

function* readPackets<Name extends string, Session>(
  stream: FrameStream,
  session: ReturnType<MqttVersion<Name, Session>['openSession']>,
  { packetTypes, bodies, clauses }: MqttVersion<Name, Session>,
): Reading<void> {
  const { direction, rules } = stream
  while (true) {
    const [first = 0] = yield take(1)
    const type = packetTypes[first >> 4]
    if (type === undefined) {
      throw new MalformedBytes(`packet type ${first >> 4} is reserved (${clauses.packetType})`)
    }
    const flags = first & 0x0f
    stream.unit = type.name
    if (type.sender !== null && type.sender !== direction) {
      const sender = direction === 'up' ? 'client' : 'server'
      rules.breach(`a ${sender} does not send ${type.name} (${clauses.packetType})`)
    }
    session.admit(type.name, direction)
    const text =
      type.flags === null
        ? describePublish(flags, rules)
        : describeFixed(type, flags, clauses.wrongFlags, rules)
    const note = { text, clause: clauses.fixedHeader }
    stream.part(type.layer, 'packet type and flags', 1, note)
    const lengthBytes = yield* readRemainingLength(stream, type.layer, clauses.remainingLength)
    const body = new PacketBody(stream, type.layer, lengthBytes, clauses)
    const packet: Packet<Session> = { flags, direction, body, session, copy: 'new' }
    yield* bodies[type.name](packet)
    if (type.flags === null) tellPublish(stream, type, packet)
    else stream.frame(type.phase, type.name, type.section)
  }
}

const RETAIN = 1

/** A copy of what crossed before is no message once more, but a cost of getting it across. */
function tellPublish(
  stream: FrameStream,
  { phase, name, section }: PacketType<string>,
  { copy, flags, direction }: Packet<unknown>,
): void {
  if (copy === 'again') stream.outcome(name, 'sent again (DUP)', 'again')
  if (copy === 'first copy unseen') {
    stream.outcome(name, 'sent again (DUP), the first copy did not cross here', 'unmatched')
  }
  if (direction === 'down' && flags & RETAIN) stream.outcome(name, 'retained', 'retained')
  if (copy !== 'again') stream.frame(phase, name, section)
  else {
    const frame = stream.close(phase, name, section, 'continues')
    const parts = frame.parts.map((part): FramePart => ({ ...part, layer: 'control' }))
    stream.tell({ ...frame, parts })
  }
}

function describeFixed(
  type: PacketType<string>,
  flags: number,
  clause: string,
  rules: Rules,
): string {
  if (flags !== type.flags) {
    rules.breach(`the flags of ${type.name} are ${flags}, not ${type.flags} [${clause}]`)
  }
  return type.name
}

/** The clauses have the same numbers in both versions. */
function describePublish(flags: number, rules: Rules): string {
  const qos = (flags >> 1) & 3
  const duplicate = (flags & 8) !== 0
  // Whether an identifier follows cannot be told.
  if (qos === 3) throw new MalformedBytes('the QoS of PUBLISH is 3 [MQTT-3.3.1-4]')
  if (duplicate && qos === 0) {
    rules.breach('DUP is set on a PUBLISH of QoS 0 [MQTT-3.3.1-2]')
  }
  return `PUBLISH QoS ${qos}${duplicate ? ', DUP' : ''}${flags & 1 ? ', RETAIN' : ''}`
}
