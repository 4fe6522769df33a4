import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { describeError, InstrumentError } from '../../model/errors.ts'
import { placeOf, stopped, unreachable } from '../connection-errors.ts'
import { heardOn } from '../sockets.ts'

export interface UpgradeSettings {
  /** Sec-WebSocket-Protocol (RFC 6455 §1.9). */
  readonly subprotocol?: string
  /** Of the request, besides its own. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * The opening handshake (RFC 6455 §4.1) on a socket that is open already. No
 * compression is offered: the bytes of a message are the application's. It comes
 * back paused, so that none is missed until somebody listens.
 * @throws InstrumentError `connection`, or the reason of the signal; the socket is then destroyed
 */
export async function openWebSocket(
  address: URL,
  socket: Socket,
  signal: AbortSignal,
  { subprotocol, headers = {} }: UpgradeSettings = {},
): Promise<WebSocket> {
  const { WebSocket } = await import('ws')
  const abort = (): void => {
    socket.destroy(stopped(signal))
  }
  signal.addEventListener('abort', abort, { once: true })
  try {
    if (signal.aborted) throw stopped(signal)
    const webSocket = new WebSocket(address, subprotocol === undefined ? [] : [subprotocol], {
      createConnection: () => socket,
      perMessageDeflate: false,
      headers: { ...headers },
    })
    webSocket.once('open', () => webSocket.pause())
    await once(webSocket, 'open')
    return webSocket
  } catch (cause) {
    socket.destroy()
    throw notUpgraded(address, cause) ?? unreachable(address, cause, heardOn(socket))
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

const UNAUTHORIZED = 401

/** RFC 6455 §4.1: the server answered, and not with 101; null where it is another error. */
function notUpgraded(address: URL, cause: unknown): InstrumentError | null {
  const [, status] = /^Unexpected server response: (\d{3})$/.exec(describeError(cause)) ?? []
  if (status === undefined) return null
  const remedy =
    Number(status) === UNAUTHORIZED
      ? 'give credentials in a header Authorization'
      : 'give the path of its listener of WebSockets in the URL (/mqtt as a rule)'
  return new InstrumentError(
    'refused',
    `GET ${address.pathname} at ${placeOf(address)} was answered ${status}, where 101 opens a WebSocket; ${remedy}`,
  )
}
