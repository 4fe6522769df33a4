import type { CapturedConnection } from '../../../model/report/tap/captured.ts'
import type { Identity, Opening } from '../connection-account.ts'
import type { End, Utterance } from '../conversations/causal-order.ts'
import type {
  ConversationReader,
  ConversationSums,
  PacketNote,
} from '../conversations/tcp-conversation.ts'
import { AccountsHere } from './connection-accounts.ts'

/** What one thread tells the other of connections, in its order: both buffers are handed over. */
export interface AccountBatch {
  /** Four numbers a record. */
  heads: Float64Array<ArrayBuffer>
  records: number
  /** What was said, one behind the other. */
  content: Uint8Array<ArrayBuffer>
}

/** What a record is of; where it is of an end, the second number is that of the second. */
const KIND = { opened: 0, bytes: 2, missing: 4, note: 6, goodbye: 8, settled: 10, secret: 12 }
const HEAD_NUMBERS = 4
const MAX_RECORDS = 8192
const CONTENT_BYTES = 256 * 1024
const NO_OFFSET = Number.NaN

type Settled = { places: Identity['places']; sums: ConversationSums }

const endNumber = (end: End): number => (end === 'first' ? 0 : 1)

/** Writes records, and hands over each batch that is full. */
export class BatchWriter {
  readonly #handOver: (batch: AccountBatch) => void
  #heads = new Float64Array(0)
  #records = 0
  #content = new Uint8Array(0)
  #contentBytes = 0

  constructor(handOver: (batch: AccountBatch) => void) {
    this.#handOver = handOver
  }

  opened(connection: number, { client, start, port }: Opening): void {
    this.#write(KIND.opened + endNumber(client), connection, port, start === 'joined' ? 1 : 0)
  }

  said(connection: number, { end, bytes, missingBytes }: Utterance): void {
    if (missingBytes > 0) this.#write(KIND.missing + endNumber(end), connection, missingBytes)
    else this.#writeBytes(KIND.bytes + endNumber(end), connection, bytes)
  }

  note(connection: number, { end, networkBytes, offset, isGoodbye }: PacketNote): void {
    const kind = isGoodbye ? KIND.goodbye : KIND.note
    this.#write(kind + endNumber(end), connection, networkBytes, offset ?? NO_OFFSET)
  }

  settled({ number, places }: Identity, sums: ConversationSums): void {
    this.#writeJson(KIND.settled, number, { places, sums } satisfies Settled)
  }

  secret(line: string): void {
    this.#writeJson(KIND.secret, 0, line)
  }

  flush(): void {
    if (this.#records === 0) return
    const batch = { heads: this.#heads, records: this.#records, content: this.#content }
    this.#heads = new Float64Array(0)
    this.#content = new Uint8Array(0)
    this.#records = 0
    this.#contentBytes = 0
    this.#handOver(batch)
  }

  #writeJson(kind: number, connection: number, value: unknown): void {
    this.#writeBytes(kind, connection, Buffer.from(JSON.stringify(value)))
  }

  #writeBytes(kind: number, connection: number, bytes: Uint8Array): void {
    if (this.#contentBytes + bytes.length > this.#content.length) this.#begin(bytes.length)
    const at = this.#contentBytes
    this.#content.set(bytes, at)
    this.#contentBytes += bytes.length
    this.#write(kind, connection, at, bytes.length)
  }

  #write(kind: number, connection: number, first: number, second = 0): void {
    if (this.#records * HEAD_NUMBERS === this.#heads.length) this.#begin(0)
    const at = this.#records * HEAD_NUMBERS
    this.#heads[at] = kind
    this.#heads[at + 1] = connection
    this.#heads[at + 2] = first
    this.#heads[at + 3] = second
    this.#records += 1
  }

  #begin(leastBytes: number): void {
    this.flush()
    this.#heads = new Float64Array(HEAD_NUMBERS * MAX_RECORDS)
    this.#content = new Uint8Array(Math.max(CONTENT_BYTES, leastBytes))
  }
}

/** What the reader answers to a batch. */
export interface WhatWasRead {
  /** Those that were settled. */
  described: CapturedConnection[]
  hasFoundSecret: boolean
}

/** Does what batches say; what was said stays where it is in their memory. */
export class BatchReader {
  readonly #accounts = new AccountsHere()
  readonly #readers = new Map<number, ConversationReader>()

  read({ heads, records, content }: AccountBatch): WhatWasRead {
    const described: CapturedConnection[] = []
    for (let at = 0; at < records * HEAD_NUMBERS; at += HEAD_NUMBERS) {
      const code = heads[at] as number
      const number = heads[at + 1] as number
      const first = heads[at + 2] as number
      const second = heads[at + 3] as number
      const end: End = (code & 1) === 0 ? 'first' : 'second'
      const kind = code & ~1
      switch (kind) {
        case KIND.opened: {
          const start = second === 1 ? 'joined' : 'fresh'
          const reader = this.#accounts.open(number, { client: end, port: first, start })
          this.#readers.set(number, reader)
          break
        }
        case KIND.bytes: {
          const bytes = content.subarray(first, first + second)
          this.#readers.get(number)?.say({ ...PLACELESS, end, bytes, missingBytes: 0 })
          break
        }
        case KIND.missing:
          this.#readers.get(number)?.say({ ...PLACELESS, end, missingBytes: first })
          break
        case KIND.note:
        case KIND.goodbye: {
          const offset = Number.isNaN(second) ? null : second
          const isGoodbye = kind === KIND.goodbye
          this.#readers.get(number)?.note({ end, networkBytes: first, offset, isGoodbye })
          break
        }
        case KIND.settled: {
          const { places, sums } = jsonOf<Settled>(content, first, second)
          this.#readers.delete(number)
          this.#accounts.settle({ number, places }, sums)
          described.push(this.#accounts.take(number))
          break
        }
        case KIND.secret:
          this.#accounts.learn(jsonOf<string>(content, first, second))
      }
    }
    return { described, hasFoundSecret: this.#accounts.hasFoundSecret }
  }
}

/** Whoever reads an utterance does not ask where it stood: they come in order. */
const PLACELESS = { bytes: new Uint8Array(0), offset: 0, afterBytes: 0 }

const jsonOf = <T>({ buffer }: AccountBatch['content'], at: number, length: number): T =>
  JSON.parse(Buffer.from(buffer, at, length).toString())
