import { describeError, InstrumentError } from '../model/errors.ts'
import { adviceForFiles, areFilesScarce, describeShortage } from '../system/open-files.ts'

/** Where an address of that scheme leads when it names no port. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  'http:': 80,
  'https:': 443,
  'mqtt:': 1883,
  'mqtts:': 8883,
  'ws:': 80,
  'wss:': 443,
  'coap:': 5683,
}

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

/** The system's code where there is one: the message of an AggregateError is empty. */
function causeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : describeError(error)
}

/** Nobody listens there, or nobody may. */
export function unreachable(address: URL, cause: unknown): InstrumentError {
  if (cause instanceof InstrumentError) return cause
  const shortage = describeShortage(cause)
  if (shortage !== null) {
    const message = `cannot connect to ${placeOf(address)}: ${shortage}`
    return new InstrumentError('connection', message, { cause })
  }
  return new InstrumentError(
    'connection',
    `cannot connect to ${placeOf(address)}: ${causeOf(cause)}; check that the server is up and speaks ${address.protocol.slice(0, -1)}`,
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
    `cannot listen on ${host}: ${causeOf(cause)}; give an address of this machine, such as 127.0.0.1`,
    { cause },
  )
}

/** The connection was there, and ended before its work was done. */
export function lost(address: URL, cause?: unknown): InstrumentError {
  if (cause instanceof InstrumentError) return cause
  return new InstrumentError(
    'connection',
    `the connection to ${placeOf(address)} ended: ${whyItEnded(cause)}`,
    { cause },
  )
}

function whyItEnded(cause: unknown): string {
  const shortage = describeShortage(cause)
  if (shortage !== null) return shortage
  const why = cause === undefined || cause === null ? 'the other side closed it' : causeOf(cause)
  return areFilesScarce() ? `${why}, as a server does that has ${adviceForFiles()}` : why
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
