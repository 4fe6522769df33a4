import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import { InstrumentError } from '../../model/errors.ts'
import type { Scenario } from '../../model/scenario.ts'
import { closed, lost, placeOf } from '../connection-errors.ts'
import { Lifeline } from '../lifeline.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { awaitClose } from '../sockets.ts'
import { endBeforeDestroy } from '../tls/close-notify.ts'
import { openStream, type Security } from '../tls/security.ts'
import type { ConnectContext, Peer } from '../transport.ts'
import { requestHeadersOf, targetUrlOf } from './request-headers.ts'

export interface FetchSettings {
  readonly security: Security
  /** `close`: the request says `Connection: close`, and each has a connection of its own. */
  readonly connection: 'kept' | 'close'
}

/**
 * POSTs with Node's own `fetch`, on a connection that is open when this
 * resolves. Where the server closes it, undici opens the next by itself, as it
 * does anywhere.
 * @throws InstrumentError `connection`
 */
export async function openFetchPeer(
  address: URL,
  context: ConnectContext,
  { security, connection: kind }: FetchSettings,
): Promise<Peer> {
  const { scenario, signal } = context
  const { Agent } = await import('undici')
  const connection = await Connection.open(security, address, context)
  const agent = new Agent({
    connections: 1,
    // undici's way of saying that a connection is not kept.
    pipelining: kind === 'close' ? 0 : 1,
    connect: connection.connect,
  })
  const lifeline = new Lifeline(signal, (reason) => {
    connection.socket.destroy(reason)
    agent.destroy().catch(() => {})
  })
  const url = targetUrlOf(address, scenario)
  const init: RequestInit = {
    method: 'POST',
    headers: requestHeadersOf(scenario),
    // A redirect is an answer; following it would be a second message.
    redirect: 'manual',
    // The types of Node's fetch are those of the undici inside Node, which is older.
    dispatcher: agent as unknown as NonNullable<RequestInit['dispatcher']>,
  }
  return {
    openProducer: async () => ({
      kind: 'paced',
      send: (payload) =>
        lifeline.wait((resolve, reject) => {
          post(url, { ...init, body: payload as NonNullable<RequestInit['body']> }, scenario).then(
            resolve,
            reject,
          )
        }),
      [Symbol.asyncDispose]: nothingToDispose,
    }),
    [Symbol.asyncDispose]: disposeOnce(async () => {
      // HTTP has no goodbye: closing an idle connection is a FIN, and over TLS a close_notify.
      if (lifeline.idle && lifeline.reason === null) await agent.close()
      lifeline.cut(closed(address))
      await awaitClose(connection.socket)
    }),
  }
}

/** Hands undici the connection that is already open, and any further one as it is asked for. */
class Connection {
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
  ): Promise<Connection> {
    const open = async (): Promise<Socket> => {
      const socket = await openStream(security, address, context, { alpn: 'http/1.1' })
      return security === 'tls' ? endBeforeDestroy(socket as TLSSocket, isGoodbye) : socket
    }
    return new Connection(await open(), open)
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

/** @throws InstrumentError `connection` when no answer came, or another than the scenario's */
async function post(url: URL, init: RequestInit, scenario: Scenario): Promise<void> {
  let status: number
  try {
    const response = await fetch(url, init)
    // The message is answered when all of the answer is here.
    await response.arrayBuffer()
    status = response.status
  } catch (error) {
    // fetch says "fetch failed"; what failed is its cause.
    throw lost(url, (error as Error).cause ?? error)
  }
  if (status !== scenario.http.response.status) throw unexpectedStatus(url, status, scenario)
}

/** The answer came, and is not the scenario's. */
export function unexpectedStatus(url: URL, status: number, scenario: Scenario): InstrumentError {
  return new InstrumentError(
    'connection',
    `POST ${url.pathname} at ${placeOf(url)} was answered ${status}; http.response.status of the scenario is ${scenario.http.response.status}`,
  )
}
