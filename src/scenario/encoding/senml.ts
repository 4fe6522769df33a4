import { InstrumentError } from '../../model/errors.ts'
import { isList, type JsonValue } from './json-text.ts'

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
  if (typeof value !== 'object' || value === null) throw noReading('is no object')
  if (isList(value)) return value.flatMap(senmlPack)
  return Object.entries(value).map(([n, field]): Entry => {
    // RFC 8428 §4.5.1
    if (!/^[A-Za-z0-9][A-Za-z0-9\-:./_]*$/.test(n)) {
      throw noReading(`has the field ${JSON.stringify(n)}, which is no name of SenML`)
    }
    if (typeof field === 'number') return { n, v: field }
    if (typeof field === 'string') return { n, vs: field }
    if (typeof field === 'boolean') return { n, vb: field }
    throw noReading(`has ${field === null ? 'null' : 'an object'} in the field ${n}`)
  })
}

const noReading = (why: string): InstrumentError =>
  new InstrumentError(
    'scenario-invalid',
    `payload.encoding: SenML holds numbers, texts and booleans under names (RFC 8428 §4), and a value ${why}; choose another encoding`,
  )

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
