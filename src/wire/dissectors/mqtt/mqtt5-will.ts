import { MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import type { PacketBody } from './fields.ts'
import { readProperties } from './mqtt5-properties.ts'
import { refuseBadTopicName } from './mqtt311-bodies.ts'

const CLEAN_START = 0x02
export const WILL = 0x04
const WILL_RETAIN = 0x20
const PASSWORD = 0x40
const USER_NAME = 0x80

/** §3.1.2.3: unlike in 3.1.1, a password may come without a user name. */
export function describeConnectFlags5(flags: number): string {
  const willQos = (flags >> 3) & 3
  if (flags & 1) throw new MalformedBytes('the reserved Connect Flag is set [MQTT-3.1.2-3]')
  if (!(flags & WILL) && willQos > 0) {
    throw new MalformedBytes('Will QoS is given without a will [MQTT-3.1.2-11]')
  }
  if (willQos === 3) throw new MalformedBytes('Will QoS is 3 [MQTT-3.1.2-12]')
  if (!(flags & WILL) && flags & WILL_RETAIN) {
    throw new MalformedBytes('Will Retain is set without a will [MQTT-3.1.2-13]')
  }
  const names: string[] = []
  if (flags & CLEAN_START) names.push('Clean Start')
  if (flags & WILL) names.push(`Will QoS ${willQos}`)
  if (flags & WILL_RETAIN) names.push('Will Retain')
  if (flags & USER_NAME) names.push('User Name')
  if (flags & PASSWORD) names.push('Password')
  return names.join(', ') || 'none'
}

export function* readWill(body: PacketBody): Reading<void> {
  yield* readProperties(body, 'will')
  const topic = yield* body.string('Will Topic', 'MQTT 5.0 §3.1.3.3', 'shown')
  body.rules.check(() => refuseBadTopicName('Will Topic', topic))
  yield* body.binary('Will Payload', 'MQTT 5.0 §3.1.3.4', 'shown')
}
