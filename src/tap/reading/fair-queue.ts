import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import { PassedConnections } from './passed-connections.ts'
import { contentRoom, type RecordBatch, recordOf, type TapRecord } from './records.ts'

/**
 * What waits to be read takes so much memory at most; what comes beyond is counted,
 * and not read. It is shared as a switch shares its buffer (Choudhury and Hahne 1998):
 * nobody may hold more than is free, so that of n that flood it each holds an n+1st,
 * and as much stays for whoever comes.
 */
const MAX_WAITING_BYTES = 64 * 1024 * 1024
/** So much of one connection is read before it is another's turn. */
const TURN_BYTES = 16 * 1024
/** What a record takes beside its content: the objects around it. */
const RECORD_BYTES = 512

/** How much of a turn a record takes: one of no content takes some as well. */
const turnOf = ({ content }: TapRecord): number => 32 + content.length
const costOf = ({ content }: TapRecord): number => RECORD_BYTES + content.length

/** Without what was said, which is not kept. */
const skippedOf = ({ connection, direction, atNs }: TapRecord, value: number): TapRecord =>
  recordOf('skipped', { connection, direction, atNs, value })

/** What waits of one connection, in its order. */
interface Line {
  records: TapRecord[]
  /** Those before have been taken. */
  next: number
  /** Of the present turn. */
  leftBytes: number
}

function isLoud({ records, next }: Line): boolean {
  let bytes = 0
  for (let at = next; at < records.length && bytes <= TURN_BYTES; at += 1) {
    bytes += turnOf(records[at] as TapRecord)
  }
  return bytes > TURN_BYTES
}

/** Everything that came before a question; a line each connection, by whose turn it is. */
interface Era {
  /** Had nothing that waited, and have not had their turn since: they come first, as in RFC 8290 §4.2. */
  fresh: Map<number, Line>
  others: Map<number, Line>
  /** Came and went in it, and were not kept. */
  passed: PassedConnections
  question: TapRecord | null
}

const openEra = (): Era => ({
  ...{ fresh: new Map(), others: new Map() },
  ...{ passed: new PassedConnections(), question: null },
})

/**
 * What waits to be read: a queue each connection, and they take turns. Whoever
 * floods it waits for himself. Of two connections the records may change places;
 * of one, or around a question, they do not.
 */
export class FairQueue {
  readonly #eras: Era[] = [openEra()]
  readonly #heldBytes = new Map<number, number>()
  #totalBytes = 0

  /** Of all connections together, in bytes of memory. */
  get heldBytes(): number {
    return this.#totalBytes
  }

  get isEmpty(): boolean {
    const [first] = this.#eras
    if (first === undefined) return true
    const { fresh, others, passed, question } = first
    return question === null && fresh.size === 0 && others.size === 0 && passed.isEmpty
  }

  /** @returns false where it was too much: then it is counted alone */
  add(record: TapRecord): boolean {
    const { kind, connection, content, direction } = record
    const cost = costOf(record)
    const free = MAX_WAITING_BYTES - this.#totalBytes
    if (kind === 'bytes' && (this.#heldBytes.get(connection) ?? 0) + cost > free) {
      this.#skip(record, direction, content.length)
      return false
    }
    if (kind === 'ended' && free < cost && this.#pass(connection)) return false
    this.#lineOf(connection).records.push(record)
    this.#hold(connection, cost)
    return true
  }

  /** What comes from here on is behind the question. */
  ask(question: TapRecord): void {
    this.#last.question = question
    this.#eras.push(openEra())
  }

  /**
   * What waits in front of that question, or of one before it, is counted and not read.
   * @param who everybody, or who has more waiting than one turn takes
   */
  hurry(question: number, who: 'everybody' | 'the loud'): void {
    for (const { fresh, others, question: its } of this.#eras) {
      if (its === null || its.value > question) break
      for (const line of [...fresh.values(), ...others.values()]) {
        if (who === 'everybody' || isLoud(line)) this.#count(line)
      }
    }
  }

  /** Takes as much as finds room, each connection in its turn. */
  fill(batch: RecordBatch): void {
    for (let [era] = this.#eras; era !== undefined; [era] = this.#eras) {
      if (!this.#fillFrom(era, batch)) return
      if (!era.passed.giveTo((record) => batch.add(record))) return
      if (era.question === null || !batch.add(era.question)) return
      this.#eras.shift()
    }
  }

  /** Nothing is read any more. */
  clear(): void {
    this.#eras.splice(0, this.#eras.length, openEra())
    this.#heldBytes.clear()
    this.#totalBytes = 0
  }

  get #last(): Era {
    return this.#eras.at(-1) as Era
  }

  #lineOf(connection: number): Line {
    const { fresh, others } = this.#last
    const known = fresh.get(connection) ?? others.get(connection)
    if (known !== undefined) return known
    const line: Line = { records: [], next: 0, leftBytes: TURN_BYTES }
    fresh.set(connection, line)
    return line
  }

  /** @returns whether nothing of it had to be kept */
  #pass(connection: number): boolean {
    const { fresh, others, passed } = this.#last
    const line = fresh.get(connection)
    if (line === undefined || others.has(connection) || !passed.add(line.records)) return false
    fresh.delete(connection)
    this.#hold(connection, -(this.#heldBytes.get(connection) ?? 0))
    return true
  }

