import type { Protocol } from '../../model/words.ts'

/** Whether a protocol runs over datagrams; each chunk of a recording is then one. */
export const isDatagramProtocol = (protocol: string): boolean => protocol.startsWith('coap')

/** Registered ports: in the open, and under TLS or DTLS. */
const PORTS: ReadonlyMap<string, readonly [open: number, secure: number]> = new Map([
  ['http', [80, 443]],
  ['websocket', [80, 443]],
  ['socketio', [80, 443]],
  ['mqtt', [1883, 8883]],
  ['coap', [5683, 5684]],
])
/** The echo service of RFC 862, which the control of the instrument resembles. */
const ECHO_PORT = 7

/** The port on which a reader of captures expects a protocol; the real one was whichever was free. */
export function serverPortOf(protocol: Protocol, secure: boolean): number {
  const ports = PORTS.get(protocol.split('/')[0] ?? '')
  return ports === undefined ? ECHO_PORT : ports[secure ? 1 : 0]
}
