import { createServer } from 'node:http'
import { MAX_PAYLOAD_BYTES } from '../../model/scenario.ts'
import { stopped } from '../connection-errors.ts'
import { inOrder } from '../in-order.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, listen } from '../sockets.ts'
import type { Endpoint, ServeContext } from '../transport.ts'

/**
 * A Socket.IO server, WebSocket alone. A client joins the room that it names
 * when it connects. Where messages are forwarded, an event goes to the room of
 * its name, but not back to its sender; then it is acknowledged.
 *
 * It pings each 25 seconds, as Socket.IO does by default; the interval stands
 * in the handshake. A pass that lasts so long has pings in its phase `idle`.
 */
export async function serveSocketIo(context: ServeContext): Promise<Endpoint> {
  const { scenario, host, onArrival, signal } = context
  if (signal.aborted) throw stopped(signal)
  const { Server } = await import('socket.io')
  const server = createServer({ noDelay: true })
  const io = new Server(server, {
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: MAX_PAYLOAD_BYTES,
  })
  io.on('connection', (client) => {
    const { room } = client.handshake.auth
    if (typeof room === 'string') client.join(room)
    const take = inOrder(onArrival, () => client.disconnect(true))
    client.onAny((event: string, payload: Uint8Array, acknowledge?: () => void) =>
      take(payload, () => {
        if (scenario.flow !== 'uplink') client.to(event).emit(event, payload)
        acknowledge?.()
      }),
    )
  })
  const listener = await listen(server, host)
  return {
    address: addressOf('http:', host, listener.port),
    [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
      await listener.close()
      await io.close()
    }),
  }
}
