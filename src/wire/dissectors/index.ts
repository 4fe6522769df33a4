import type { Protocol } from '../../model/vocabulary.ts'
import type { DissectorFactory } from '../../model/wire/frame.ts'
import { dissectCoap } from './coap/coap.ts'
import { dissectDtls } from './dtls/dtls.ts'
import { dissectHttp1, http1Reader } from './http1/http1.ts'
import { dissectHttp2 } from './http2/http2.ts'
import { dissectLengthPrefixed } from './length-prefixed.ts'
import { dissectMqtt5OverWebSocket, dissectMqttOverWebSocket } from './mqtt/mqtt-websocket.ts'
import { dissectMqtt5 } from './mqtt/mqtt5.ts'
import { dissectMqtt31, dissectMqtt311 } from './mqtt/mqtt311.ts'
import { dissectSocketIo } from './socketio/socketio.ts'
import type { TlsSecrets } from './tls/keys/tls-secrets.ts'
import { dissectTls } from './tls/tls.ts'
import { dissectWebSocket } from './websocket/websocket.ts'

/** Who reads which protocol; null where there is no wire to read. */
export const DISSECTORS: Readonly<Record<Protocol, DissectorFactory | null>> = {
  'http/1.1': dissectHttp1,
  'http/2': dissectHttp2,
  'mqtt/3.1.1': dissectMqtt311,
  'mqtt/5.0': dissectMqtt5,
  'mqtt/3.1.1 over websocket': dissectMqttOverWebSocket,
  'mqtt/5.0 over websocket': dissectMqtt5OverWebSocket,
  websocket: dissectWebSocket,
  'socket.io': dissectSocketIo,
  coap: dissectCoap,
  'length-prefixed': dissectLengthPrefixed,
  none: null,
}

/** What is to be read. */
export interface WireProtocol {
  readonly protocol: Protocol
  readonly secure: boolean
  /** The field of a query of HTTP that carries the payload; null or left out: the content does. */
  readonly payloadField?: string | null
  /** Whether MQTT calls itself by the name of 3.1. */
  readonly isMqtt31?: boolean | undefined
}

/**
 * Reads a protocol as it crosses the wire.
 * @param secrets of the TLS connections, where `secure`
 * @returns null where there is no wire
 */
export function dissectorOf(
  { protocol, secure, payloadField = null, isMqtt31 = false }: WireProtocol,
  secrets: TlsSecrets,
): DissectorFactory | null {
  if (protocol === 'coap') return secure ? dissectDtls(dissectCoap, secrets) : dissectCoap
  const inner = protocol === 'http/1.1' ? http1Reader(payloadField) : mqttReader(protocol, isMqtt31)
  return inner !== null && secure ? dissectTls(inner, secrets) : inner
}

const mqttReader = (protocol: Protocol, isMqtt31: boolean): DissectorFactory | null =>
  isMqtt31 && protocol === 'mqtt/3.1.1' ? dissectMqtt31 : DISSECTORS[protocol]
