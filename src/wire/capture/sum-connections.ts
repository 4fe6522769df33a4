import { Outcomes } from '../../model/report/outcomes.ts'
import { WireRemarks } from '../../model/report/remarks.ts'
import { Subjects } from '../../model/report/subjects.ts'
import type {
  CapturedConnection,
  CapturedProtocol,
  UnitCount,
  UnreadReason,
} from '../../model/report/tap/captured.ts'
import { LedgerBook } from '../../model/wire/ledger.ts'

const MAX_REASONS = 20
const OTHER_REASONS = 'for other reasons'

/** The connections of a capture, added up by what they spoke: what somebody asks about first, most bytes first. */
export function sumConnections(connections: readonly CapturedConnection[]): CapturedProtocol[] {
  const sums = new Map<string, ProtocolSum>()
  for (const connection of connections) {
    const name = speechName(connection)
    let sum = sums.get(name)
    if (sum === undefined) {
      sum = new ProtocolSum(name)
      sums.set(name, sum)
    }
    sum.add(connection)
  }
  return [...sums.values()]
    .map((sum) => sum.describe())
    .sort(
      (a, b) => Number(b.messages !== null) - Number(a.messages !== null) || sizeOf(b) - sizeOf(a),
    )
}

const sizeOf = ({ ledger, unread }: CapturedProtocol): number =>
  [...ledger, ...unread].reduce((sum, { bytes }) => sum + bytes, 0)

/** `mqtt/3.1.1 in TLS`, `TLS`, `not recognised`. */
export function speechName({ protocol, tls }: CapturedConnection): string {
  if (tls === 'none') return protocol ?? 'not recognised'
  return protocol === null ? 'TLS' : `${protocol} in TLS`
}

class ProtocolSum {
  readonly #protocol: string
  readonly #book = new LedgerBook()
  readonly #units = new Map<string, UnitCount>()
  readonly #unread = new Map<string, UnreadReason>()
  readonly #remarks = new WireRemarks()
  readonly #outcomes = new Outcomes()
  readonly #subjects = new Subjects()
  #connections = 0
  #messages: { up: number; down: number } | null = null
  readonly #missingBytes = { up: 0, down: 0 }

  constructor(protocol: string) {
    this.#protocol = protocol
  }

  add(connection: CapturedConnection): void {
    const { ledger, messages, units, unread, remarks, outcomes, subjects } = connection
    this.#connections += 1
    for (const { phase, direction, layer, bytes, basis } of ledger) {
      this.#book.addBytes({ phase, direction }, layer, bytes, basis)
    }
    if (messages !== null) {
      this.#messages ??= { up: 0, down: 0 }
      this.#messages.up += messages.up
      this.#messages.down += messages.down
    }
    this.#missingBytes.up += connection.missingBytes.up
    this.#missingBytes.down += connection.missingBytes.down
    for (const { label, direction, count } of units) {
      const key = `${direction} ${label}`
      const known = this.#units.get(key)
      if (known === undefined) this.#units.set(key, { label, direction, count })
      else known.count += count
    }
    for (const one of unread) this.#addUnread(one)
    for (const remark of remarks) this.#remarks.add(remark, remark.count)
    for (const outcome of outcomes) this.#outcomes.add(outcome, outcome.count)
    for (const subject of subjects) this.#subjects.add(subject)
  }

  #addUnread({ direction, bytes, reason }: CapturedConnection['unread'][number]): void {
    const general = withoutPlaces(reason)
    const isRoom = this.#unread.size < MAX_REASONS || this.#unread.has(`${direction} ${general}`)
    const kept = isRoom ? general : OTHER_REASONS
    const key = `${direction} ${kept}`
    const known = this.#unread.get(key) ?? { direction, bytes: 0, connections: 0, reason: kept }
    known.bytes += bytes
    known.connections += 1
    this.#unread.set(key, known)
  }

  describe(): CapturedProtocol {
    return {
      protocol: this.#protocol,
      connections: this.#connections,
      messages: this.#messages,
      missingBytes: this.#missingBytes,
      ledger: this.#book.entries(),
      units: [...this.#units.values()],
      unread: [...this.#unread.values()].sort((a, b) => b.bytes - a.bytes),
      remarks: this.#remarks.list(),
      outcomes: this.#outcomes.list(),
      subjects: this.#subjects.list(),
    }
  }
}

/** The same for all connections: without the figures of one. */
const withoutPlaces = (reason: string): string =>
  reason
    .replace(/^(?:from byte \d+ on|in \d+ places): /, '')
    .replace(/^the content of \d+ encrypted/, 'the content of encrypted')
    .replace(/, (?:at byte \d+|\d+ bytes into it)$/, '')
