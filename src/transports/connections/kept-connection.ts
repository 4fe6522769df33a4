import type { InstrumentError } from '../../model/errors.ts'
import { waitAtLeast } from '../../system/clock.ts'
import { closed } from '../connection-errors.ts'
import { disposeOnce } from '../once-disposed.ts'
import type { ConnectContext } from '../transport.ts'
import { type ConnectionEnd, meaningOf, Unanswered } from './connection-end.ts'
import { Lifeline } from './lifeline.ts'

/** How long a FIN may be behind the answer that it follows. */
const GOODBYE_MS = 1

/** A connection that its server may end. Disposing says goodbye, and waits until it is closed. */
export interface EndingConnection extends AsyncDisposable {
  /** Why it takes no further message; null while it does. */
  readonly end: ConnectionEnd | null
  /** Gives it up, with what is under way. */
  cut(reason: InstrumentError): void
}

/**
 * What a client keeps: one connection at a time, and another in its place once
 * the server has ended it, which `meaningOf` decides. The next is opened when
 * there is a message for it, as a client does that has nothing to say meanwhile.
 */
export class KeptConnection<C extends EndingConnection> implements AsyncDisposable {
  readonly #address: URL
  readonly #open: () => Promise<C>
  readonly #onEnd: ConnectContext['onServerEnd']
  readonly #lifeline: Lifeline
  readonly #leaving = new Set<Promise<void>>()
  #current: C
  #opening: Promise<C> | null = null
  /** A message was under way as the server ended its connection. */
  #wasRaced = false

  private constructor(
    address: URL,
    { signal, onServerEnd }: ConnectContext,
    open: () => Promise<C>,
    first: C,
  ) {
    this.#address = address
    this.#open = open
    this.#onEnd = onServerEnd
    this.#current = first
    this.#lifeline = new Lifeline(signal, (reason) => this.#current.cut(reason))
  }

  /** @throws what `open` does */
  static async open<C extends EndingConnection>(
    address: URL,
    context: ConnectContext,
    open: () => Promise<C>,
  ): Promise<KeptConnection<C>> {
    return new KeptConnection(address, context, open, await open())
  }

  /**
   * One message on the connection that stands.
   * @param work throws `Unanswered` where the connection ended under it; it is done again where that means so
   * @throws InstrumentError `connection` where the connection is lost or given up; what `work` throws besides
   */
  use<T>(work: (connection: C) => Promise<T>): Promise<T> {
    return this.#lifeline.wait((resolve, reject) => {
      this.#try(work).then(resolve, reject)
    })
  }

  /** The same for what keeps a connection alive: where the server has ended it, there is none to be kept. */
  async useStanding(work: (connection: C) => Promise<void>): Promise<void> {
    if (this.#current.end === null) await this.use(work)
  }

  /**
   * Resolves when the next message may follow. Where the server was seen to go
   * just as a message came, that is when its goodbye would be here.
   */
  async settled(): Promise<void> {
    if (this.#wasRaced) await waitAtLeast(GOODBYE_MS)
  }

  /** A promise that rejects when the connection is given up before `start` has settled it. */
  wait(start: (resolve: () => void, reject: (error: unknown) => void) => void): Promise<void> {
    return this.#lifeline.wait(start)
  }

  /** Gives it up: what waits rejects with the reason, and whatever comes after. */
  cut(reason: InstrumentError): void {
    this.#lifeline.cut(reason)
  }

  readonly [Symbol.asyncDispose] = disposeOnce(async () => {
    if (!this.#lifeline.idle) this.#lifeline.cut(closed(this.#address))
    await this.#opening?.catch(() => {})
    await Promise.all([this.#current[Symbol.asyncDispose](), ...this.#leaving])
    this.#lifeline.cut(closed(this.#address))
  })

  async #try<T>(work: (connection: C) => Promise<T>): Promise<T> {
    while (true) {
      const connection = this.#current.end === null ? this.#current : await this.#next()
      try {
        return await work(connection)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        const isOver = this.#lifeline.reason !== null
        if (isOver || meaningOf(error.end) !== 'repeat') throw error.end.reason
        if (error.end.awaited === 'unsent') continue
        this.#wasRaced = true
        this.#onEnd?.('repeated')
      }
    }
  }

  /** One for all who ask meanwhile. */
  #next(): Promise<C> {
    this.#opening ??= this.#renew().finally(() => {
      this.#opening = null
    })
    return this.#opening
  }

  async #renew(): Promise<C> {
    const { end } = this.#current
    if (end === null) return this.#current
    if (this.#lifeline.reason !== null || meaningOf(end) === 'lost') throw end.reason
    const next = await this.#open()
    this.#onEnd?.('renewed')
    this.#leave(this.#current)
    this.#current = next
    if (this.#lifeline.reason !== null) next.cut(this.#lifeline.reason)
    return next
  }

  #leave(ended: C): void {
    const left = Promise.resolve(ended[Symbol.asyncDispose]()).finally(() => {
      this.#leaving.delete(left)
    })
    this.#leaving.add(left)
  }
}
