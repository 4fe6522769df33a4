import { Agent } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import type { Socket } from 'socket.io-client'
import { lost, unreachable } from '../connection-errors.ts'
import { identityOf } from '../http/request/write-request.ts'
import { disposeOnce } from '../once-disposed.ts'
import { openSocket } from '../sockets.ts'
import type { ConnectContext } from '../transport.ts'
import { HeldConnection } from './held-connection.ts'

/** A client of Socket.IO on one WebSocket, in its main namespace. */
export class SocketIoConnection {
  readonly #address: URL
  readonly #client: Socket
  readonly #held: HeldConnection
  readonly [Symbol.asyncDispose]: () => Promise<void> = disposeOnce(() =>
    this.#held.release(() => this.#client.disconnect()),
  )

  /**
   * Resolves when the server has answered CONNECT.
   * @param room to be joined with it; null for none
   * @throws InstrumentError `connection`
   */
  static async open(
    address: URL,
    room: string | null,
    { scenario, signal }: Pick<ConnectContext, 'scenario' | 'signal'>,
  ): Promise<SocketIoConnection> {
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
    const held = new HeldConnection(address, socket, signal)
    client.on('disconnect', (reason) => held.lifeline.cut(lost(address, new Error(reason))))
    try {
      await held.lifeline.wait<void>((resolve, reject) => {
        client.once('connect', resolve)
        client.once('connect_error', (error) => reject(lost(address, error)))
      })
    } catch (cause) {
      client.disconnect()
      socket.destroy()
      throw unreachable(address, cause)
    }
    return new SocketIoConnection(address, client, held)
  }

  private constructor(address: URL, client: Socket, held: HeldConnection) {
    this.#address = address
    this.#client = client
    this.#held = held
  }

  /** Emits an event with one binary argument, or none; resolves when it is acknowledged. */
  emit(event: string, payload?: Uint8Array): Promise<void> {
    return this.#held.lifeline.wait((resolve, reject) => {
      this.#client.emitWithAck(event, ...(payload === undefined ? [] : [payload])).then(
        () => resolve(),
        (error) => reject(lost(this.#address, error)),
      )
    })
  }

  /** Hands on the argument of each event of that name from now; resolves to what ends it. */
  listen(event: string, onPayload: (payload: Uint8Array) => void): Promise<AsyncDisposable> {
    return this.#held.lifeline.wait((resolve) => {
      this.#client.on(event, onPayload)
      resolve({
        [Symbol.asyncDispose]: async () => {
          this.#client.off(event, onPayload)
        },
      })
    })
  }

  /** Resolves when the server's next ping has been answered. */
  pinged(): Promise<void> {
    return this.#held.lifeline.wait((resolve) => {
      this.#client.io.once('ping', resolve)
    })
  }
}

/** Gives the one connection that is open already to whoever asks for a new one. */
function agentOf(socket: TcpSocket): Agent {
  const agent = new Agent()
  return Object.assign(agent, { createConnection: () => socket })
}
