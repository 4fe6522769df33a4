import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { type InstrumentError, SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { describeErrorCode } from '../../model/wire/http2-errors.ts'
import { closed, lost } from '../connection-errors.ts'
import { type Awaited, type ConnectionEnd, Unanswered } from '../connections/connection-end.ts'
import { type EndingConnection, KeptConnection } from '../connections/kept-connection.ts'
import { Lifeline } from '../connections/lifeline.ts'
import { nothingToDispose } from '../once-disposed.ts'
import { awaitClose, endOf, heardOn } from '../sockets.ts'
import type { ConnectContext, Peer } from '../transport.ts'
import { requireAnswer } from './answer.ts'
import { LARGEST_WINDOW_BYTES } from './flow-window.ts'
import {
  type HttpRequest,
  RequestWriter,
  saysLength,
  targetUrlOf,
} from './request/write-request.ts'

/** What may be sent before the server's SETTINGS are known (RFC 9113 §6.5.2). */
const INITIAL_WINDOW_BYTES = 65_535

/**
 * One connection, and another where the server ends it.
 * @param open a socket on which both sides speak HTTP/2
 * @throws what `open` does
 */
export async function openHttp2Peer(
  address: URL,
  open: () => Promise<Socket>,
  context: ConnectContext,
): Promise<Peer> {
  const kept = await KeptConnection.open(
    address,
    context,
    async () => new Http2Connection(address, await open(), context),
  )
  return {
    openProducer: async () => ({
      kind: 'paced',
      send: (payload) => kept.use((connection) => connection.send(payload)),
      settled: () => kept.settled(),
      [Symbol.asyncDispose]: nothingToDispose,
    }),
    keepAlive: () => kept.useStanding((connection) => connection.ping()),
    [Symbol.asyncDispose]: kept[Symbol.asyncDispose],
  }
}

/** What is known of a message that is under way. */
interface Message {
  stream?: ClientHttp2Stream
  status?: number | undefined
}

/** Speaks HTTP/2 on a socket that is open already. */
class Http2Connection implements EndingConnection {
  readonly #context: ConnectContext
  readonly #address: URL
  readonly #url: URL
  readonly #writer: RequestWriter
  readonly #socket: Socket
  readonly #session: ClientHttp2Session
  readonly #lifeline: Lifeline
  readonly #whenSettled: Promise<void>
  #goaway: Goaway | null = null
  #isFirst = true
  #hasAnswered = false

  constructor(address: URL, socket: Socket, context: ConnectContext) {
    const { scenario, signal } = context
    this.#context = context
    this.#address = address
    this.#url = targetUrlOf(address, scenario)
    this.#writer = new RequestWriter(this.#url, scenario)
    this.#socket = socket
    const session = connect(address, {
      createConnection: () => socket,
      settings: { initialWindowSize: LARGEST_WINDOW_BYTES },
    })
    this.#session = session
    session.once('connect', () => {
      // Node 20.19.0 says so of one that is gone already, too.
      if (!session.destroyed) session.setLocalWindowSize(LARGEST_WINDOW_BYTES)
    })
    session.once('goaway', (code, lastStream) => {
      this.#goaway = goawayOf(code, lastStream ?? 0)
    })
    // One that is saying goodbye is left to finish.
    this.#lifeline = new Lifeline(signal, () => {
      if (!session.closed) session.destroy()
    })
    session.on('error', (error) => this.#lifeline.cut(this.#lost(error)))
    session.once('close', () => this.#lifeline.cut(this.#lost()))
    this.#whenSettled = settle(session)
  }

  get end(): ConnectionEnd | null {
    if (this.#goaway === null && !this.#session.closed && !this.#session.destroyed) return null
    return {
      said: this.#goaway?.said ?? 'nothing',
      hasAnswered: this.#hasAnswered,
      awaited: 'nothing',
      reason: this.#lifeline.reason ?? this.#lost(),
    }
  }

  /** @throws Unanswered, InstrumentError `connection` */
  async send(payload: Uint8Array): Promise<void> {
    const mayGoAtOnce = this.#isFirst && payload.length <= INITIAL_WINDOW_BYTES
    this.#isFirst = false
    const message: Message = {}
    const status = await this.#tied(message, async () => {
      if (!mayGoAtOnce) await this.#whenSettled
      return ask(this.#session, this.#writer.write(payload), message)
    })
    this.#hasAnswered = true
    requireAnswer(this.#url, status, this.#context)
  }

  /** @throws Unanswered, InstrumentError `connection` */
  async ping(): Promise<void> {
    await this.#tied({}, async () => {
      await this.#whenSettled
      await new Promise<void>((resolve, reject) => {
        this.#session.ping((error) => (error === null ? resolve() : reject(error)))
      })
    })
  }

  cut(reason: InstrumentError): void {
    this.#lifeline.cut(reason)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // GOAWAY (RFC 9113 §6.8) and the end of the connection. `node:http2` says
    // it twice in the clear: when it closes, and when it is done with closing.
    if (this.#lifeline.reason === null) this.#session.close()
    this.#lifeline.cut(closed(this.#address))
    await awaitClose(this.#socket)
  }

  #tied<T>(message: Message, work: () => Promise<T>): Promise<T> {
    return this.#lifeline
      .wait<T>((resolve, reject) => {
        work().then(resolve, reject)
      })
      .catch((error: Error) => {
        const { end } = this
        if (end === null) throw lost(this.#address, plainly(error))
        const reason = this.#lifeline.reason ?? this.#lost(error)
        throw new Unanswered({ ...end, awaited: this.#stateOf(message), reason })
      })
  }

  #stateOf({ stream, status }: Message): Awaited {
    if (stream?.id === undefined) return 'unsent'
    // RFC 9113 §6.8: streams above it were not and will not be processed.
    if (this.#goaway !== null && stream.id > this.#goaway.lastStream) return 'untouched'
    return status === undefined && this.#goaway === null ? 'unknown' : 'part'
  }

  #lost(error?: Error): InstrumentError {
    const said = this.#goaway?.reason
    if (said !== undefined || error !== undefined) {
      return lost(this.#address, said ?? plainly(error as Error))
    }
    return lost(this.#address, endOf(this.#socket), heardOn(this.#socket))
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
  said: ConnectionEnd['said']
  lastStream: number
  reason: Error
}

function goawayOf(code: number, lastStream: number): Goaway {
  const isFault = code !== constants.NGHTTP2_NO_ERROR
  const error = describeErrorCode(code)
  const reason = new SaidError(isFault ? said('goawayWith', { error }) : said('goaway'))
  return { said: isFault ? 'fault' : 'no-more', lastStream, reason }
}

/** Its own codes say less than its messages: those name the error code of RFC 9113 §7. */
function plainly(error: Error & { code?: string }): Error {
  return error.code?.startsWith('ERR_HTTP2_') ? new Error(error.message, { cause: error }) : error
}

/**
 * @param message is told what becomes of it
 * @returns the status, when all of the answer is here
 */
function ask(session: ClientHttp2Session, asked: HttpRequest, message: Message): Promise<number> {
  return new Promise((resolve, reject) => {
    const { method, target, host, headers, content } = asked
    const lengthBytes = content?.length ?? 0
    const fields: OutgoingHttpHeaders = {
      ...{ ':method': method, ':path': target, ...(host !== null && { ':authority': host }) },
      ...headers,
      ...(saysLength(asked) && { 'content-length': lengthBytes }),
    }
    const request = session.request(fields, { endStream: lengthBytes === 0 })
    message.stream = request
    request.once('response', (fields) => {
      message.status = fields[':status']
    })
    request.once('error', reject)
    request.once('close', () => {
      if (message.status !== undefined && request.rstCode === 0) resolve(message.status)
      else {
        const error = describeErrorCode(request.rstCode ?? 0)
        reject(new SaidError(said('streamReset', { error })))
      }
    })
    request.resume()
    if (lengthBytes > 0) request.end(content)
  })
}
