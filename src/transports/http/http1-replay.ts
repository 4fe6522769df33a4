import type { Socket } from 'node:net'
import { contentTypeOf } from '../../model/scenario/content-type.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { lost, placeOf, requireScheme } from '../connection-errors.ts'
import type { Lifeline } from '../lifeline.ts'
import type { NoOptions } from '../no-options.ts'
import { refuseOptions } from '../no-options.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { holdSocket, openSocket, releaseSocket } from '../sockets.ts'
import type { ConnectContext, PacedProducer, Transport } from '../transport.ts'
import { requireAnswer } from './answer.ts'
import { buildHead } from './header-sets/header-set.ts'
import { REQUEST_SETS } from './header-sets/request-sets.ts'
import { MessageReader } from './message-reader.ts'
import { serveReplay } from './replay-endpoint.ts'
import { targetUrlOf } from './request-headers.ts'

/**
 * POSTs with a head that was captured from some client, replayed byte for byte
 * on a raw socket, one in flight, and answered with a head captured from some
 * server. Which of them stands in the scenario (`http.request.headerSet`,
 * `http.response.answerSet`); left out, both are the least that the
 * specification allows. The scenario's own headers follow those of the set.
 */
export const http1Replay: Transport<NoOptions> = {
  id: 'http1-replay',
  title: 'HTTP/1.1 POST, a header set replayed',
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
    const socket = await openSocket(address, context)
    const lifeline = holdSocket(address, socket, context.signal)
    const producer = new ReplayProducer(
      targetUrlOf(address, context.scenario),
      context,
      socket,
      lifeline,
    )
    return {
      openProducer: async () => producer,
      [Symbol.asyncDispose]: disposeOnce(() => releaseSocket(address, socket, lifeline)),
    }
  },
}

/** The head of a request with so much content. */
export function requestHeadOf(url: URL, scenario: Scenario, contentBytes: number): Buffer {
  const { headerSet = 'minimal', headers } = scenario.http.request
  return buildHead(
    `POST ${url.pathname}${url.search} HTTP/1.1`,
    REQUEST_SETS[headerSet].lines,
    { host: url.host, length: String(contentBytes), type: contentTypeOf(scenario) },
    headers,
  )
}

class ReplayProducer implements PacedProducer {
  readonly kind = 'paced'
  readonly [Symbol.asyncDispose] = nothingToDispose
  readonly #url: URL
  readonly #context: ConnectContext
  readonly #socket: Socket
  readonly #lifeline: Lifeline
  /** Answered in the order of asking. */
  readonly #awaited: { resolve: () => void; reject: (error: Error) => void }[] = []
  /** The latest: as a rule, the next message is as long. */
  #head: { contentBytes: number; bytes: Buffer } | null = null

  constructor(url: URL, context: ConnectContext, socket: Socket, lifeline: Lifeline) {
    this.#url = url
    this.#context = context
    this.#socket = socket
    this.#lifeline = lifeline
    const reader = new MessageReader()
    socket.on('data', (chunk) => {
      try {
        for (const { startLine } of reader.feed(chunk)) this.#accept(startLine)
      } catch (cause) {
        lifeline.cut(lost(url, cause))
      }
    })
  }

  send(payload: Uint8Array): Promise<void> {
    return this.#lifeline.wait((resolve, reject) => {
      this.#awaited.push({ resolve, reject })
      // One write: head and content leave together where they fit a segment.
      this.#socket.write(Buffer.concat([this.#headFor(payload.length), payload]))
    })
  }

  #headFor(contentBytes: number): Buffer {
    if (this.#head?.contentBytes !== contentBytes) {
      const bytes = requestHeadOf(this.#url, this.#context.scenario, contentBytes)
      this.#head = { contentBytes, bytes }
    }
    return this.#head.bytes
  }

  #accept(startLine: string): void {
    const [, code] = /^HTTP\/1\.[01] (\d{3}) /.exec(startLine) ?? []
    if (code === undefined) throw new Error(`${placeOf(this.#url)} does not answer in HTTP/1.1`)
    // RFC 9110 §15.2: an interim response is not the answer.
    if (code.startsWith('1')) return
    const awaited = this.#awaited.shift()
    if (awaited === undefined) throw new Error('an answer came that nobody asked for')
    try {
      requireAnswer(this.#url, Number(code), this.#context)
      awaited.resolve()
    } catch (error) {
      awaited.reject(error as Error)
    }
  }
}
