import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describeErrorCode } from '../../model/wire/http2-errors.ts'
import { closed, lost } from '../connection-errors.ts'
import { Lifeline } from '../lifeline.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { awaitClose, endOf, heardOn } from '../sockets.ts'
import type { ConnectContext, Peer } from '../transport.ts'
import { requireAnswer } from './answer.ts'
import { LARGEST_WINDOW_BYTES } from './flow-window.ts'
import { requestHeadersOf, targetUrlOf } from './request-headers.ts'

/** What may be sent before the server's SETTINGS are known (RFC 9113 §6.5.2). */
const INITIAL_WINDOW_BYTES = 65_535

/** Speaks HTTP/2 on a socket that is open already. */
export function openHttp2Peer(address: URL, socket: Socket, context: ConnectContext): Peer {
  const { scenario, signal } = context
  const session = connect(address, {
    createConnection: () => socket,
    settings: { initialWindowSize: LARGEST_WINDOW_BYTES },
  })
  session.once('connect', () => session.setLocalWindowSize(LARGEST_WINDOW_BYTES))
  const goaway = awaitGoaway(session)
  const lifeline = holdSession(address, { socket, session, goaway }, signal)
  const whenSettled = settle(session)
  const url = targetUrlOf(address, scenario)
  const headers = {
    ':method': 'POST',
    ':path': url.pathname + url.search,
    ...requestHeadersOf(scenario),
  }
  let isFirst = true

  const send = async (payload: Uint8Array): Promise<void> => {
    const mayGoAtOnce = isFirst && payload.length <= INITIAL_WINDOW_BYTES
    isFirst = false
    if (!mayGoAtOnce) await whenSettled
    requireAnswer(url, await post(url, session, headers, payload), context)
  }
  const ping = async (): Promise<void> => {
    await whenSettled
    await new Promise<void>((resolve, reject) => {
      session.ping((error) => (error === null ? resolve() : reject(error)))
    })
  }
  const tied = (work: () => Promise<void>): Promise<void> =>
    lifeline.wait((resolve, reject) => {
      work().then(resolve, (error) => reject(lost(address, goaway.reason ?? plainly(error))))
    })

  return {
    openProducer: async () => ({
      kind: 'paced',
      send: (payload) => tied(() => send(payload)),
      [Symbol.asyncDispose]: nothingToDispose,
    }),
    keepAlive: () => tied(ping),
    [Symbol.asyncDispose]: disposeOnce(async () => {
      // GOAWAY (RFC 9113 §6.8) and the end of the connection. `node:http2` says
      // it twice in the clear: when it closes, and when it is done with closing.
      if (lifeline.idle && lifeline.reason === null) session.close()
      lifeline.cut(closed(address))
      await awaitClose(socket)
    }),
  }
}

/**
 * Resolves when the server's SETTINGS are here and their acknowledgement is sent.
 *
 * A client need not wait for them (RFC 9113 §3.4), and the first message does
 * not, unless it is larger than the window that it has until then. Whatever
 * comes after waits, as a rule for nothing any more: otherwise the
 * acknowledgement would leave in one write with it, in one TLS record, or
 * without it, depending on which of the two was sooner.
 */
async function settle(session: ClientHttp2Session): Promise<void> {
  await new Promise<void>((resolve) => session.once('remoteSettings', () => resolve()))
  // It writes at the end of the turn in which it was told.
  await nextTurn()
}

/** What the server said when it turned the client away; whatever fails after that, fails because of it. */
interface Goaway {
  reason?: Error
}

function awaitGoaway(session: ClientHttp2Session): Goaway {
  const goaway: Goaway = {}
  session.once('goaway', (code) => {
    const why =
      code === constants.NGHTTP2_NO_ERROR ? '' : ` with ${describeErrorCode(code)} (RFC 9113 §7)`
    goaway.reason = new Error(`the server said GOAWAY${why}`)
  })
  return goaway
}

/** Ties a lifeline to a session; one that is saying goodbye is left to finish. */
function holdSession(
  address: URL,
  { socket, session, goaway }: { socket: Socket; session: ClientHttp2Session; goaway: Goaway },
  signal: AbortSignal,
): Lifeline {
  const lifeline = new Lifeline(signal, () => {
    if (!session.closed) session.destroy()
  })
  session.on('error', (error) => lifeline.cut(lost(address, goaway.reason ?? plainly(error))))
  session.once('close', () =>
    lifeline.cut(lost(address, goaway.reason ?? endOf(socket), heardOn(socket))),
  )
  return lifeline
}

/** Its own codes say less than its messages: those name the error code of RFC 9113 §7. */
function plainly(error: Error & { code?: string }): Error {
  return error.code?.startsWith('ERR_HTTP2_') ? new Error(error.message, { cause: error }) : error
}

/** @returns the status, when all of the answer is here */
function post(
  url: URL,
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  payload: Uint8Array,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const isEmpty = payload.length === 0
    const request = session.request(
      { ...headers, 'content-length': payload.length },
      { endStream: isEmpty },
    )
    let status: number | undefined
    request.once('response', (fields) => {
      status = fields[':status']
    })
    request.once('error', reject)
    request.once('close', () => {
      if (status !== undefined && request.rstCode === 0) resolve(status)
      else if (session.destroyed) reject(lost(url))
      else
        reject(
          new Error(
            `the server reset the stream with ${describeErrorCode(request.rstCode ?? 0)} before it had answered`,
          ),
        )
    })
    request.resume()
    if (!isEmpty) request.end(payload)
  })
}
