import { setTimeout as sleep } from 'node:timers/promises'
import { describeError, InstrumentError } from '../model/errors.ts'
import type { PacedProducer, Peer } from '../transports/transport.ts'
import { LibraryStretch } from './library-stretch.ts'
import type {
  ConnectTally,
  LoadDriver,
  LoadObserver,
  LoadShape,
  LoadTally,
  LoadWork,
} from './load-driver.ts'

export interface LibraryDriverSettings {
  readonly client: string
  readonly shape: LoadShape
  /** Sent in turn, over and over. */
  readonly payloads: readonly Uint8Array[]
  /** Nanoseconds of a clock that never goes back. */
  readonly now: () => number
  /** Connects one device. */
  readonly connectPeer: (index: number) => Promise<Peer>
  readonly signal: AbortSignal
}

/** One connected device under load. */
export interface LibraryConnection {
  readonly peer: Peer
  readonly producer: PacedProducer
  /** At most so many messages at once. */
  readonly window: number
  /** Nothing is sent on it any more. */
  lost: boolean
}

/** Handshakes under way at once, so that a listener's backlog does not overflow. */
const CONNECTING_AT_ONCE = 50

/**
 * Drives the client libraries that a transport ships with, any of them: so a
 * user sees what they can carry. Each connection is a peer of its own with
 * several `send` under way. What a library does with more messages than its
 * protocol has room for is its own affair: `fetch` does not pipeline, so that all
 * but one of a connection wait inside of it.
 */
export class LibraryDriver implements LoadDriver {
  readonly client: string
  readonly #settings: LibraryDriverSettings
  readonly #connections: LibraryConnection[] = []

  constructor(settings: LibraryDriverSettings) {
    this.client = settings.client
    this.#settings = settings
  }

  async connect(): Promise<ConnectTally> {
    const { shape, now, signal } = this.#settings
    const startedNs = now()
    const failed = new Map<string, number>()
    let next = 0
    const connectInTurn = async (): Promise<void> => {
      while (next < shape.connections && !signal.aborted) {
        const index = next
        next += 1
        await this.#untilTurn(index, startedNs)
        try {
          this.#connections.push(await this.#open(index))
        } catch (error) {
          const what = describeError(error)
          failed.set(what, (failed.get(what) ?? 0) + 1)
        }
      }
    }
    await Promise.all(Array.from({ length: CONNECTING_AT_ONCE }, connectInTurn))
    return { opened: this.#connections.length, failed, elapsedNs: now() - startedNs }
  }

  drive(work: LoadWork, observer: LoadObserver): Promise<LoadTally> {
    const { payloads, now } = this.#settings
    const standing = this.#connections.filter(({ lost }) => !lost)
    return new LibraryStretch(standing, { payloads, now, work, observer }).run()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(
      this.#connections.map(async ({ peer, producer }) => {
        await producer[Symbol.asyncDispose]()
        await peer[Symbol.asyncDispose]()
      }),
    )
  }

  async #untilTurn(index: number, startedNs: number): Promise<void> {
    const { shape, now, signal } = this.#settings
    if (shape.connectPerSecond === null) return
    const dueNs = startedNs + (index * 1e9) / shape.connectPerSecond
    const waitMs = (dueNs - now()) / 1e6
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {})
  }

  async #open(index: number): Promise<LibraryConnection> {
    const peer = await this.#settings.connectPeer(index)
    try {
      const producer = await peer.openProducer()
      if (producer.kind === 'self-driving') {
        throw new InstrumentError('internal', `${this.client} decides by itself when it sends`)
      }
      // A connection a message: they follow each other, and one is all that is in flight.
      const window = producer.settled === undefined ? this.#settings.shape.inFlight : 1
      return { peer, producer, window, lost: false }
    } catch (error) {
      await peer[Symbol.asyncDispose]()
      throw error
    }
  }
}
