import type { Protocol } from '../../model/vocabulary.ts'

/** Whether a protocol runs over datagrams; each chunk of a recording is then one. */
export const isDatagramProtocol = (protocol: string): boolean => protocol.startsWith('coap')

/** Registered ports, the second under TLS or DTLS, by what the name of the protocol holds; the first that fits. */
const PORTS: readonly [name: RegExp, open: number, secure: number][] = [
  [/socket|^http/, 80, 443],
  [/^mqtt/, 1883, 8883],
  [/^coap/, 5683, 5684],
  // The echo service of RFC 862, which the control of the instrument resembles.
  [/^/, 7, 7],
]

/** The port on which a reader of captures expects a protocol; the real one was whichever was free. */
export function serverPortOf(protocol: Protocol, secure: boolean): number {
  const [, open, safe] = PORTS.find(([name]) => name.test(protocol)) ?? [/^/, 7, 7]
  return secure ? safe : open
}
