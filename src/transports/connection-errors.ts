import { InstrumentError, saidOf } from '../model/errors.ts'
import { quoted, type Said, said } from '../model/said/said.ts'
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
    const named = `${address.protocol}//${address.hostname}`
    throw new InstrumentError('usage', said('noPort', { address: named }))
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
  const { origin } = address
  const named = origin === 'null' ? `${address.protocol}//${address.host}` : origin
  throw new InstrumentError('usage', said('otherScheme', { id, address: named, scheme }))
}

/** The server said why by an alert, which is better than whatever followed from it; null where it is another error. */
function alerted(address: URL, cause: unknown): InstrumentError | null {
  const alert = readAlert(cause)
  if (alert === null) return null
  return new InstrumentError('refused', said('tlsAlert', { place: placeOf(address), alert }), {
    cause,
  })
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
  const { what, remedy } = describeCause(cause)
  const failed = said('cannotConnect', { place: placeOf(address), why: shortage ?? what })
  const protocol = address.protocol.slice(0, -1)
  const advice = remedy ?? adviceToTheUnheard(address, heard) ?? said('serverIsUp', { protocol })
  const message = shortage === null ? said('withRemedy', { what: failed, remedy: advice }) : failed
  return new InstrumentError('connection', message, { cause })
}

/** The serving side cannot bind that address. */
export function unlistenable(host: string, cause: unknown): InstrumentError {
  const shortage = describeShortage(cause)
  const failed = said('cannotListen', { host, why: shortage ?? describeCause(cause).what })
  const message =
    shortage === null ? said('withRemedy', { what: failed, remedy: said('ownAddress') }) : failed
  return new InstrumentError('connection', message, { cause })
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
  const ended = said('connectionEnded', { place: placeOf(address), why: what })
  const message = advice === undefined ? ended : said('withRemedy', { what: ended, remedy: advice })
  return new InstrumentError('connection', message, { cause })
}

function adviceToTheUnheard({ protocol }: URL, heard: Heard): Said | undefined {
  if (heard === 'something') return undefined
  if (heard === 'handshake') {
    return said(protocol === 'mqtts:' ? 'unheardInMqtts' : 'unheardInTls')
  }
  const pair = IN_CLEAR_AND_TLS.find((each) => each.some((scheme) => scheme === protocol))
  if (pair === undefined) return undefined
  const [clear, secure] = pair
  return protocol === secure
    ? said('unheard', { protocol: 'clear', url: `${clear}//` })
    : said('unheard', { protocol: 'TLS', url: `${secure}//` })
}

function whyItEnded(cause: unknown): Cause {
  const shortage = describeShortage(cause)
  if (shortage !== null) return { what: shortage }
  const why =
    cause === undefined || cause === null ? { what: said('othersClosed') } : describeCause(cause)
  if (!areFilesScarce()) return why
  return { what: said('asOutOfFiles', { why: why.what, files: adviceForFiles() }) }
}

/** What everything that waits rejects with once the signal was aborted. */
export function stopped(signal: AbortSignal): InstrumentError {
  const reason: unknown = signal.reason
  if (reason instanceof InstrumentError) return reason
  const message = said('stoppedEarly', { why: quoted(saidOf(reason)) })
  return new InstrumentError('stopped', message, { cause: reason })
}

/** What a `send` after disposing rejects with. */
export function closed(address: URL): InstrumentError {
  return new InstrumentError('connection', said('connectionClosed', { place: placeOf(address) }))
}
