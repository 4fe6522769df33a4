import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { describeError } from '../../model/errors.ts'
import { stopped, unreachable } from '../connection-errors.ts'
import { heardOn, orDestroyed } from '../sockets.ts'
import { notUpgraded } from '../words/other-protocol.ts'

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
  try {
    if (signal.aborted) throw stopped(signal)
    const webSocket = new WebSocket(address, subprotocol === undefined ? [] : [subprotocol], {
      createConnection: () => socket,
      perMessageDeflate: false,
      headers: { ...headers },
    })
    webSocket.once('open', () => webSocket.pause())
    await orDestroyed(socket, signal, once(webSocket, 'open'))
    return webSocket
  } catch (cause) {
    socket.destroy()
    const [, status] = /^Unexpected server response: (\d{3})$/.exec(describeError(cause)) ?? []
    if (status !== undefined) throw notUpgraded(address, Number(status))
    throw unreachable(address, cause, heardOn(socket))
  }
}
