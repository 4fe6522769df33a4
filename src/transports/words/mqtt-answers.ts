import { InstrumentError } from '../../model/errors.ts'
import {
  FIRST_FAILURE,
  MQTT5_REASONS,
  MQTT311_RETURN_CODES,
} from '../../model/wire/mqtt-reasons.ts'
import { placeOf } from '../connection-errors.ts'
import type { ProtocolLevel } from '../mqtt/broker-limits.ts'

const CHECK_CREDENTIALS = 'check user name, password and client id'
const OTHER_CLIENT_ID = 'give another with --client-id'
const OTHER_SERVER = 'give the URL of the server that it means with --mqtt-url'
const SLOWER = 'send less often with --max-rate, or raise its limit'
const SMALLER = 'send a smaller payload, or raise its limit (Mosquitto: max_packet_size)'
const OTHER_VERSION =
  'name transports of the version that it speaks: mqtt-… are 3.1.1, mqtt5-… are 5'

/** What can be done about a Reason Code of MQTT 5 (§2.4), whichever packet has it. */
const REMEDIES: Readonly<Record<number, string>> = {
  132: OTHER_VERSION,
  133: OTHER_CLIENT_ID,
  134: CHECK_CREDENTIALS,
  136: 'try again when it is up',
  137: 'try again when it has less to do',
  138: 'let it take this client id and this address again',
  139: 'try again when it is up',
  140: CHECK_CREDENTIALS,
  141: 'a ping came too late for it: give it a longer keep-alive',
  142: 'another client has the same client id; give one of our own with --client-id',
  143: 'give topics that it takes with --topic-prefix',
  144: 'give a topic that it takes with --topic-prefix',
  147: 'it was sent more at once than its Receive Maximum; send less at once',
  148: 'name a transport without topic alias',
  149: SMALLER,
  150: SLOWER,
  151: 'raise its quota, or send less',
  153: 'give it the payload format that it wants',
  155: 'name a transport of a lower QoS',
  156: OTHER_SERVER,
  157: OTHER_SERVER,
  159: 'connect less often, or raise its limit',
}

/** Not authorized means the user in a CONNACK, and the topic elsewhere. */
const NOT_AUTHORIZED = 135

/** §3.2.2.3 of 3.1.1. */
const RETURN_CODE_REMEDIES: Readonly<Record<number, string>> = {
  1: OTHER_VERSION,
  2: OTHER_CLIENT_ID,
  3: 'try again when it is up',
  4: CHECK_CREDENTIALS,
  5: CHECK_CREDENTIALS,
}

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`

const meaningOf = (code: number): string => MQTT5_REASONS[code] ?? 'an unknown reason'

/** `packet too large (0x95)`. */
export const describeReason = (code: number): string =>
  `${code < FIRST_FAILURE ? 'it gives no reason' : meaningOf(code)} (${hex(code)})`

/** What MQTT 5 lets a server say besides the code: §3.2.2.3.9, §3.2.2.3.16, and the same in the other packets. */
export interface ServerSaid {
  readonly reasonString?: string
  readonly serverReference?: string
}

const saidToo = ({ reasonString, serverReference }: ServerSaid = {}): string =>
  [
    ...(reasonString === undefined ? [] : [`, “${reasonString}”`]),
    ...(serverReference === undefined ? [] : [`, which is ${serverReference}`]),
  ].join('')

const refused = (sentence: string, remedy: string | undefined): InstrumentError =>
  new InstrumentError('refused', remedy === undefined ? sentence : `${sentence}; ${remedy}`)

/** The broker answered CONNECT, and not with 0. */
export function refusedConnect(
  address: URL,
  code: number,
  level: ProtocolLevel,
  said?: ServerSaid,
): InstrumentError {
  const is5 = level === 5 && code >= FIRST_FAILURE
  const [number, clause, meaning] = is5
    ? [hex(code), 'MQTT 5.0 §3.2.2.2', meaningOf(code)]
    : [String(code), 'MQTT 3.1.1 §3.2.2.3', MQTT311_RETURN_CODES[code] ?? 'an unknown reason']
  const ofCode = code === NOT_AUTHORIZED ? CHECK_CREDENTIALS : REMEDIES[code]
  return refused(
    `${placeOf(address)} refused the connection: ${meaning}${saidToo(said)} (CONNACK ${number}, ${clause})`,
    is5 ? ofCode : RETURN_CODE_REMEDIES[code],
  )
}

/** MQTT 5 §3.4.2.1, §3.5.2.1: the answer to a PUBLISH says no. */
export function refusedPublish(
  address: URL,
  topic: string,
  packet: string,
  code: number,
): InstrumentError {
  const remedy =
    code === NOT_AUTHORIZED
      ? 'let its access rules allow this user to publish there'
      : REMEDIES[code]
  return refused(
    `${placeOf(address)} refused a message to ${topic}: ${meaningOf(code)} (${packet} ${hex(code)}, MQTT 5.0 §3.4.2.1)`,
    remedy,
  )
}

const UNTOLD = 'or measure without who tells of arrivals: --arrivals untold'

/**
 * SUBACK (§3.9.3): no subscription, or one of a lower QoS.
 * @param granted a QoS, or a code that says no; null where the answer has none
 */
export function refusedSubscription(
  address: URL,
  { topic, qos }: { topic: string; qos: number },
  granted: number | null,
  level: ProtocolLevel,
): InstrumentError {
  const refuses = granted === null || granted >= FIRST_FAILURE
  const answer = refuses ? 'no subscription' : `QoS ${granted}`
  const sentence = `${placeOf(address)} granted ${answer} to ${topic}, not QoS ${qos}`
  if (!refuses) {
    return refused(
      `${sentence} (SUBACK ${granted}, MQTT ${level === 5 ? '5.0' : '3.1.1'} §3.9.3)`,
      `name a transport of QoS ${granted}, ${UNTOLD}`,
    )
  }
  if (granted === null) return refused(sentence, UNTOLD)
  const why = level === 5 ? `${meaningOf(granted)} (SUBACK ${hex(granted)}, MQTT 5.0 §3.9.3)` : null
  if (why === null) {
    return refused(
      `${sentence}: it does not say why (SUBACK ${hex(granted)}, MQTT 3.1.1 §3.9.3)`,
      `as a rule an access rule: let it allow this user to read there, ${UNTOLD}`,
    )
  }
  const remedy =
    granted === NOT_AUTHORIZED
      ? `let its access rules allow this user to read there, ${UNTOLD}`
      : REMEDIES[granted]
  return refused(`${sentence}: ${why}`, remedy)
}

/** MQTT 5 §3.14.2.1: the broker says goodbye, and why. */
export function disconnected(address: URL, code: number, said?: ServerSaid): InstrumentError {
  const meaning = code < FIRST_FAILURE ? 'it gives no reason' : meaningOf(code)
  const remedy =
    code === NOT_AUTHORIZED
      ? 'let its access rules allow this user what it did last'
      : REMEDIES[code]
  return refused(
    `${placeOf(address)} ended the connection: ${meaning}${saidToo(said)} (DISCONNECT ${hex(code)}, MQTT 5.0 §3.14.2.1)`,
    remedy,
  )
}