  #hold(connection: number, cost: number): void {
    const held = (this.#heldBytes.get(connection) ?? 0) + cost
    if (held === 0) this.#heldBytes.delete(connection)
    else this.#heldBytes.set(connection, held)
    this.#totalBytes += cost
  }

  /** Where the last that waits are skipped bytes already, these are added to them. */
  #skip(record: TapRecord, direction: Direction, value: number): void {
    const { records, next } = this.#lineOf(record.connection)
    for (let at = records.length - 1; at >= Math.max(next, records.length - 2); at -= 1) {
      const last = records[at] as TapRecord
      if (last.kind !== 'skipped') break
      if (last.direction === direction) {
        last.value += value
        return
      }
    }
    this.add(skippedOf(record, value))
  }

  #count(line: Line): void {
    const waiting = line.records.slice(line.next)
    line.records = []
    line.next = 0
    const skipped: Record<Direction, TapRecord | null> = { up: null, down: null }
    for (const record of waiting) {
      const { kind, direction, content, value } = record
      if (kind !== 'bytes' && kind !== 'skipped') {
        line.records.push(record)
        continue
      }
      this.#hold(record.connection, -costOf(record))
      const more = kind === 'bytes' ? content.length : value
      const its = skipped[direction]
      if (its === null) skipped[direction] = skippedOf(record, more)
      else its.value += more
    }
    // Behind `opened`, if that waits still, and before an end.
    const behind = line.records[0]?.kind === 'opened' ? 1 : 0
    const counted = DIRECTIONS.flatMap((direction) => skipped[direction] ?? [])
    line.records.splice(behind, 0, ...counted)
    for (const record of counted) this.#hold(record.connection, costOf(record))
  }

  /** @returns whether nothing is left of it */
  #fillFrom({ fresh, others }: Era, batch: RecordBatch): boolean {
    for (const lines of [fresh, others]) {
      // Who is put behind the others is met again: a map goes on with what is added to it.
      for (const [connection, line] of lines) {
        if (!this.#takeTurn(line, batch)) return false
        lines.delete(connection)
        if (line.records.length === 0) continue
        line.leftBytes = TURN_BYTES
        others.set(connection, line)
      }
    }
    return true
  }

  /** @returns false where the batch is full first */
  #takeTurn(line: Line, batch: RecordBatch): boolean {
    while (line.next < line.records.length && line.leftBytes > 0) {
      const record = line.records[line.next] as TapRecord
      const { kind, connection, content } = record
      const room = Math.min(line.leftBytes, contentRoom(batch.freeBytes))
      if (kind === 'bytes' && content.length > room) {
        if (room <= 0) return false
        batch.add({ ...record, content: content.subarray(0, room) })
        const rest = { ...record, content: content.subarray(room) }
        line.records[line.next] = rest
        line.leftBytes -= room
        this.#hold(connection, -room)
        continue
      }
      if (!batch.take(record)) return false
      this.#hold(connection, -costOf(record))
      line.leftBytes -= turnOf(record)
      line.next += 1
    }
    if (line.next > line.records.length / 2) {
      line.records.splice(0, line.next)
      line.next = 0
    }
    return true
  }
}
