import type { MeterFigures } from '../../model/report/tap/meter-figures.ts'
import type { Said } from '../../model/said/said.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import type { ConnectionFault, SocketPlace } from '../../wire/relay/tcp-relay.ts'
import type { MeterOptions } from '../metering/tap-meter.ts'
import { type CutFigures, TapBook, type TapFigures, type TapFilter } from '../tap-book.ts'
import type { TappedConnection } from '../tapped-connection.ts'
import { type Passed, sharesOf } from './passed-connections.ts'
import { decodeJson, readRecords, type TapRecord } from './records.ts'

/** What the thread that reads says. */
export type ReaderMessage =
  | { kind: 'ready' }
  /** A batch was read; its memory may be used again. */
  | { kind: 'read'; memory: ArrayBuffer }
  | { kind: 'remark'; remark: Said }
  | Answer

/** To a question of the same kind. */
export type Answer = { question: number } & (
  | { kind: 'figures'; answer: TapFigures }
  | { kind: 'cut'; answer: CutFigures }
  | { kind: 'meter'; answer: MeterFigures | null }
)

/**
 * What all connections together may hold while they are read. Each is bounded, but
 * many that are sent to exhaust the reader may come at once.
 */
const MAX_HELD_BYTES = 320 * 1024 * 1024

/** What is held of a connection was said lately, as a rule: bytes weigh half as much after so long. */
const HALF_LIFE_NS = 10e9

/** What a connection said, of which the latest weighs most. */
class Weight {
  #bytes = 0
  #atNs = 0

  add(bytes: number, atNs: number): void {
    this.#bytes = this.at(atNs) + bytes
    this.#atNs = atNs
  }

  at(nowNs: number): number {
    return this.#bytes * 2 ** ((this.#atNs - nowNs) / HALF_LIFE_NS)
  }
}

/** What the thread that reads is started with. */
export interface ReaderStart {
  only: TapFilter
  meter?: MeterOptions | null | undefined
}

/** Keeps the book of a tap by the records that it is given. */
export class RecordReader {
  readonly #say: (message: ReaderMessage) => void
  readonly #book: TapBook
  readonly #open = new Map<number, TappedConnection>()
  readonly #weights = new Map<number, Weight>()
  readonly #heldBytes: () => number
  /** Of the present record. */
  #atNs = 0

  /** @param heldBytes memory that is in use, in bytes */
  constructor(
    { only, meter }: ReaderStart,
    say: (message: ReaderMessage) => void,
    heldBytes: () => number = () => 0,
  ) {
    this.#say = say
    this.#heldBytes = heldBytes
    this.#book = new TapBook({
      only,
      meter,
      nowNs: () => BigInt(Math.round(this.#atNs)),
      onRemark: (remark) => say({ kind: 'remark', remark }),
    })
  }

  read(memory: ArrayBuffer, length: number): void {
    for (const record of readRecords(memory, length)) {
      this.#atNs = record.atNs
      this.#take(record)
    }
    if (this.#heldBytes() > MAX_HELD_BYTES) this.#abandonGreatest()
    this.#say({ kind: 'read', memory })
  }

  /**
   * Of those that are read still, the one that has said the most of late: who means
   * no harm says little at once, though it may be there for weeks.
   */
  #abandonGreatest(): void {
    let greatest: TappedConnection | null = null
    let most = 0
    for (const [number, connection] of this.#open) {
      const weight = this.#weights.get(number)?.at(this.#atNs) ?? 0
      if (connection.isAbandoned || weight <= most) continue
      greatest = connection
      most = weight
    }
    greatest?.abandon('all connections together held too much to be read')
  }

  #take({ kind, connection, direction, value, content }: TapRecord): void {
    const known = this.#open.get(connection)
    switch (kind) {
      case 'opened':
        this.#open.set(connection, this.#book.openConnection(decodeJson<SocketPlace>(content)))
        this.#weights.set(connection, new Weight())
        break
      case 'bytes':
        this.#weights.get(connection)?.add(content.length, this.#atNs)
        known?.bytes(direction, content)
        break
      case 'skipped':
        known?.skipped(direction, value)
        break
      case 'broken':
        known?.broken(decodeJson<ConnectionFault>(content))
        break
      case 'ended':
        known?.end()
        this.#open.delete(connection)
        this.#weights.delete(connection)
        break
      case 'lost':
        this.#book.lose(decodeJson<string>(content))
        break
      case 'passed':
        this.#pass(decodeJson<Passed>(content), value)
        break
      case 'figures':
        this.#say({ kind, question: value, answer: this.#book.figures() })
        break
      case 'cut':
        this.#say({ kind, question: value, answer: this.#book.cut() })
        break
      case 'meter':
        this.#say({ kind, question: value, answer: this.#book.meterFigures() })
        break
    }
  }

  #pass({ client, fault, bytes }: Passed, count: number): void {
    for (const share of sharesOf(bytes, count)) {
      const connection = this.#book.openConnection(client)
      for (const direction of DIRECTIONS) {
        if (share[direction] > 0) connection.skipped(direction, share[direction])
      }
      if (fault !== null) connection.broken(fault)
      connection.end()
    }
  }
}
