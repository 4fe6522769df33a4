import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import type { InstrumentError } from '../../model/errors.ts'
import { closed, lost } from '../connection-errors.ts'
import { Lifeline } from '../lifeline.ts'
import { disposeOnce } from '../once-disposed.ts'
import { awaitClose, endOf, heardOn } from '../sockets.ts'
import { endBeforeDestroy } from '../tls/close-notify.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { ConnectContext } from '../transport.ts'

/** One connection for Node's own `fetch`. Where the server closes it, undici opens the next by itself, as it does anywhere. */
export interface FetchConnection extends AsyncDisposable {
  /**
   * One request.
   * @param read takes the answer in; the request is over when it is done
   * @throws InstrumentError `connection`, or what `read` throws
   */
  request<T>(url: URL, init: RequestInit, read: (response: Response) => Promise<T>): Promise<T>
  /** A promise that rejects when the connection is given up before `start` has settled it. */
  wait(start: (resolve: () => void, reject: (error: unknown) => void) => void): Promise<void>
  /** Gives it up: what waits rejects with the reason, and whatever comes after. */
  cut(reason: InstrumentError): void
}

/** How long the client waits for an answer, and within one. */
export type Patience =
  /** As long as `fetch` does by itself. */
  | 'usual'
  /** For ever: the server answers when there is something to say. */
  | 'endless'

export interface FetchSettings {
  /** `clear` if left out. */
  readonly security?: Security
  /** `close`: the request says `Connection: close`, and each has a connection of its own. `kept` if left out. */
  readonly connection?: 'kept' | 'close'
  /** `usual` if left out. */
  readonly patience?: Patience
}

/**
 * Opens the connection now, so that no message on a kept one pays for it.
 * @throws InstrumentError `connection`
 */
export async function openFetchConnection(
  address: URL,
  context: ConnectContext,
  { security = 'clear', connection = 'kept', patience = 'usual' }: FetchSettings = {},
): Promise<FetchConnection> {
  const { default: Agent } = await import('undici/lib/dispatcher/agent.js')
  const held = await HeldSocket.open(security, address, context)
  const agent = new Agent({
    connections: 1,
    // undici's way of saying that a connection is not kept.
    pipelining: connection === 'close' ? 0 : 1,
    connect: held.connect,
    ...(patience === 'endless' && { headersTimeout: 0, bodyTimeout: 0 }),
  })
  const lifeline = new Lifeline(context.signal, (reason) => {
    held.socket.destroy(reason)
    agent.destroy().catch(() => {})
  })
  // The types of Node's fetch are those of the undici inside Node, which is older.
  const dispatcher = agent as unknown as NonNullable<RequestInit['dispatcher']>
  return {
    request: (url, init, read) =>
      lifeline.wait((resolve, reject) => {
        ask(url, { ...init, dispatcher }, read).then(resolve, (error) =>
          reject(held.explain(url, error)),
        )
      }),
    wait: (start) => lifeline.wait(start),
    cut: (reason) => lifeline.cut(reason),
    [Symbol.asyncDispose]: disposeOnce(async () => {
      // HTTP has no goodbye: closing an idle connection is a FIN, and over TLS a close_notify.
      if (lifeline.idle && lifeline.reason === null) await agent.close()
      lifeline.cut(closed(address))
      await awaitClose(held.socket)
    }),
  }
}

/** @throws what `fetch` does where no whole answer came */
async function ask<T>(
  url: URL,
  init: RequestInit,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  // A redirect is an answer; following it would be a second message.
  return await read(await fetch(url, { ...init, redirect: 'manual' }))
}

/** Hands undici the connection that is already open, and any further one as it is asked for. */
class HeldSocket {
  /** The latest. */
  socket: Socket
  #isTaken = false
  readonly #open: () => Promise<Socket>

  private constructor(socket: Socket, open: () => Promise<Socket>) {
    this.socket = socket
    this.#open = open
  }

  static async open(
    security: Security,
    address: URL,
    context: ConnectContext,
  ): Promise<HeldSocket> {
    const open = async (): Promise<Socket> => {
      const socket = await openStream(security, address, context, { alpn: 'http/1.1' })
      return security === 'tls' ? endBeforeDestroy(socket as TLSSocket, isGoodbye) : socket
    }
    return new HeldSocket(await open(), open)
  }

  /** fetch says "fetch failed"; what failed is its cause. Where that is no more than the end of the socket, the socket knows why. */
  explain(url: URL, error: Error): InstrumentError {
    const cause = (error.cause ?? error) as NodeJS.ErrnoException
    const end = cause.code === 'UND_ERR_SOCKET' ? endOf(this.socket) : null
    return lost(url, end ?? cause, heardOn(this.socket))
  }

  readonly connect: buildConnector.connector = (_options, callback) => {
    this.#take().then(
      (socket) => callback(null, socket),
      (error) => callback(error, null),
    )
  }

  async #take(): Promise<Socket> {
    if (this.#isTaken || !this.socket.writable) this.socket = await this.#open()
    this.#isTaken = true
    return this.socket
  }
}

/** undici closes with an error of its own: `reset` behind the last answer, `destroyed` when it is closed itself. */
function isGoodbye(error: Error | undefined): boolean {
  if (error === undefined) return true
  const { code } = error as NodeJS.ErrnoException
  return code === 'UND_ERR_INFO' || code === 'UND_ERR_DESTROYED'
}
