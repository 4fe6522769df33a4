import { createServer } from 'node:http'
import type { Server, Socket } from 'socket.io'
import { MAX_PAYLOAD_BYTES } from '../../model/scenario/payload/encoded.ts'
import { stopped } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, listen } from '../sockets.ts'
import type { ArrivalHandler, Endpoint, ServeContext } from '../transport.ts'

/** With it an app has the server ping everybody else at once; see `App.endWait`. */
export const PING_NOW = 'ping now'

/**
 * A Socket.IO server, WebSocket alone. A client joins the room that it names
 * when it connects.
 *
 * It pings 25 seconds after the handshake and after each pong, as Socket.IO does
 * by default, whatever else is said. Unlike its answers, that depends on time: a
 * connection that lasts longer has pings in its phase `idle`.
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
    if (scenario.flow === 'uplink') acknowledgeEach(client, onArrival)
    else forwardEach(client, io)
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

type Acknowledge = () => void

function acknowledgeEach(client: Socket, onArrival: ArrivalHandler): void {
  client.onAny((_event: string, payload: Uint8Array, acknowledge: Acknowledge) => {
    const held = onArrival(payload)
    if (held === undefined) acknowledge()
    else held.then(acknowledge, () => client.disconnect(true))
  })
}

/** An event goes to the room of its name, but not back to its sender; then it is acknowledged. */
function forwardEach(client: Socket, io: Server): void {
  client.onAny((event: string, payload: Uint8Array, acknowledge: Acknowledge) => {
    if (event === PING_NOW) return
    client.to(event).emit(event, payload)
    acknowledge()
  })
  client.on(PING_NOW, (acknowledge: Acknowledge) => {
    const others = [...io.sockets.sockets.values()].filter((each) => each !== client)
    Promise.all(others.map(ping)).then(acknowledge, () => client.disconnect(true))
  })
}

/** What Engine.IO does when its 25 seconds are over; resolves with the pong. */
function ping({ conn }: Socket): Promise<void> {
  // Private in its types, since nobody but its timer has a use for it.
  const engine = conn as unknown as { sendPacket(type: 'ping'): void }
  return new Promise((resolve) => {
    conn.once('heartbeat', resolve)
    conn.once('close', () => resolve())
    engine.sendPacket('ping')
  })
}
