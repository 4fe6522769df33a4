import { InstrumentError } from '../../model/errors.ts'
import type { OtherProtocolRemedy } from '../../model/said/remedies.ts'
import { type Said, said } from '../../model/said/said.ts'
import type { Protocol } from '../../model/vocabulary.ts'
import { placeOf } from '../connection-errors.ts'
import { refusedConnect } from './mqtt-answers.ts'

type Spoken = 'HTTP/1.1' | 'HTTP/2' | 'MQTT' | 'TLS' | 'SSH'

/** As much as tells, and can be repeated. */
const FIRST_BYTES = 64
const MAX_CONNACK_BYTES = 0x7f

/** What a server speaks by the first bytes that it said; null where they tell nothing. */
export function recogniseServer(heard: Uint8Array): { spoken: Spoken; line: string | null } | null {
  const [type = 0, second = 0, third = 0, kind = 0, flags = 0] = heard
  const text = Buffer.from(heard.subarray(0, FIRST_BYTES)).toString('latin1')
  const [line = ''] = text.split(/[\r\n]/)
  if (/^HTTP\/1\.[01] \d{3}/.test(text)) return { spoken: 'HTTP/1.1', line: line.trim() }
  if (text.startsWith('SSH-')) return { spoken: 'SSH', line: line.trim() }
  // RFC 8446 §5.1: an alert, or a part of the handshake.
  if ((type === 0x15 || type === 0x16) && second === 3 && third <= 4) return spoken('TLS')
  // MQTT §3.2: CONNACK, which is short.
  if (type === 0x20 && second >= 2 && second <= MAX_CONNACK_BYTES) return spoken('MQTT')
  // RFC 9113 §6.5: SETTINGS that is no acknowledgement, or GOAWAY (§6.8); of no stream.
  if (heard.length >= 9 && type === 0 && (kind === 4 || kind === 7) && flags === 0) {
    return spoken('HTTP/2')
  }
  return null
}

const spoken = (name: Spoken): { spoken: Spoken; line: null } => ({ spoken: name, line: null })

/** What a client of the protocol waits for first; a WebSocket is asked for in HTTP. */
function awaitedOf(protocol: Protocol, isSecure: boolean): Spoken | null {
  if (isSecure) return 'TLS'
  if (protocol === 'http/2') return 'HTTP/2'
  if (protocol === 'http/1.1' || protocol.endsWith('websocket')) return 'HTTP/1.1'
  return protocol.startsWith('mqtt/') ? 'MQTT' : null
}

/**
 * The server speaks another protocol than the URL says.
 * @param heard the first bytes that it said on a connection
 * @returns null where it speaks the right one, or nobody knows
 */
export function speaksOther(
  address: URL,
  { protocol, secure }: { protocol: Protocol; secure: boolean },
  heard: Uint8Array,
): InstrumentError | null {
  const found = recogniseServer(heard)
  const refusal = secure ? null : refusalIn(address, protocol, heard)
  if (refusal !== null) return refusal
  const awaited = awaitedOf(protocol, secure)
  if (found === null || awaited === null || found.spoken === awaited) return null
  const { spoken, line } = found
  const both = { place: placeOf(address), spoken, awaited }
  const what =
    line === null ? said('speaksOther', both) : said('speaksOtherAnswered', { ...both, line })
  const remedy = remedyFor(address, awaited, spoken)
  return new InstrumentError('refused', said('withRemedy', { what, remedy }))
}

/** In another version of the protocol, or before it: a CONNACK of MQTT 3.1.1 to MQTT 5, an answer that opens no WebSocket. */
function refusalIn(address: URL, protocol: Protocol, heard: Uint8Array): InstrumentError | null {
  const [type, length, , code = 0] = heard
  if (protocol === 'mqtt/5.0' && type === 0x20 && length === 2 && code > 0) {
    return refusedConnect(address, code, 5)
  }
  if (!protocol.endsWith('websocket')) return null
  const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(Buffer.from(heard).toString('latin1')) ?? []
  return status === undefined || status === '101' ? null : notUpgraded(address, Number(status))
}

const UNAUTHORIZED = 401

/** The same where only who reads the records of TLS has seen the answer; null where it says something else. */
export function notUpgradedBy(address: URL, reading: string): InstrumentError | null {
  const [, status] = /the answer to the upgrade request is (\d{3}), and not 101/.exec(reading) ?? []
  return status === undefined ? null : notUpgraded(address, Number(status))
}

/** RFC 6455 §4.1: the server answered the upgrade, and not with 101. */
export function notUpgraded(address: URL, status: number): InstrumentError {
  const what = said('notUpgraded', { path: address.pathname, place: placeOf(address), status })
  const remedy = said(status === UNAUTHORIZED ? 'upgradeCredentials' : 'upgradePath')
  return new InstrumentError('refused', said('withRemedy', { what, remedy }))
}

function remedyFor({ protocol }: URL, awaited: Spoken, found: Spoken): Said {
  const write = (scheme: string): Said => said('writeScheme', { scheme })
  const other = (remedy: OtherProtocolRemedy): Said => said('otherProtocolRemedy', { remedy })
  const clear = protocol.replace(/s:$/, ':')
  if (found === 'TLS') return write(protocol.replace(/:$/, 's:'))
  if (found === 'SSH') return other('port')
  if (awaited === 'TLS') {
    const fits = found === 'MQTT' ? clear === 'mqtt:' : clear !== 'mqtt:'
    if (fits) return write(clear)
  }
  if (found === 'MQTT') return other('broker')
  if (protocol.startsWith('mqtt')) return other('mqttPort')
  return other(awaited === 'HTTP/2' ? 'http1' : 'other')
}
