import { createServer } from 'node:http'
import type { Socket } from 'socket.io'
import { MAX_PAYLOAD_BYTES } from '../../model/scenario.ts'
import { stopped } from '../connection-errors.ts'
import { inOrder } from '../in-order.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, listen } from '../sockets.ts'
import type { ArrivalHandler, Endpoint, ServeContext } from '../transport.ts'

/** Seconds between two pings of the server: Socket.IO's default, which the handshake announces. */
export const PING_EVERY_S = 25
/** By this event an app makes the server ping now, as its clock would. */
export const END_WAIT = 'mqtt-vs-http/end-wait'

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
    // In every other flow a message is for another client, and no arrival.
    const arrive: ArrivalHandler = scenario.flow === 'uplink' ? onArrival : () => undefined
    const take = inOrder(arrive, () => client.disconnect(true))
    client.onAny((event: string, payload: Uint8Array, acknowledge?: () => void) => {
      if (event === END_WAIT) {
        const others = [...io.sockets.sockets.values()].filter((other) => other !== client)
        void Promise.all(others.map(ping)).then(acknowledge)
        return
      }
      take(payload, () => {
        if (scenario.flow !== 'uplink') client.to(event).emit(event, payload)
        acknowledge?.()
      })
    })
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

/** What the server's timer does; its types keep it to themselves. Resolves when the client has answered. */
function ping({ conn }: Socket): Promise<void> {
  const engine = conn as unknown as { sendPacket(type: 'ping'): void }
  return new Promise((resolve) => {
    conn.once('heartbeat', () => resolve())
    engine.sendPacket('ping')
  })
}
