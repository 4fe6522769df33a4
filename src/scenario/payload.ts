import { contentTypeOf } from '../model/scenario/content-type.ts'
import type { Compression } from '../model/scenario/payload/encoded.ts'
import type { Encoding } from '../model/scenario/payload/encoding.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { compressed, encoderOf } from './encoding/encode.ts'
import type { JsonValue } from './encoding/json-text.ts'
import { createWordSource, drawInteger } from './random.ts'
import { walkOf } from './walk.ts'

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

/** A scenario whose lists were made one scenario each, or a file of which the first of each is taken. */
export interface WithPayload {
  readonly payload: Omit<Scenario['payload'], 'encoding' | 'compress'> & {
    readonly encoding?: Encoding | Encoding[] | undefined
    readonly compress?: Compression | Compression[] | undefined
  }
}

type Records = NonNullable<Scenario['payload']['records']>
type RecordField = Records['record'][string]

const isSequence = (field: RecordField): field is { sequence: { digits: number } } =>
  typeof field === 'object' && field !== null && 'sequence' in field

/**
 * Makes the records of a payload, each by its index: random values depend on the
 * seed and that index only; of a walk, on the records before it too.
 */
function recordMaker({ record }: Records, seed: number) {
  const fields = Object.entries(record)
  const walks = fields.map(([, field], place) =>
    typeof field === 'object' && field !== null && 'walk' in field
      ? walkOf(field.walk, seed, place)
      : null,
  )
  return (recordIndex: number, messageIndex: number): Record<string, JsonValue> => {
    const drawFrom = createWordSource(seed, recordIndex)
    const valueFor = (field: RecordField, place: number): JsonValue => {
      if (typeof field !== 'object' || field === null) return field
      if (isSequence(field)) {
        const { digits } = field.sequence
        // A string, since a JSON number cannot start with 0 (RFC 8259 §6); the width never changes.
        return String(messageIndex % 10 ** digits).padStart(digits, '0')
      }
      if ('walk' in field) return walks[place]?.(recordIndex) ?? null
      return drawInteger(drawFrom, field.integer[0], field.integer[1])
    }
    return Object.fromEntries(fields.map(([name, field], place) => [name, valueFor(field, place)]))
  }
}

function createRecordPayloads(
  records: Records,
  seed: number,
  contentType: string,
  write: (value: JsonValue) => Uint8Array,
): PayloadSource {
  const distinct = Object.values(records.record).some(isSequence)
  const make = recordMaker(records, seed)
  const writeArray = (messageIndex: number): Uint8Array =>
    write(Array.from({ length: records.count }, (_, index) => make(index, messageIndex)))
  if (records.as === 'messages') {
    return {
      contentType,
      distinct,
      payload: (index) => write(make(index % records.count, index)),
    }
  }
  if (distinct) return { contentType, distinct, payload: writeArray }
  return createConstantPayload(writeArray(0), contentType)
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

/** The first of a list: what a file is shown by. */
const first = <T>(value: T | T[] | undefined): T | undefined =>
  Array.isArray(value) ? value[0] : value

/**
 * @param fileBytes content of `payload.file`, or of the schema of an encoding; needed when the scenario names one
 * @throws TypeError when a file is named and its bytes are not given
 * @throws InstrumentError `scenario-invalid` where an encoding has no place for a value
 */
export function createPayloads(scenario: WithPayload, fileBytes?: Uint8Array): PayloadSource {
  const { text, json, hex, file, records, size, compressible, seed } = scenario.payload
  const compress = first(scenario.payload.compress) ?? 'none'
  const encoding = first(scenario.payload.encoding)
  const contentType = contentTypeOf({
    payload: { ...scenario.payload, encoding, compress } as Scenario['payload'],
  })
  const constant = (bytes: Uint8Array): PayloadSource =>
    createConstantPayload(compressed(bytes, compress), contentType)
  const writer = (byDefault: 'json' | 'json-compact') => {
    const encode = encoderOf(encoding ?? byDefault, fileBytes)
    return (value: JsonValue): Uint8Array => compressed(encode(value), compress)
  }
  if (records !== undefined) {
    return createRecordPayloads(records, seed, contentType, writer('json'))
  }
  if (json !== undefined) {
    return createConstantPayload(writer('json-compact')(json as JsonValue), contentType)
  }
  if (text !== undefined) return constant(new TextEncoder().encode(text))
  if (hex !== undefined) return constant(Buffer.from(hex.replace(/\s+/g, ''), 'hex'))
  if (size !== undefined) return constant(generateBytes(size, seed, compressible === true))
  if (fileBytes === undefined) throw new TypeError(`payload.file ${file} was not read`)
  return constant(fileBytes)
}
