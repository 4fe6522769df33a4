import { Outcomes } from '../model/report/outcomes.ts'
import { WireRemarks } from '../model/report/remarks.ts'
import { Subjects } from '../model/report/subjects.ts'
import type { UnitCount } from '../model/report/tap/captured.ts'
import type { TapProtocol } from '../model/report/tap/tap-report.ts'
import { DIRECTIONS, type Direction } from '../model/vocabulary.ts'
import { type ByteTotals, LedgerBook, sumLedger } from '../model/wire/ledger.ts'
import type { TappedConnection } from './tapped-connection.ts'

/** So many reasons are told apart, and so many kinds of units; a long run may meet any number. */
const MAX_REASONS = 20
const MAX_UNITS = 100
const OTHER_REASONS = 'for other reasons'
const OTHER_UNITS = 'other'

type Unread = TapProtocol['unread'][number]

/** Everything that crossed in one protocol: connections are folded into it, and it does not grow with them. */
export class ProtocolTotals {
  readonly #protocol: string
  readonly #book = new LedgerBook()
  readonly #connections = { open: 0, closed: 0, broken: 0 }
  readonly #wireBytes: ByteTotals = { up: 0, down: 0 }
  #messages: ByteTotals | null = null
  readonly #units = new Map<string, UnitCount>()
  readonly #unread = new Map<string, Unread>()
  readonly #remarks = new WireRemarks()
  readonly #outcomes = new Outcomes()
  readonly #subjects = new Subjects()

  constructor(protocol: string) {
    this.#protocol = protocol
  }

  /** Its bytes alone, which are in no layer for this reason. */
  count({ state, wireBytes }: TappedConnection, reason: string): void {
    this.#connections[state === 'unreachable' ? 'broken' : state] += 1
    addTotals(this.#wireBytes, wireBytes)
    for (const direction of DIRECTIONS) {
      if (wireBytes[direction] > 0) this.#note(direction, wireBytes[direction], reason)
    }
  }

  /** @param told of one that goes on, the bytes that are certain: what is half read is left out */
  add(connection: TappedConnection, told?: ByteTotals): void {
    const { state, account, messages } = connection
    const wireBytes = told ?? connection.wireBytes
    this.#connections[state === 'unreachable' ? 'broken' : state] += 1
    this.#book.addBook(account.book)
    addTotals(this.#wireBytes, wireBytes)
    for (const subject of account.subjects) this.#subjects.add(subject)
    if (messages !== null) {
      this.#messages ??= { up: 0, down: 0 }
      addTotals(this.#messages, messages)
    }
    for (const unit of account.units) this.#addUnit(unit)
    for (const remark of account.remarks) this.#remarks.add(remark, remark.count)
    for (const outcome of account.outcomes) this.#outcomes.add(outcome, outcome.count)
    for (const direction of DIRECTIONS) this.#addUnread(direction, connection, told !== undefined)
  }

  /** The same again, to add to without changing this one. */
  copy(): ProtocolTotals {
    const copy = new ProtocolTotals(this.#protocol)
    copy.#book.addBook(this.#book)
    Object.assign(copy.#connections, this.#connections)
    addTotals(copy.#wireBytes, this.#wireBytes)
    copy.#messages = this.#messages && { ...this.#messages }
    for (const [key, unit] of this.#units) copy.#units.set(key, { ...unit })
    for (const [key, unread] of this.#unread) copy.#unread.set(key, { ...unread })
    for (const remark of this.#remarks.list()) copy.#remarks.add(remark, remark.count)
    for (const outcome of this.#outcomes.list()) copy.#outcomes.add(outcome, outcome.count)
    for (const subject of this.#subjects.list()) copy.#subjects.add(subject)
    return copy
  }

  describe(): TapProtocol {
    const ledger = this.#book.entries()
    const messages = this.#messages
    const count = messages === null ? 0 : messages.up + messages.down
    return {
      protocol: this.#protocol,
      connections: { ...this.#connections },
      wireBytes: { ...this.#wireBytes },
      messages: messages && { ...messages },
      steadyWireBytesPerMessage:
        count === 0 ? null : sumLedger(ledger, { phase: 'steady' }) / count,
      ledger,
      units: [...this.#units.values()].map((unit) => ({ ...unit })),
      unread: [...this.#unread.values()].map((unread) => ({ ...unread })),
      remarks: this.#remarks.list(),
      outcomes: this.#outcomes.list(),
      subjects: this.#subjects.list(),
    }
  }

  #addUnit({ label, direction, count }: UnitCount): void {
    const name = this.#units.has(`${direction} ${label}`) || this.#units.size < MAX_UNITS
    const kept = name ? label : OTHER_UNITS
    const key = `${direction} ${kept}`
    const unit = this.#units.get(key)
    if (unit === undefined) this.#units.set(key, { label: kept, direction, count })
    else unit.count += count
  }

  #addUnread(direction: Direction, connection: TappedConnection, goesOn: boolean): void {
    const { bytes } = connection.account.encrypted(direction)
    if (bytes > 0) this.#note(direction, bytes, 'encrypted, and the keys are not known')
    const losses = goesOn ? connection.skippedLosses(direction) : connection.losses(direction)
    for (const loss of losses) this.#note(direction, loss.bytes, loss.reason)
  }

  #note(direction: Direction, bytes: number, reason: string): void {
    const isKnown = this.#unread.has(`${direction} ${reason}`) || this.#unread.size < MAX_REASONS
    const kept = isKnown ? reason : OTHER_REASONS
    const key = `${direction} ${kept}`
    const unread = this.#unread.get(key) ?? { direction, bytes: 0, connections: 0, reason: kept }
    unread.bytes += bytes
    unread.connections += 1
    this.#unread.set(key, unread)
  }
}

function addTotals(sum: ByteTotals, more: ByteTotals): void {
  sum.up += more.up
  sum.down += more.down
}
