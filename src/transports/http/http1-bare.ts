import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { type InstrumentError, SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { closed, lost, requireScheme, stopped, unreachable } from '../connection-errors.ts'
import { meaningOf } from '../connections/connection-end.ts'
import { Lifeline } from '../connections/lifeline.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { disposeOnce, nothingToDispose } from '../once-disposed.ts'
import { awaitClose, heardOn } from '../sockets.ts'
import type { ConnectContext, SelfDrivingProducer, Transport } from '../transport.ts'
import { requireAnswer } from './answer.ts'
import { cycleLengthOf } from './cycle.ts'
import { serveFastify } from './endpoint/fastify-endpoint.ts'
import { FASTIFY } from './libraries.ts'
import { RequestWriter, saysLength, targetUrlOf } from './request/write-request.ts'

/** autocannon notices its end only when it samples; the wait comes after the last answer. */
const SAMPLE_INTERVAL_MS = 100
/** A day: who measures sets the deadline, and autocannon would send again on its own. */
const ANSWER_TIMEOUT_S = 86_400
const NOTHING = new Uint8Array(0)

/** What is used of the client inside autocannon, which its types leave out. */
interface AutocannonClient extends EventEmitter {
  readonly conn: Socket
  /** Sends the next request, and is called behind each answer. */
  _doRequest(): void
  destroy(): void
}

/**
 * Pre-built requests on a socket, driven by autocannon: one connection, one in
 * flight, each sent as soon as the one before it was answered. Besides
 * `Host` and `Content-Length` it adds `Connection: keep-alive`, nothing else.
 *
 * Unlike the other transports, `connect` opens nothing: autocannon can neither
 * take over a connection nor keep one, so each `drive` opens its own and closes
 * it. An address where nobody listens is therefore found out by `drive`. Where
 * the server ends the connection, another autocannon goes on: by itself it sends
 * the next request behind the last answer, and counts on as if it were answered.
 */
export const http1Bare: Transport<NoOptions> = {
  id: 'http1-bare',
  title: { en: 'HTTP/1.1, pre-built requests', 'zh-TW': 'HTTP/1.1，預先組好的請求' },
  traits: {
    client: 'bare',
    protocol: 'http/1.1',
    flows: ['uplink'],
    completion: 'answered',
    secure: false,
    pacedBy: 'itself',
  },
  listing: { order: 110 },
  libraries: [{ name: 'autocannon', moves: 'up' }, FASTIFY],
  parseOptions: refuseOptions('http1-bare'),
  serve: (_options, context) => serveFastify(context),

  async connect(address, _options, context) {
    const { scenario, signal } = context
    requireScheme('http1-bare', address, 'http:')
    if (signal.aborted) throw stopped(signal)
    const { default: autocannon } = await import('autocannon')
    const url = targetUrlOf(address, scenario)
    const drives = new Set<Drive>()
    const ended = new Set<Promise<unknown>>()
    const lifeline = new Lifeline(signal, () => {
      for (const drive of drives) drive.stop()
    })
    const producer: SelfDrivingProducer = {
      kind: 'self-driving',
      async drive(payloads, now, onCompleted) {
        let done = 0
        while (done < payloads.length) {
          if (done > 0) context.onServerEnd?.('renewed')
          const drive = new Drive(url, context, payloads.slice(done), now, onCompleted)
          done += await lifeline.wait<number>((resolve, reject) => {
            drives.add(drive)
            drive
              .run(autocannon)
              .finally(() => drives.delete(drive))
              .then(resolve, reject)
          })
          ended.add(drive.ended)
        }
        await Promise.all(ended)
        ended.clear()
      },
      [Symbol.asyncDispose]: nothingToDispose,
    }
    return {
      openProducer: async () => producer,
      [Symbol.asyncDispose]: disposeOnce(async () => {
        lifeline.cut(closed(address))
        await Promise.allSettled([...ended, ...Array.from(drives, (drive) => drive.ended)])
      }),
    }
  },
}

/** One run of autocannon: so many requests over a connection of its own, or as many as the server takes on it. */
class Drive {
  /** Settles when autocannon has let go of everything. */
  ended: Promise<unknown> = Promise.resolve()
  readonly #url: URL
  readonly #context: ConnectContext
  readonly #payloads: readonly Uint8Array[]
  readonly #now: () => bigint
  readonly #onCompleted: (sentNs: bigint, completedNs: bigint) => void
  #client: AutocannonClient | null = null
  #connectedNs: bigint | null = null
  #requested = 0
  #answered = 0
  /** The answer that is coming is the last of its connection. */
  #isLast = false
  #failure: InstrumentError | null = null
  #serverEnded: () => void = () => {}

  constructor(
    url: URL,
    context: ConnectContext,
    payloads: readonly Uint8Array[],
    now: () => bigint,
    onCompleted: (sentNs: bigint, completedNs: bigint) => void,
  ) {
    this.#url = url
    this.#context = context
    this.#payloads = payloads
    this.#now = now
    this.#onCompleted = onCompleted
  }

  stop(): void {
    if (this.#client === null) return
    this.#client._doRequest = () => {}
    this.#client.destroy()
  }

  /**
   * @returns how many messages were answered: all, unless the server ended the connection
   * @throws InstrumentError `connection` unless each was answered as the scenario says
   */
  async run(autocannon: typeof import('autocannon')): Promise<number> {
    const cycle = this.#payloads.slice(0, cycleLengthOf(this.#payloads))
    const { scenario, via } = this.#context
    const writer = new RequestWriter(this.#url, scenario)
    // Through a relay the server is still asked for by its own name.
    const host = scenario.http.host ?? (via === undefined ? null : this.#url.host)
    const running = autocannon({
      url: (via ?? this.#url).href,
      connections: 1,
      pipelining: 1,
      amount: this.#payloads.length,
      sampleInt: SAMPLE_INTERVAL_MS,
      timeout: ANSWER_TIMEOUT_S,
      // autocannon goes round these, so payloads that repeat are built once. No
      // rate is ever set: its limiter sends in bursts, and without one its
      // correction for coordinated omission stays out of the way.
      requests: cycle.map((payload) => {
        const request = writer.write(payload)
        const content = request.content ?? NOTHING
        // autocannon leaves it out.
        const length = content.length === 0 && saysLength(request) ? { 'Content-Length': '0' } : {}
        return {
          method: request.method,
          path: request.target,
          headers: { ...(host !== null && { Host: host }), ...request.headers, ...length },
          body: Buffer.from(content.buffer, content.byteOffset, content.length),
        }
      }),
      setupClient: (client) => this.#watch(client as unknown as AutocannonClient),
    })
    this.ended = Promise.resolve(running)
    const isCut = await Promise.race([
      this.ended.then(() => false),
      new Promise<boolean>((resolve) => {
        this.#serverEnded = () => resolve(true)
      }),
    ])
    if (this.#client !== null) await awaitClose(this.#client.conn)
    if (this.#failure !== null) throw this.#failure
    if (isCut) return this.#answered
    if (this.#requested !== this.#payloads.length || this.#answered !== this.#payloads.length) {
      const [messages, requests, answers] = [this.#payloads.length, this.#requested, this.#answered]
      throw lost(this.#url, new SaidError(said('countsDiffer', { messages, requests, answers })))
    }
    return this.#answered
  }

  #watch(client: AutocannonClient): void {
    this.#client = client
    client.on('response', (status: number, _bytes: number, responseTimeMs: number) => {
      const completedNs = this.#now()
      try {
        requireAnswer(this.#url, status, this.#context)
      } catch (error) {
        this.#fail(error as InstrumentError)
        return
      }
      this.#answered += 1
      const sentNs = completedNs - BigInt(Math.round(responseTimeMs * 1e6))
      // autocannon writes its first request before it is connected; until then
      // the message was not sent, and connecting is not its latency.
      const connectedNs = this.#connectedNs ?? sentNs
      this.#onCompleted(sentNs > connectedNs ? sentNs : connectedNs, completedNs)
      if (this.#isLast && this.#answered < this.#payloads.length) this.#end('no-more')
    })
    client.on('headers', ({ shouldKeepAlive }: { shouldKeepAlive: boolean }) => {
      this.#isLast = !shouldKeepAlive
    })
    client.on('request', () => {
      this.#requested += 1
      if (this.#requested === 1) this.#prepare(client.conn)
    })
    // Left alone, autocannon connects again for ever, and sends again.
    client.on('connError', (error: Error) => {
      if (this.#connectedNs === null) this.#fail(unreachable(this.#url, error))
      else this.#end('nothing', error)
    })
  }

  #prepare(socket: Socket): void {
    socket.setNoDelay(true)
    socket.once('connect', () => {
      this.#connectedNs = this.#now()
    })
    socket.prependListener('end', () => this.#end('nothing'))
  }

  /** The server has ended the connection, or has said so. */
  #end(said: 'nothing' | 'no-more', error?: Error): void {
    const hasAnswered = this.#answered > 0
    const awaited = this.#requested > this.#answered ? 'unknown' : 'nothing'
    const meaning = meaningOf({ said, hasAnswered, awaited })
    if (meaning === 'lost') {
      const { conn } = this.#client ?? {}
      this.#fail(lost(this.#url, error, conn && heardOn(conn)))
      return
    }
    if (meaning === 'repeat') this.#context.onServerEnd?.('repeated')
    this.#serverEnded()
    this.stop()
  }

  #fail(error: InstrumentError): void {
    this.#failure ??= error
    this.stop()
  }
}
