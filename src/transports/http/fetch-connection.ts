import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Client } from 'undici'
import { type InstrumentError, SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { lost } from '../connection-errors.ts'
import { type Awaited, type ConnectionEnd, Unanswered } from '../connections/connection-end.ts'
import { type EndingConnection, KeptConnection } from '../connections/kept-connection.ts'
import { awaitClose, endOf, heardOn } from '../sockets.ts'
import { endBeforeDestroy } from '../tls/close-notify.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { ConnectContext } from '../transport.ts'

/** One connection for Node's own `fetch`. Where the server ends it, another takes its place. */
export type FetchConnection = KeptConnection<FetchSocket>

export interface FetchSettings {
  /** `clear` if left out. */
  readonly security?: Security
  /** `close`: the request says `Connection: close`, and each has a connection of its own. `kept` if left out. */
  readonly connection?: 'kept' | 'close'
  /**
   * How long it waits for an answer, and within one. `endless`: the server answers
   * when there is something to say. As long as `fetch` does by itself if left out.
   */
  readonly patience?: 'endless'
}

/**
 * Opens the connection now, so that no message on a kept one pays for it.
 * @throws InstrumentError `connection`
 */
export const openFetchConnection = (
  address: URL,
  context: ConnectContext,
  settings: FetchSettings = {},
): Promise<FetchConnection> =>
  KeptConnection.open(address, context, () => FetchSocket.open(address, context, settings))

/**
 * One socket under undici. A client of undici's is made for each: left to open
 * its connections itself, version 7 opens one for every further request once the
 * server has ended the first, where requests follow each other at once.
 */
class FetchSocket implements EndingConnection {
  readonly #address: URL
  readonly #socket: Socket
  readonly #client: Client
  /** Whether the socket is the client's by now: it asks for it with its first request. */
  readonly #isTaken: () => boolean
  #hasAnswered = false
  #reason: InstrumentError | null = null

  private constructor(address: URL, socket: Socket, client: Client, isTaken: () => boolean) {
    this.#address = address
    this.#socket = socket
    this.#client = client
    this.#isTaken = isTaken
  }

  /** @throws InstrumentError `connection` */
  static async open(
    address: URL,
    context: ConnectContext,
    { security = 'clear', connection = 'kept', patience }: FetchSettings,
  ): Promise<FetchSocket> {
    const { default: UndiciClient } = await import('undici/lib/dispatcher/client.js')
    const stream = await openStream(security, address, context, { alpn: 'http/1.1' })
    const socket = security === 'tls' ? endBeforeDestroy(stream as TLSSocket, isGoodbye) : stream
    let isTaken = false
    // Host is the client's to say: fetch sends no other. The connection is open already.
    const { host = address.host } = context.scenario.http
    const client = new UndiciClient(`${address.protocol}//${host}`, {
      // undici's way of saying that a connection is not kept.
      pipelining: connection === 'close' ? 0 : 1,
      connect: (_options, callback) => {
        const isFirst = !isTaken
        isTaken = true
        // It does not go on where it is called back within the call.
        queueMicrotask(() => {
          if (isFirst) callback(null, socket)
          else callback(new NoSuccessor(), null)
        })
      },
      ...(patience === 'endless' && { headersTimeout: 0, bodyTimeout: 0 }),
    })
    return new FetchSocket(address, socket, client, () => isTaken)
  }

  get end(): ConnectionEnd | null {
    const { destroyed, writable, readableEnded } = this.#socket
    if (!destroyed && writable && !readableEnded) return null
    const reason = this.#reason ?? lost(this.#address, endOf(this.#socket), heardOn(this.#socket))
    return { said: 'nothing', hasAnswered: this.#hasAnswered, awaited: 'nothing', reason }
  }

  /**
   * One request.
   * @param read takes the answer in; the request is over when it is done
   * @throws Unanswered, InstrumentError `connection`, or what `read` throws
   */
  async request<T>(
    url: URL,
    init: RequestInit,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    // The types of Node's fetch are those of the undici inside Node, which is older.
    const dispatcher = this.#client as unknown as NonNullable<RequestInit['dispatcher']>
    let hasHead = false
    try {
      // A redirect is an answer; following it would be a second message.
      const response = await fetch(url, { ...init, dispatcher, redirect: 'manual' })
      hasHead = true
      const answer = await read(response)
      this.#hasAnswered = true
      return answer
    } catch (error) {
      // fetch says "fetch failed"; what failed is its cause.
      const cause: unknown = this.#reason ?? (error as Error).cause ?? error
      const reason = this.#explain(url, cause)
      if (hasHead || !isEnd(cause)) throw reason
      const awaited: Awaited = cause instanceof NoSuccessor ? 'unsent' : 'unknown'
      throw new Unanswered({ said: 'nothing', hasAnswered: this.#hasAnswered, awaited, reason })
    }
  }

  /** Where the cause is no more than the end of the socket, the socket knows why. */
  #explain(url: URL, cause: unknown): InstrumentError {
    const isMere = (cause as NodeJS.ErrnoException).code === 'UND_ERR_SOCKET'
    return lost(url, (isMere ? endOf(this.#socket) : null) ?? cause, heardOn(this.#socket))
  }

  cut(reason: InstrumentError): void {
    this.#reason ??= reason
    this.#socket.destroy(reason)
    this.#client.destroy().catch(() => {})
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // HTTP has no goodbye: closing an idle connection is a FIN, and over TLS a close_notify.
    if (this.#reason === null) await this.#client.close()
    // Without a request the client knows of no socket that it could close.
    if (!this.#isTaken()) this.#socket.resume().end()
    await awaitClose(this.#socket)
  }
}

/** What is told to undici where it wants to open a connection of its own: whatever waited for one was not sent. */
class NoSuccessor extends SaidError {
  constructor() {
    super(said('overBeforeSent'))
  }
}

/** Whether it was the connection's end, by what undici or the system calls it. */
function isEnd(cause: unknown): boolean {
  if (cause instanceof NoSuccessor) return true
  const { code } = cause as NodeJS.ErrnoException
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}

/**
 * undici closes with an error of its own: `reset` behind the last answer,
 * `destroyed` when it is closed itself, and one of the socket where the server
 * was first to say goodbye.
 */
function isGoodbye(error: Error | undefined, socket: TLSSocket): boolean {
  if (error === undefined) return true
  const { code } = error as NodeJS.ErrnoException
  if (code === 'UND_ERR_SOCKET') return socket.readableEnded
  return code === 'UND_ERR_INFO' || code === 'UND_ERR_DESTROYED'
}
