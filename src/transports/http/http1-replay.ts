import type { Socket } from 'node:net'
import { type InstrumentError, SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { lost, placeOf, requireScheme } from '../connection-errors.ts'
import { type ConnectionEnd, Unanswered } from '../connections/connection-end.ts'
import { type EndingConnection, KeptConnection } from '../connections/kept-connection.ts'
import type { Lifeline } from '../connections/lifeline.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { nothingToDispose } from '../once-disposed.ts'
import { endOf, holdSocket, openSocket, releaseSocket } from '../sockets.ts'
import type { ConnectContext, PacedProducer, Transport } from '../transport.ts'
import { requireAnswer } from './answer.ts'
import { serveReplay } from './endpoint/replay-endpoint.ts'
import { buildHead, fillHead } from './header-sets/header-set.ts'
import { REQUEST_SETS } from './header-sets/request-sets.ts'
import { type HttpMessage, MessageReader } from './message-reader.ts'
import {
  type HttpRequest,
  RequestWriter,
  saysLength,
  targetUrlOf,
} from './request/write-request.ts'

/**
 * Requests with a head that was captured from some client, replayed byte for byte
 * on a raw socket, one in flight, and answered with a head captured from some
 * server. Which of them stands in the scenario (`http.request.headerSet`,
 * `http.response.answerSet`); left out, both are the least that the
 * specification allows. The scenario's own headers follow those of the set.
 */
export const http1Replay: Transport<NoOptions> = {
  id: 'http1-replay',
  title: { en: 'HTTP/1.1, a header set replayed', 'zh-TW': 'HTTP/1.1，重播一組標頭' },
  traits: {
    client: 'bare',
    protocol: 'http/1.1',
    flows: ['uplink'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 115 },
  parseOptions: refuseOptions('http1-replay'),
  serve: (_options, context) => serveReplay(context),

  async connect(address, _options, context) {
    requireScheme('http1-replay', address, 'http:')
    const kept = await KeptConnection.open(
      address,
      context,
      async () => new ReplayConnection(address, await openSocket(address, context), context),
    )
    // RFC 9112 §9.3.2: behind a POST, nothing is sent before its answer.
    let turn: Promise<unknown> = Promise.resolve()
    const producer: PacedProducer = {
      kind: 'paced',
      send(payload) {
        const sent = turn.then(() => kept.use((connection) => connection.send(payload)))
        turn = sent.catch(() => {})
        return sent
      },
      settled: () => kept.settled(),
      [Symbol.asyncDispose]: nothingToDispose,
    }
    return {
      openProducer: async () => producer,
      [Symbol.asyncDispose]: kept[Symbol.asyncDispose],
    }
  },
}

const NOTHING = new Uint8Array(0)

/** The head of a request. */
export function requestHeadOf(url: URL, scenario: Scenario, request: HttpRequest): Buffer {
  const { headerSet = 'minimal', head } = scenario.http.request
  const { 'content-type': type, ...headers } = request.headers
  const length = saysLength(request) ? String(request.content?.length ?? 0) : undefined
  if (head !== undefined) return fillHead(head, { target: request.target, length: length ?? '0' })
  // Where there is no content, nothing is said of it.
  const said = REQUEST_SETS[headerSet].lines.filter(
    (line) =>
      (type !== undefined || !line.includes('{type}')) &&
      (length !== undefined || !line.includes('{length}')),
  )
  return buildHead(
    `${request.method} ${request.target} HTTP/1.1`,
    said,
    {
      host: request.host ?? url.host,
      ...(length !== undefined && { length }),
      ...(type !== undefined && { type }),
    },
    headers,
  )
}

class ReplayConnection implements EndingConnection {
  readonly #address: URL
  readonly #url: URL
  readonly #context: ConnectContext
  readonly #writer: RequestWriter
  readonly #socket: Socket
  readonly #lifeline: Lifeline
  readonly #reader = new MessageReader()
  #awaited: { resolve: () => void; reject: (error: Error) => void } | null = null
  /** The latest: as a rule, the next message is as long. */
  #head: { target: string; contentBytes: number; bytes: Buffer } | null = null
  #hasAnswered = false
  #isLast = false

  constructor(address: URL, socket: Socket, context: ConnectContext) {
    this.#address = address
    this.#url = targetUrlOf(address, context.scenario)
    this.#context = context
    this.#writer = new RequestWriter(this.#url, context.scenario)
    this.#socket = socket
    this.#lifeline = holdSocket(address, socket, context.signal)
    socket.on('data', (chunk) => {
      try {
        for (const message of this.#reader.feed(chunk)) this.#accept(message)
      } catch (cause) {
        this.#lifeline.cut(lost(this.#url, cause))
      }
    })
  }

  get end(): ConnectionEnd | null {
    const { writable, readableEnded } = this.#socket
    if (writable && !readableEnded && this.#lifeline.reason === null) return null
    return {
      said: this.#isLast ? 'no-more' : 'nothing',
      hasAnswered: this.#hasAnswered,
      awaited: 'nothing',
      reason: this.#lifeline.reason ?? lost(this.#address, endOf(this.#socket)),
    }
  }

  /** @throws Unanswered, InstrumentError `connection` */
  async send(payload: Uint8Array): Promise<void> {
    const request = this.#writer.write(payload)
    try {
      await this.#lifeline.wait((resolve, reject) => {
        this.#awaited = { resolve, reject }
        // One write: head and content leave together where they fit a segment.
        this.#socket.write(Buffer.concat([this.#headFor(request), request.content ?? NOTHING]))
      })
    } catch (error) {
      if (this.#awaited === null) throw error
      const awaited = this.#reader.isWithin ? 'part' : 'unknown'
      throw this.end === null ? error : new Unanswered({ ...this.end, awaited })
    }
  }

  cut(reason: InstrumentError): void {
    this.#lifeline.cut(reason)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return releaseSocket(this.#address, this.#socket, this.#lifeline)
  }

  #headFor(request: HttpRequest): Buffer {
    const { target, content } = request
    const contentBytes = content?.length ?? 0
    if (this.#head?.contentBytes !== contentBytes || this.#head.target !== target) {
      const bytes = requestHeadOf(this.#url, this.#context.scenario, request)
      this.#head = { target, contentBytes, bytes }
    }
    return this.#head.bytes
  }

  #accept({ startLine, isLast }: HttpMessage): void {
    const [, code] = /^HTTP\/1\.[01] (\d{3}) /.exec(startLine) ?? []
    if (code === undefined) throw new SaidError(said('noHttp1', { place: placeOf(this.#url) }))
    // RFC 9110 §15.2: an interim response is not the answer.
    if (code.startsWith('1')) return
    const awaited = this.#awaited
    if (awaited === null) throw new SaidError(said('strangeAnswer'))
    this.#awaited = null
    this.#hasAnswered = true
    this.#isLast = isLast
    if (isLast) this.#socket.end()
    try {
      requireAnswer(this.#url, Number(code), this.#context)
      awaited.resolve()
    } catch (error) {
      awaited.reject(error as Error)
    }
  }
}
