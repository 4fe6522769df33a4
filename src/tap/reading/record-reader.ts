import type { ConnectionFault, SocketPlace } from '../../wire/relay/tcp-relay.ts'
import { TapBook, type TapFigures, type TapFilter } from '../tap-book.ts'
import type { TappedConnection } from '../tapped-connection.ts'
import { decodeJson, readRecords, type TapRecord } from './records.ts'

/** What the thread that reads says. */
export type ReaderMessage =
  | { kind: 'ready' }
  /** A batch was read; its memory may be used again. */
  | { kind: 'read'; memory: ArrayBuffer }
  | { kind: 'remark'; line: string }
  | { kind: 'figures'; question: number; figures: TapFigures }

/** Keeps the book of a tap by the records that it is given. */
export class RecordReader {
  readonly #say: (message: ReaderMessage) => void
  readonly #book: TapBook
  readonly #open = new Map<number, TappedConnection>()
  /** Of the present record. */
  #atNs = 0

  constructor(only: TapFilter, say: (message: ReaderMessage) => void) {
    this.#say = say
    this.#book = new TapBook({
      only,
      nowNs: () => BigInt(Math.round(this.#atNs)),
      onRemark: (line) => say({ kind: 'remark', line }),
    })
  }

  read(memory: ArrayBuffer, length: number): void {
    for (const record of readRecords(memory, length)) {
      this.#atNs = record.atNs
      this.#take(record)
    }
    this.#say({ kind: 'read', memory })
  }

  #take({ kind, connection, direction, value, content }: TapRecord): void {
    const known = this.#open.get(connection)
    switch (kind) {
      case 'opened':
        this.#open.set(connection, this.#book.openConnection(decodeJson<SocketPlace>(content)))
        break
      case 'bytes':
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
        break
      case 'lost':
        this.#book.lose(decodeJson<string>(content))
        break
      case 'figures':
        this.#say({ kind: 'figures', question: value, figures: this.#book.figures() })
        break
    }
  }
}
