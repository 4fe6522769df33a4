import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { lost, unreachable } from '../connection-errors.ts'
import { identityOf } from '../http/request/write-request.ts'
import { disposeOnce } from '../once-disposed.ts'
import { openSocket } from '../sockets.ts'
import type { ConnectContext } from '../transport.ts'
import { holdConnection } from './held-connection.ts'

/**
 * A client of Socket.IO on one WebSocket, in its main namespace. Resolves when the
 * server has answered CONNECT.
 * @param room to be joined with it; null for none
 * @throws InstrumentError `connection`
 */
export async function openSocketIo(
  address: URL,
  room: string | null,
  { scenario, signal }: Pick<ConnectContext, 'scenario' | 'signal'>,
) {
  const { Manager } = await import('socket.io-client')
  const socket = await openSocket(address, { signal })
  // Typed as a browser takes them; in Node they go to `ws` as they are. No
  // compression is offered: the bytes of a message are the application's.
  const headers = identityOf(scenario)
  const forNode: object = {
    ...{ agent: agentOf(socket), perMessageDeflate: false },
    ...(Object.keys(headers).length > 0 && { extraHeaders: headers }),
  }
  const manager = new Manager(address.origin, {
    transports: ['websocket'],
    // A connection that is lost fails the cell; a second one would hide it.
    reconnection: false,
    ...forNode,
  })
  const client = manager.socket('/', room === null ? {} : { auth: { room } })
  const { lifeline, release } = holdConnection(address, socket, signal)
  client.on('disconnect', (reason) => lifeline.cut(lost(address, new Error(reason))))
  try {
    await lifeline.wait<void>((resolve, reject) => {
      client.once('connect', resolve)
      client.once('connect_error', (error) => reject(lost(address, error)))
    })
  } catch (cause) {
    client.disconnect()
    socket.destroy()
    throw unreachable(address, cause)
  }
  return {
    /** Emits an event with one binary argument, or none; resolves when it is acknowledged. */
    emit: (event: string, payload?: Uint8Array): Promise<void> =>
      lifeline.wait((resolve, reject) => {
        client.emitWithAck(event, ...(payload === undefined ? [] : [payload])).then(
          () => resolve(),
          (error) => reject(lost(address, error)),
        )
      }),
    /** Hands on the argument of each event of that name from now; resolves to what ends it. */
    listen: (event: string, onPayload: (payload: Uint8Array) => void): Promise<AsyncDisposable> =>
      lifeline.wait((resolve) => {
        client.on(event, onPayload)
        resolve({ [Symbol.asyncDispose]: async () => void client.off(event, onPayload) })
      }),
    /** Resolves when the server's next ping has been answered. */
    pinged: (): Promise<void> =>
      lifeline.wait((resolve) => {
        client.io.once('ping', resolve)
      }),
    [Symbol.asyncDispose]: disposeOnce(() => release(() => client.disconnect())),
  }
}

/** Gives the one connection that is open already to whoever asks for a new one. */
function agentOf(socket: Socket): Agent {
  const agent = new Agent()
  return Object.assign(agent, { createConnection: () => socket })
}
