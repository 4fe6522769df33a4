import type { Type } from 'protobufjs'
import { describeError, InstrumentError } from '../../model/errors.ts'
import { isList, type JsonValue } from './json-text.ts'
import { protobuf } from './libraries.ts'

const invalid = (what: string): InstrumentError =>
  new InstrumentError('scenario-invalid', `payload.encoding.protobuf${what}`)

/**
 * Writes values as a message of a schema. An array goes into the only field of its
 * message, which is repeated.
 * @throws InstrumentError `scenario-invalid` where the schema cannot be read, or
 *   does not fit a value
 */
export function protobufWriter(
  schemaText: string,
  message: string,
): (value: JsonValue) => Uint8Array {
  const type = typeOf(schemaText, message)
  return (value) => {
    const written = isList(value) ? { [repeatedFieldOf(type)]: value } : value
    const problem =
      typeof written === 'object' && written !== null
        ? type.verify(written as Record<string, unknown>)
        : 'object expected'
    if (problem !== null) throw invalid(`: a value does not fit ${message}: ${problem}`)
    const unknown = Object.keys(written as object).find((name) => !(name in type.fields))
    if (unknown !== undefined) throw invalid(`: ${message} has no field ${unknown}; add it`)
    return type.encode(type.fromObject(written as Record<string, unknown>)).finish()
  }
}

/** Reads them again. */
export function protobufReader(
  schemaText: string,
  message: string,
): (bytes: Uint8Array) => JsonValue {
  const type = typeOf(schemaText, message)
  return (bytes) => type.toObject(type.decode(bytes), { longs: Number }) as JsonValue
}

function typeOf(schemaText: string, message: string): Type {
  try {
    const { root } = protobuf().parse(schemaText, { keepCase: true })
    return root.lookupType(message)
  } catch (cause) {
    const why = describeError(cause)
    if (/no such type/.test(why)) {
      throw invalid(`.message: the schema has no message ${message}; name one of its own`)
    }
    throw invalid(`.schema: cannot be read: ${why}`)
  }
}

function repeatedFieldOf(type: Type): string {
  const [only, ...more] = type.fieldsArray
  if (only?.repeated && more.length === 0) return only.name
  throw invalid(
    `.message: the payload is an array, and ${type.name} is no message with one repeated field; name one`,
  )
}
