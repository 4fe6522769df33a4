import { InstrumentError } from '../../model/errors.ts'
import { catalogue } from '../../model/text/language.ts'
import { isList, type JsonValue } from './json-text.ts'

const say = catalogue({
  en: {
    noReading: (why: string) =>
      `payload.encoding: SenML holds numbers, texts and booleans under names (RFC 8428 §4), and a value ${why}; choose another encoding`,
    noObject: 'is no object',
    noName: (field: string) => `has the field ${field}, which is no name of SenML`,
    nullIn: (field: string) => `has null in the field ${field}`,
    objectIn: (field: string) => `has an object in the field ${field}`,
  },
  'zh-TW': {
    noReading: (why) =>
      `payload.encoding：SenML 只容納有名稱的數字、文字與布林值（RFC 8428 §4），而有個值${why}；請換一種編碼`,
    noObject: '不是物件',
    noName: (field) => `的欄位 ${field} 不是 SenML 的名稱`,
    nullIn: (field) => `的欄位 ${field} 是 null`,
    objectIn: (field) => `的欄位 ${field} 是物件`,
  },
})

/** A SenML record (RFC 8428 §4): a name and one value. */
type Entry = { readonly n: string } & (
  | { readonly v: number }
  | { readonly vs: string }
  | { readonly vb: boolean }
)

/**
 * The SenML pack of readings: an object's fields are entries of their names, an
 * array of objects is a pack of all of theirs, in turn.
 * @throws InstrumentError `scenario-invalid` for what SenML has no place for
 */
export function senmlPack(value: JsonValue): readonly Entry[] {
  if (typeof value !== 'object' || value === null) throw noReading(say.noObject)
  if (isList(value)) return value.flatMap(senmlPack)
  return Object.entries(value).map(([n, field]): Entry => {
    // RFC 8428 §4.5.1
    if (!/^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/.test(n)) {
      throw noReading(say.noName(JSON.stringify(n)))
    }
    if (typeof field === 'number') return { n, v: field }
    if (typeof field === 'string') return { n, vs: field }
    if (typeof field === 'boolean') return { n, vb: field }
    throw noReading(field === null ? say.nullIn(n) : say.objectIn(n))
  })
}

const noReading = (why: string): InstrumentError =>
  new InstrumentError('scenario-invalid', say.noReading(why))

/** The labels of SenML in CBOR (RFC 8428 §6, table 4). */
const LABELS = { n: 0, v: 2, vs: 3, vb: 4 } as const

/** The pack with labels in place of names. */
export const labelled = (pack: readonly Entry[]): Map<number, JsonValue>[] =>
  pack.map(
    (entry) =>
      new Map(
        Object.entries(entry).map(([name, value]) => [LABELS[name as keyof typeof LABELS], value]),
      ),
  )
