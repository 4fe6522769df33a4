import { contentTypeOf } from '../model/scenario/content-type.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { createWordSource, drawInteger } from './random.ts'

/** What each message of a scenario carries. Pure: the same scenario gives the same bytes in every run. */
export interface PayloadSource {
  /** HTTP Content-Type. */
  readonly contentType: string
  /**
   * True where the payload carries the number of its message, so that an
   * arrival can be recognised by its bytes; it repeats after 10^digits messages.
   */
  readonly distinct: boolean
  /** The payload of message `index`, counted from 0. The caller must not write into it. */
  payload(index: number): Uint8Array
}

type Records = NonNullable<Scenario['payload']['records']>
type RecordField = Records['record'][string]

const isSequence = (field: RecordField): field is { sequence: { digits: number } } =>
  typeof field === 'object' && field !== null && 'sequence' in field

function writeField(
  field: RecordField,
  messageIndex: number,
  drawFrom: ReturnType<typeof createWordSource>,
): string {
  if (typeof field !== 'object' || field === null) return JSON.stringify(field)
  if (isSequence(field)) {
    const { digits } = field.sequence
    // A string, since a JSON number cannot start with 0 (RFC 8259 §6); the width never changes.
    return `"${String(messageIndex % 10 ** digits).padStart(digits, '0')}"`
  }
  return String(drawInteger(drawFrom, field.integer[0], field.integer[1]))
}

/** One record as text, `{ "temp": 25 }`. Its random values depend on the seed and its own index only. */
function writeRecord(
  record: Records['record'],
  seed: number,
  recordIndex: number,
  messageIndex: number,
): string {
  const drawFrom = createWordSource(seed, recordIndex)
  const fields = Object.entries(record).map(
    ([name, field]) => `${JSON.stringify(name)}: ${writeField(field, messageIndex, drawFrom)}`,
  )
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`
}

function writeArray(records: Records, seed: number, messageIndex: number): string {
  const texts: string[] = []
  for (let i = 0; i < records.count; i++) {
    texts.push(writeRecord(records.record, seed, i, messageIndex))
  }
  return `[${texts.join(',')}]`
}

function createRecordPayloads(records: Records, seed: number, contentType: string): PayloadSource {
  const distinct = Object.values(records.record).some(isSequence)
  const encoder = new TextEncoder()
  if (records.as === 'messages') {
    return {
      contentType,
      distinct,
      payload: (index) =>
        encoder.encode(writeRecord(records.record, seed, index % records.count, index)),
    }
  }
  if (distinct) {
    return {
      contentType,
      distinct,
      payload: (index) => encoder.encode(writeArray(records, seed, index)),
    }
  }
  return createConstantPayload(encoder.encode(writeArray(records, seed, 0)), contentType)
}

function createConstantPayload(bytes: Uint8Array, contentType: string): PayloadSource {
  return { contentType, distinct: false, payload: () => bytes }
}

const COMPRESSIBLE_UNIT = 16

/** So many bytes from the seed: random ones, or the first few of them again and again. */
function generateBytes(size: number, seed: number, compressible: boolean): Uint8Array {
  const next = createWordSource(seed, 0)
  const bytes = new Uint8Array(size)
  const random = compressible ? Math.min(size, COMPRESSIBLE_UNIT) : size
  for (let at = 0; at < random; at++) bytes[at] = next() & 0xff
  for (let at = random; at < size; at++) bytes[at] = bytes[at - random] as number
  return bytes
}

/**
 * @param fileBytes content of `payload.file`; needed when the scenario names one
 * @throws TypeError when a file is named and its bytes are not given
 */
export function createPayloads(
  scenario: Pick<Scenario, 'payload'>,
  fileBytes?: Uint8Array,
): PayloadSource {
  const { text, json, hex, file, records, size, compressible, seed } = scenario.payload
  const contentType = contentTypeOf(scenario)
  const utf8 = (value: string) => new TextEncoder().encode(value)
  if (records !== undefined) return createRecordPayloads(records, seed, contentType)
  if (text !== undefined) return createConstantPayload(utf8(text), contentType)
  if (json !== undefined) return createConstantPayload(utf8(JSON.stringify(json)), contentType)
  if (hex !== undefined) {
    return createConstantPayload(Buffer.from(hex.replace(/\s+/g, ''), 'hex'), contentType)
  }
  if (size !== undefined) {
    return createConstantPayload(generateBytes(size, seed, compressible === true), contentType)
  }
  if (fileBytes === undefined) throw new TypeError(`payload.file ${file} was not read`)
  return createConstantPayload(fileBytes, contentType)
}
