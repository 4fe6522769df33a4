import { digestPayload } from './digest.ts'
import type { DeliveryCounts } from './match-arrivals.ts'
import { latin1 } from './numbered.ts'

/** So many different messages are remembered after they arrived; one that comes again later counts as corrupted. */
const MOST_REMEMBERED = 10_000

/** Payloads up to this length are told apart by themselves, which takes less than a quarter of hashing them. */
const SHORT_BYTES = 64

/** Of the same bytes the same, and of no others. */
type Content = string | bigint

/**
 * Holds what arrives against what was sent while both go on, and keeps neither:
 * its memory does not grow with the number of messages. For passes that ask how
 * many arrived intact, and not when.
 *
 * Messages are told apart by content, as in `matchArrivals`: of two with the
 * same bytes, one lost and the other doubled is none of it.
 */
export class DeliveryTally {
  /** Sent and not here yet, by content. */
  readonly #waiting = new Map<Content, number>()
  /** Here already, in the order of arrival. */
  readonly #remembered = new Set<Content>()
  #sent = 0
  #delivered = 0
  #duplicated = 0
  #unknown = 0
  #awaited: { arrivals: number; resolve: () => void } | null = null

  /** A message is about to be sent. */
  expect(payload: Uint8Array): void {
    const content = contentOf(payload)
    this.#sent += 1
    this.#waiting.set(content, (this.#waiting.get(content) ?? 0) + 1)
  }

  /** A message has arrived. */
  take(payload: Uint8Array): void {
    const content = contentOf(payload)
    const waiting = this.#waiting.get(content)
    if (waiting !== undefined) {
      if (waiting === 1) this.#waiting.delete(content)
      else this.#waiting.set(content, waiting - 1)
      this.#delivered += 1
      this.#remember(content)
    } else if (this.#remembered.has(content)) this.#duplicated += 1
    else this.#unknown += 1
    if (this.#awaited !== null && this.#arrivals >= this.#awaited.arrivals) this.#awaited.resolve()
  }

  /** Resolves when so many messages have arrived, or when the signal aborts. */
  async reached(arrivals: number, signal: AbortSignal): Promise<void> {
    if (this.#arrivals >= arrivals || signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#awaited = { arrivals, resolve }
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#awaited = null
  }

  /** What became of all that was sent. */
  counts(): DeliveryCounts {
    const missing = this.#sent - this.#delivered
    return {
      delivered: this.#delivered,
      // A message that came with other bytes is corrupted, not lost as well.
      lost: Math.max(0, missing - this.#unknown),
      duplicated: this.#duplicated,
      corrupted: this.#unknown,
    }
  }

  get #arrivals(): number {
    return this.#delivered + this.#duplicated + this.#unknown
  }

  #remember(content: Content): void {
    this.#remembered.add(content)
    if (this.#remembered.size <= MOST_REMEMBERED) return
    for (const oldest of this.#remembered) {
      this.#remembered.delete(oldest)
      return
    }
  }
}

const contentOf = (payload: Uint8Array): Content =>
  payload.length <= SHORT_BYTES ? latin1(payload) : digestOf(payload)

let last: { payload: Buffer; digest: bigint } | null = null

/** A scenario sends one payload again and again as a rule: comparing bytes is cheaper than hashing them. */
function digestOf(payload: Uint8Array): bigint {
  if (last?.payload.equals(payload)) return last.digest
  // A copy: what a transport hands over may be a window onto its own buffer.
  last = { payload: Buffer.from(payload), digest: digestPayload(payload) }
  return last.digest
}
