import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { InstrumentError } from '../../model/errors.ts'
import type { Scenario } from '../../model/scenario.ts'
import { closed, lost, placeOf, requireScheme } from '../connection-errors.ts'
import { Lifeline } from '../lifeline.ts'
import type { NoOptions } from '../no-options.ts'
import { refuseOptions } from '../no-options.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { awaitClose, openSocket } from '../sockets.ts'
import type { Transport } from '../transport.ts'
import { serveFastify } from './fastify-endpoint.ts'
import { requestHeadersOf, targetUrlOf } from './request-headers.ts'

/**
 * A POST a message with Node's own `fetch`, on one connection that is kept
 * alive. It is opened by `connect`, so that no message pays for it; where the
 * server closes it, `fetch` opens the next by itself, as it does anywhere.
 */
export const http1: Transport<NoOptions> = {
  id: 'http1',
  title: 'HTTP/1.1 POST, kept alive',
  traits: {
    client: 'fetch',
    protocol: 'http/1.1',
    flows: ['uplink'],
    completion: 'answered',
    secure: false,
  },
  parseOptions: refuseOptions('http1'),
  serve: (_options, context) => serveFastify(context),

  async connect(address, _options, { scenario, signal }) {
    requireScheme('http1', address, 'http:')
    const { Agent, buildConnector } = await import('undici')
    const connection = new Connection(await openSocket(address, signal), buildConnector({}))
    // The connector sets TCP_NODELAY on what it opens, as `openSocket` does.
    const agent = new Agent({ connections: 1, pipelining: 1, connect: connection.connect })
    const lifeline = new Lifeline(signal, () => {
      connection.socket.destroy()
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
            post(
              url,
              { ...init, body: payload as NonNullable<RequestInit['body']> },
              scenario,
            ).then(resolve, reject)
          }),
        [Symbol.asyncDispose]: nothingToDispose,
      }),
      [Symbol.asyncDispose]: disposeOnce(async () => {
        // HTTP has no goodbye: closing an idle connection is a FIN, nothing more.
        if (lifeline.idle && lifeline.reason === null) await agent.close()
        lifeline.cut(closed(address))
        await awaitClose(connection.socket)
      }),
    }
  },
}

/** Hands the agent the connection that is already open; any further one is its own. */
class Connection {
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
