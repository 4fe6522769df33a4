import { InstrumentError } from '../../model/errors.ts'
import { hasReasonRemedy, hasReturnCodeRemedy, type Refused } from '../../model/said/remedies.ts'
import { type Said, said } from '../../model/said/said.ts'
import { FIRST_FAILURE } from '../../model/wire/mqtt-reasons.ts'
import { placeOf } from '../connection-errors.ts'
import type { ProtocolLevel } from '../mqtt/broker-limits.ts'

/** Not authorized means the user in a CONNACK, and the topic elsewhere. */
const NOT_AUTHORIZED = 135

/** What can be done about a Reason Code; null where nothing is known. */
function remedyOf(code: number, refused: Refused): Said | null {
  if (code === NOT_AUTHORIZED) return said('accessRemedy', { refused })
  return hasReasonRemedy(code) ? said('reasonRemedy', { code }) : null
}

const hex = (code: number): string => `0x${code.toString(16).padStart(2, '0')}`

const meaningOf = (code: number): Said =>
  code < FIRST_FAILURE ? said('noReason') : said('mqttReason', { code })

/** `packet too large (0x95)`. */
export const describeReason = (code: number): Said =>
  said('withCode', { meaning: meaningOf(code), code: hex(code) })

/** What MQTT 5 lets a server say besides the code: §3.2.2.3.9, §3.2.2.3.16, and the same in the other packets. */
export interface ServerSaid {
  readonly reasonString?: string
  readonly serverReference?: string
}

function withItsWords(meaning: Said, { reasonString, serverReference }: ServerSaid = {}): Said {
  const told =
    reasonString === undefined ? meaning : said('reasonString', { meaning, text: reasonString })
  return serverReference === undefined
    ? told
    : said('serverReference', { meaning: told, server: serverReference })
}

const refused = (what: Said, remedy: Said | null): InstrumentError =>
  new InstrumentError('refused', remedy === null ? what : said('withRemedy', { what, remedy }))

/** The broker answered CONNECT, and not with 0. */
export function refusedConnect(
  address: URL,
  code: number,
  level: ProtocolLevel,
  serverSaid?: ServerSaid,
): InstrumentError {
  const place = placeOf(address)
  if (level === 5 && code >= FIRST_FAILURE) {
    const meaning = withItsWords(said('mqttReason', { code }), serverSaid)
    const clause = 'MQTT 5.0 §3.2.2.2'
    return refused(
      said('refusedConnect', { place, meaning, code: hex(code), clause }),
      remedyOf(code, 'connect'),
    )
  }
  const meaning = withItsWords(said('mqttReturnCode', { code }), serverSaid)
  const clause = 'MQTT 3.1.1 §3.2.2.3'
  return refused(
    said('refusedConnect', { place, meaning, code: String(code), clause }),
    hasReturnCodeRemedy(code) ? said('returnCodeRemedy', { code }) : null,
  )
}

/**
 * MQTT 5 §3.4.2.1, §3.5.2.1: the answer to a PUBLISH says no.
 * @param topic empty where it is not known which
 */
export function refusedPublish(
  address: URL,
  topic: string,
  packet: string,
  code: number,
): InstrumentError {
  const what = said('refusedPublish', {
    place: placeOf(address),
    topic,
    meaning: said('mqttReason', { code }),
    answer: `${packet} ${hex(code)}`,
  })
  return refused(what, remedyOf(code, 'publish'))
}

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
  const asked = { place: placeOf(address), topic, qos }
  if (granted === null) return refused(said('grantedNone', asked), said('untoldRemedy'))
  const version = level === 5 ? '5.0' : '3.1.1'
  if (granted < FIRST_FAILURE) {
    const what = said('grantedLess', { ...asked, granted, version })
    return refused(what, said('grantedLessRemedy', { granted }))
  }
  const isTold = level === 5
  const meaning = isTold ? said('mqttReason', { code: granted }) : said('saysNotWhy')
  const code = `SUBACK ${hex(granted)}, MQTT ${version} §3.9.3`
  const what = said('grantedNoneFor', { ...asked, why: said('withCode', { meaning, code }) })
  return refused(what, isTold ? remedyOf(granted, 'subscribe') : said('readRemedy'))
}

/** MQTT 5 §3.14.2.1: the broker says goodbye, and why. */
export function disconnected(address: URL, code: number, serverSaid?: ServerSaid): InstrumentError {
  const what = said('brokerEnded', {
    place: placeOf(address),
    meaning: withItsWords(meaningOf(code), serverSaid),
    code: hex(code),
  })
  return refused(what, remedyOf(code, 'other'))
}
