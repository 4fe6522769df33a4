import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import type { InstrumentError } from '../../model/errors.ts'
import { closed, lost } from '../connection-errors.ts'
import { Lifeline } from '../lifeline.ts'
import { disposeOnce } from '../once-disposed.ts'
import { awaitClose, openSocket } from '../sockets.ts'

/** One connection for Node's own `fetch`, kept alive; where the server closes it, `fetch` opens the next by itself. */
export interface KeptConnection extends AsyncDisposable {
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

/**
 * Opens the connection now, so that no message pays for it.
 * @throws InstrumentError `connection`
 */
export async function openKeptConnection(
  address: URL,
  signal: AbortSignal,
  patience: Patience = 'usual',
): Promise<KeptConnection> {
  const { Agent, buildConnector } = await import('undici')
  const held = new HeldSocket(await openSocket(address, signal), buildConnector({}))
  const agent = new Agent({
    connections: 1,
    pipelining: 1,
    // The connector sets TCP_NODELAY on what it opens, as `openSocket` does.
    connect: held.connect,
    ...(patience === 'endless' && { headersTimeout: 0, bodyTimeout: 0 }),
  })
  const lifeline = new Lifeline(signal, () => {
    held.socket.destroy()
    agent.destroy().catch(() => {})
  })
  // The types of Node's fetch are those of the undici inside Node, which is older.
  const dispatcher = agent as unknown as NonNullable<RequestInit['dispatcher']>
  return {
    request: (url, init, read) =>
      lifeline.wait((resolve, reject) => {
        ask(url, { ...init, dispatcher }, read).then(resolve, reject)
      }),
    wait: (start) => lifeline.wait(start),
    cut: (reason) => lifeline.cut(reason),
    [Symbol.asyncDispose]: disposeOnce(async () => {
      // HTTP has no goodbye: closing an idle connection is a FIN, nothing more.
      if (lifeline.idle && lifeline.reason === null) await agent.close()
      lifeline.cut(closed(address))
      await awaitClose(held.socket)
    }),
  }
}

/** @throws InstrumentError `connection` where no whole answer came */
async function ask<T>(
  url: URL,
  init: RequestInit,
  read: (response: Response) => Promise<T>,
): Promise<T> {
  try {
    // A redirect is an answer; following it would be a second message.
    return await read(await fetch(url, { ...init, redirect: 'manual' }))
  } catch (error) {
    // fetch says "fetch failed"; what failed is its cause.
    throw lost(url, (error as Error).cause ?? error)
  }
}

/** Hands the agent the connection that is already open; any further one is its own. */
class HeldSocket {
  /** The latest. */
  socket: Socket
  #isTaken = false
  readonly #open: buildConnector.connector

  constructor(socket: Socket, open: buildConnector.connector) {
    this.socket = socket
    this.#open = open
  }

  readonly connect: buildConnector.connector = (options, callback) => {
    if (!this.#isTaken && this.socket.writable) {
      this.#isTaken = true
      // undici expects its connector to answer later, never at once.
      queueMicrotask(() => callback(null, this.socket))
      return
    }
    this.#open(options, (...[error, socket]: buildConnector.CallbackArgs) => {
      if (error !== null) {
        callback(error, null)
        return
      }
      this.socket = socket
      callback(null, socket)
    })
  }
}
