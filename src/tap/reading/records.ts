import type { Direction } from '../../model/vocabulary.ts'

/** What one thread tells the other of a connection, in the order in which it happened. */
export interface TapRecord {
  kind: (typeof KINDS)[number]
  /** Counted from 1; 0 where it is of none. */
  connection: number
  direction: Direction
  /** Nanoseconds since the tap began. */
  atNs: number
  /** Of `skipped`, how many bytes; of `passed`, how many connections; of a question, which. */
  value: number
  /** Of `bytes`, what was said; of `opened`, `broken`, `lost` and `passed`, JSON. */
  content: Uint8Array
}

/** What is asked: the figures of a report, those of one that is cut, or what is told meanwhile. */
const QUESTIONS = ['figures', 'cut', 'meter'] as const
const KINDS = [
  ...(['opened', 'bytes', 'skipped', 'broken', 'ended', 'lost', 'passed'] as const),
  ...QUESTIONS,
] as const
const HEAD_BYTES = 28
export const NOTHING = new Uint8Array(0)

export const recordOf = (
  kind: TapRecord['kind'],
  {
    connection = 0,
    direction = 'up',
    atNs = 0,
    value = 0,
    content = NOTHING,
  }: Partial<TapRecord> = {},
): TapRecord => ({ kind, connection, direction, atNs, value, content })

/** Records one behind the other in one piece of memory, which is handed over as a whole. */
export class RecordBatch {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #length = 0
  #lastAt = 0

  constructor(memory: ArrayBuffer) {
    this.#bytes = new Uint8Array(memory)
    this.#view = new DataView(memory)
  }

  get memory(): ArrayBuffer {
    return this.#view.buffer as ArrayBuffer
  }

  get length(): number {
    return this.#length
  }

  get freeBytes(): number {
    return this.#bytes.length - this.#length
  }

  /**
   * Behind what the last record says, where that is of the same direction: a stream of
   * single bytes costs the reader no more than another.
   * @returns false where it is not, or there is no room
   */
  append({ connection, direction, content }: TapRecord): boolean {
    const at = this.#lastAt
    const isSame =
      this.#length > 0 &&
      this.#view.getUint8(at) === KINDS.indexOf('bytes') &&
      this.#view.getUint8(at + 1) === (direction === 'up' ? 0 : 1) &&
      this.#view.getUint32(at + 4) === connection
    if (!isSame || content.length > this.freeBytes) return false
    this.#bytes.set(content, this.#length)
    this.#length += content.length
    this.#view.setUint32(at + 8, this.#length - at - HEAD_BYTES)
    return true
  }

  /**
   * Joined to the last one, if it may be.
   * @returns false where it has no room left
   */
  take(record: TapRecord): boolean {
    return (record.kind === 'bytes' && this.append(record)) || this.add(record)
  }

  /** @returns false where it has no room left */
  add({ kind, connection, direction, atNs, value, content }: TapRecord): boolean {
    const at = this.#length
    if (at + HEAD_BYTES + content.length > this.#bytes.length) return false
    this.#lastAt = at
    this.#view.setUint8(at, KINDS.indexOf(kind))
    this.#view.setUint8(at + 1, direction === 'up' ? 0 : 1)
    this.#view.setUint32(at + 4, connection)
    this.#view.setUint32(at + 8, content.length)
    this.#view.setFloat64(at + 12, atNs)
    this.#view.setFloat64(at + 20, value)
    this.#bytes.set(content, at + HEAD_BYTES)
    this.#length = at + HEAD_BYTES + content.length
    return true
  }
}

/** Of one more record, where so much is free; none where it is below 1. */
export const contentRoom = (freeBytes: number): number => freeBytes - HEAD_BYTES

/** The content is a copy: whoever keeps a part of it does not keep the batch. */
export function* readRecords(memory: ArrayBuffer, length: number): Generator<TapRecord> {
  const bytes = new Uint8Array(memory)
  const view = new DataView(memory)
  for (let at = 0; at < length; ) {
    const contentBytes = view.getUint32(at + 8)
    const contentAt = at + HEAD_BYTES
    yield {
      kind: KINDS[view.getUint8(at)] as TapRecord['kind'],
      connection: view.getUint32(at + 4),
      direction: view.getUint8(at + 1) === 0 ? 'up' : 'down',
      atNs: view.getFloat64(at + 12),
      value: view.getFloat64(at + 20),
      content: contentBytes === 0 ? NOTHING : bytes.slice(contentAt, contentAt + contentBytes),
    }
    at = contentAt + contentBytes
  }
}

export const encodeJson = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value))

export const decodeJson = <T>(content: Uint8Array): T => JSON.parse(Buffer.from(content).toString())
