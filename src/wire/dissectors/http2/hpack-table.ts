import { MalformedBytes } from '../parsing/byte-parser.ts'
import { STATIC_TABLE, type TableEntry } from './hpack-static-table.ts'

/** What SETTINGS_HEADER_TABLE_SIZE is before it was said (RFC 9113 §6.5.2). */
const DEFAULT_TABLE_BYTES = 4096
/** What an entry counts besides its name and its value (RFC 7541 §4.1). */
const ENTRY_OVERHEAD_BYTES = 32

const sizeOf = ({ name, value }: TableEntry): number =>
  name.length + value.length + ENTRY_OVERHEAD_BYTES

/** More than any peer announces; it is held for each direction of each connection. */
const MAX_TABLE_BYTES = 1024 * 1024
/** Evicted entries are taken out of the list so many at a time. */
const EVICTED_AT_ONCE = 256

/** The static table and, behind it, the dynamic one of one direction (RFC 7541 §2.3). */
export class HpackTable {
  /** The newest last, so that adding one moves none; the first `#evicted` are no longer there. */
  readonly #dynamic: TableEntry[] = []
  #evicted = 0
  #sizeBytes = 0
  #maxBytes = DEFAULT_TABLE_BYTES
  #allowedBytes = DEFAULT_TABLE_BYTES

  /**
   * The decoding side has announced how large a table it keeps. It can only grow
   * here: until a lower value is acknowledged, the higher one is still in use.
   */
  allow(maxBytes: number): void {
    this.#allowedBytes = Math.max(this.#allowedBytes, maxBytes)
  }

  /** @throws MalformedBytes above what the decoding side allows (RFC 7541 §6.3) */
  resize(maxBytes: number): void {
    if (maxBytes > this.#allowedBytes) {
      throw new MalformedBytes(
        `the dynamic table is to have ${maxBytes} bytes; at most ${this.#allowedBytes} were announced (RFC 7541 §6.3)`,
      )
    }
    if (maxBytes > MAX_TABLE_BYTES) {
      throw new MalformedBytes(
        `the dynamic table is to have ${maxBytes} bytes; up to ${MAX_TABLE_BYTES} are kept here (RFC 7541 §6.3)`,
      )
    }
    this.#maxBytes = maxBytes
    this.#evict(0)
  }

  /** An entry that is larger than the table empties it (RFC 7541 §4.4). */
  add(entry: TableEntry): void {
    const sizeBytes = sizeOf(entry)
    this.#evict(sizeBytes)
    if (sizeBytes > this.#maxBytes) return
    this.#dynamic.push(entry)
    this.#sizeBytes += sizeBytes
  }

  /** @throws MalformedBytes where no entry has that index (RFC 7541 §2.3.3) */
  at(index: number): TableEntry {
    const place = this.#dynamic.length - (index - STATIC_TABLE.length)
    const entry = STATIC_TABLE[index - 1] ?? this.#dynamic[place]
    if (entry === undefined || (index > STATIC_TABLE.length && place < this.#evicted)) {
      throw new MalformedBytes(`the header tables have no index ${index} (RFC 7541 §2.3.3)`)
    }
    return entry
  }

  #evict(forBytes: number): void {
    while (this.#sizeBytes + forBytes > this.#maxBytes) {
      const oldest = this.#dynamic[this.#evicted]
      if (oldest === undefined) break
      this.#sizeBytes -= sizeOf(oldest)
      this.#evicted += 1
    }
    if (this.#evicted < EVICTED_AT_ONCE && this.#evicted < this.#dynamic.length) return
    this.#dynamic.splice(0, this.#evicted)
    this.#evicted = 0
  }
}
