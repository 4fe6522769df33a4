import { describeError, InstrumentError } from '../model/errors.ts'
import { adviceForFiles, areFilesScarce, describeShortage } from '../system/open-files.ts'
import { type Cause, describeCause } from './words/causes.ts'
import { readAlert } from './words/tls-alerts.ts'

/** Where an address of that scheme leads when it names no port. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'mqtt:': 1883,
  'mqtts:': 8883,
  'ws:': 80,
  'wss:': 443,
  'coap:': 5683,
  'coaps:': 5684,
}

/** RFC 7252 §6.1, §6.2: CoAP goes over UDP, `coaps:` over DTLS on it. Every other protocol has a byte stream. */
export const isDatagramScheme = ({ protocol }: URL): boolean => /^coaps?:$/.test(protocol)

/**
 * Host and port of an address, as a socket wants them: an IPv6 host without brackets.
 * @throws InstrumentError `usage` where there is no port
 */
export function targetOf(address: URL): { host: string; port: number } {
  const port = address.port === '' ? DEFAULT_PORTS[address.protocol] : Number(address.port)
  if (port === undefined) {
    throw new InstrumentError(
      'usage',
      `the address ${address.protocol}//${address.hostname} names no port; write ${address.protocol}//${address.hostname}:PORT`,
    )
  }
  return { host: address.hostname.replace(/^\[|\]$/g, ''), port }
}

/** Host and port for people: `127.0.0.1:1883`, `[::1]:1883`. */
export function placeOf(address: URL): string {
  const port = address.port || DEFAULT_PORTS[address.protocol]
  return port === undefined ? address.href : `${address.hostname}:${port}`
}

/** @throws InstrumentError `usage` where the address is another protocol's */
export function requireScheme(id: string, address: URL, scheme: string): void {
  if (address.protocol === scheme) return
  throw new InstrumentError(
    'usage',
    `${id} cannot connect to ${address.origin === 'null' ? `${address.protocol}//${address.host}` : address.origin}; its addresses start with ${scheme}//`,
  )
}

/** The server said why by an alert, which is better than whatever followed from it; null where it is another error. */
function alerted(address: URL, cause: unknown): InstrumentError | null {
  const alert = readAlert(cause)
  if (alert === null) return null
  return new InstrumentError(
    'refused',
    `${placeOf(address)} ended TLS with the alert ${alert.name} (RFC 8446 §6.2): ${alert.meaning}; ${alert.remedy}`,
    { cause },
  )
}

/** What the server had said before the connection ended: `handshake` is that of TLS, and nothing in it. */
export type Heard = 'something' | 'handshake' | 'nothing'

/**
 * Nobody listens there, or nobody may.
 * @param heard of TCP that was open, where there is TLS on it
 */
export function unreachable(
  address: URL,
  cause: unknown,
  heard: Heard = 'something',
): InstrumentError {
  if (cause instanceof InstrumentError) return cause
  const alert = alerted(address, cause)
  if (alert !== null) return alert
  const shortage = describeShortage(cause)
  if (shortage !== null) {
    const message = `cannot connect to ${placeOf(address)}: ${shortage}`
    return new InstrumentError('connection', message, { cause })
  }
  const unheard = adviceToTheUnheard(address, heard)
  const {
    what,
    remedy = unheard ?? `check that the server is up and speaks ${address.protocol.slice(0, -1)}`,
  } = describeCause(cause)
  return new InstrumentError(
    'connection',
    `cannot connect to ${placeOf(address)}: ${what}; ${remedy}`,
    { cause },
  )
}

/** The serving side cannot bind that address. */
export function unlistenable(host: string, cause: unknown): InstrumentError {
  const shortage = describeShortage(cause)
  if (shortage !== null) {
    return new InstrumentError('connection', `cannot listen on ${host}: ${shortage}`, { cause })
  }
  return new InstrumentError(
    'connection',
    `cannot listen on ${host}: ${describeCause(cause).what}; give an address of this machine, such as 127.0.0.1`,
    { cause },
  )
}

/** The same in the clear and over TLS: a server of one ends a connection as soon as it hears the other. */
const IN_CLEAR_AND_TLS = [
  ['http:', 'https:'],
  ['mqtt:', 'mqtts:'],
  ['ws:', 'wss:'],
] as const

/** The connection was there, and ended before its work was done. */
export function lost(address: URL, cause?: unknown, heard: Heard = 'something'): InstrumentError {
  if (cause instanceof InstrumentError) return cause
  const alert = alerted(address, cause)
  if (alert !== null) return alert
  const { what, remedy } = whyItEnded(cause)
  const advice = remedy ?? adviceToTheUnheard(address, heard)
  return new InstrumentError(
    'connection',
    `the connection to ${placeOf(address)} ended: ${what}${advice === undefined ? '' : `; ${advice}`}`,
    { cause },
  )
}

function adviceToTheUnheard({ protocol }: URL, heard: Heard): string | undefined {
  if (heard === 'something') return undefined
  if (heard === 'handshake') {
    const alpn =
      protocol === 'mqtts:' ? ', or for a protocol by ALPN, name it with --mqtt-alpn' : ''
    return `behind the handshake of TLS it said nothing: where it asks for a certificate of the client, give one with --cert FILE and --key FILE${alpn}`
  }
  const pair = IN_CLEAR_AND_TLS.find((each) => each.some((scheme) => scheme === protocol))
  if (pair === undefined) return undefined
  const [clear, secure] = pair
  const otherwise =
    protocol === secure ? `speaks no TLS, write ${clear}//` : `speaks TLS, write ${secure}//`
  return `it said nothing before: check the port; where that ${otherwise}`
}

function whyItEnded(cause: unknown): Cause {
  const shortage = describeShortage(cause)
  if (shortage !== null) return { what: shortage }
  const why =
    cause === undefined || cause === null
      ? { what: 'the other side closed it' }
      : describeCause(cause)
  if (!areFilesScarce()) return why
  return { what: `${why.what}, as a server does that has ${adviceForFiles()}` }
}

/** What everything that waits rejects with once the signal was aborted. */
export function stopped(signal: AbortSignal): InstrumentError {
  const reason: unknown = signal.reason
  if (reason instanceof InstrumentError) return reason
  return new InstrumentError('stopped', `stopped before it was done: ${describeError(reason)}`, {
    cause: reason,
  })
}

/** What a `send` after disposing rejects with. */
export function closed(address: URL): InstrumentError {
  return new InstrumentError(
    'connection',
    `the connection to ${placeOf(address)} was closed by this side; connect again to send`,
  )
}
