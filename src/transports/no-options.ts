import { InstrumentError } from '../model/errors.ts'

/** The options of a transport that has none. */
export type NoOptions = Record<never, never>

/** `parseOptions` of a transport without options: refuses whatever is given, by its name. */
export function refuseOptions(id: string): (input: unknown) => NoOptions {
  return (input) => {
    if (input === undefined || input === null) return {}
    const isMap = typeof input === 'object' && !Array.isArray(input)
    const [key] = isMap ? Object.keys(input) : [JSON.stringify(input)]
    if (key === undefined) return {}
    throw new InstrumentError('usage', `${key} is no option of ${id}; it has none, leave it out`)
  }
}
