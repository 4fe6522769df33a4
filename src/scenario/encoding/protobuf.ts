import type { Type } from 'protobufjs'
import { describeError, InstrumentError } from '../../model/errors.ts'
import { protobuf } from '../../model/lazy-package.ts'
import { catalogue, named } from '../../model/text/language.ts'
import { isList, type JsonValue } from './json-text.ts'

const say = catalogue({
  en: {
    unfit: (message: string, why: string) => `a value does not fit ${message}: ${why}`,
    expected: (type: string) => `${type} expected`,
    noField: (message: string, field: string) => `${message} has no field ${field}; add it`,
    noMessage: (message: string) => `the schema has no message ${message}; name one of its own`,
    unreadable: (why: string) => `cannot be read: ${why}`,
    notRepeated: (message: string) =>
      `the payload is an array, and ${message} is no message with one repeated field; name one`,
  },
  'zh-TW': {
    unfit: (message, why) => `有個值不符合 ${message}：${why}`,
    expected: (type) => `應為 ${type}`,
    noField: (message, field) => `${message} 沒有欄位 ${field}；請加上`,
    noMessage: (message) => `綱要裡沒有 message ${message}；請指名其中一個`,
    unreadable: (why) => `無法讀取：${why}`,
    notRepeated: (message) =>
      `負載是陣列，而 ${message} 不是只有一個 repeated 欄位的 message；請指名一個`,
  },
})

const invalid = (key: '' | '.message' | '.schema', what: string): InstrumentError =>
  new InstrumentError('scenario-invalid', named(`payload.encoding.protobuf${key}`, what))

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
    if (problem !== null) throw invalid('', say.unfit(message, wordsOfProtobuf(problem)))
    const unknown = Object.keys(written as object).find((name) => !(name in type.fields))
    if (unknown !== undefined) throw invalid('', say.noField(message, unknown))
    return type.encode(type.fromObject(written as Record<string, unknown>)).finish()
  }
}

/** `temp: number expected`, as the library has it, in the language that is spoken. */
function wordsOfProtobuf(problem: string): string {
  const [, field = '', type] = /^(?:(.*): )?(.+) expected$/s.exec(problem) ?? []
  if (type === undefined) return problem
  return field === '' ? say.expected(type) : named(field, say.expected(type))
}

function typeOf(schemaText: string, message: string): Type {
  try {
    const { root } = protobuf().parse(schemaText, { keepCase: true })
    return root.lookupType(message)
  } catch (cause) {
    const why = describeError(cause)
    if (/no such type/.test(why)) {
      throw invalid('.message', say.noMessage(message))
    }
    throw invalid('.schema', say.unreadable(why))
  }
}

function repeatedFieldOf(type: Type): string {
  const [only, ...more] = type.fieldsArray
  if (only?.repeated && more.length === 0) return only.name
  throw invalid('.message', say.notRepeated(type.name))
}
