import { describeError, InstrumentError } from '../../model/errors.ts'
import { placeOf } from '../connection-errors.ts'
import type { ProtocolLevel } from './mqttjs-peer.ts'

/** MQTT 3.1.1 §3.2.2.3. */
const RETURN_CODES: Readonly<Record<number, string>> = {
  1: 'unacceptable protocol version',
  2: 'identifier rejected',
  3: 'server unavailable',
  4: 'bad user name or password',
  5: 'not authorized',
}

/** What of the two is about who the client says that it is; MQTT 5 §3.2.2.2 has codes of its own. */
const ABOUT_CREDENTIALS: ReadonlySet<number> = new Set([4, 5, 0x86, 0x87, 0x8c])

/** The broker answered CONNECT, and not with 0. */
export function refusedConnect(
  address: URL,
  code: number,
  level: ProtocolLevel,
  said?: string,
): InstrumentError {
  const [number, clause, meaning] =
    level === 5
      ? [`0x${code.toString(16)}`, 'MQTT 5.0 §3.2.2.2', said]
      : [String(code), 'MQTT 3.1.1 §3.2.2.3', RETURN_CODES[code]]
  const remedy = ABOUT_CREDENTIALS.has(code) ? '; check user name, password and client id' : ''
  return new InstrumentError(
    'refused',
    `${placeOf(address)} refused the connection: ${meaning ?? 'an unknown reason'} (CONNACK ${number}, ${clause})${remedy}`,
  )
}

/** MQTT 5 §3.4.2.1, §3.5.2.1: the answer to a PUBLISH says no; null where the error is another. */
export function readRefusedPublish(
  address: URL,
  topic: string,
  error: unknown,
): InstrumentError | null {
  const [, said] = /^Publish error: (.*)$/.exec(describeError(error)) ?? []
  if (said === undefined) return null
  return new InstrumentError(
    'refused',
    `${placeOf(address)} refused a message to ${topic}: ${said.toLowerCase()}; let its access rules allow it`,
  )
}

/** What MQTT.js makes of such an answer; null for anything else. */
export function readRefusal(
  address: URL,
  error: unknown,
  level: ProtocolLevel,
): InstrumentError | null {
  const { code } = error as { code?: unknown }
  const [, said] = /^Connection refused: (.*)$/.exec(describeError(error)) ?? []
  return typeof code === 'number' && said !== undefined
    ? refusedConnect(address, code, level, said.toLowerCase())
    : null
}
