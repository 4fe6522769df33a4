import { InstrumentError } from '../model/errors.ts'
import { optionWords } from './words/option-words.ts'

/** The options of a transport that has none. */
export type NoOptions = Record<never, never>

/** `parseOptions` of a transport without options: refuses whatever is given, by its name. */
export function refuseOptions(id: string): (input: unknown) => NoOptions {
  return (input) => {
    if (input === undefined || input === null) return {}
    const isMap = typeof input === 'object' && !Array.isArray(input)
    const [key] = isMap ? Object.keys(input) : [JSON.stringify(input)]
    if (key === undefined) return {}
    throw new InstrumentError('usage', optionWords.hasNone(key, id))
  }
}

/**
 * What was given of the one option that a transport has; undefined where it was left out.
 * @throws InstrumentError `usage`, naming the key that is none
 */
export function onlyOption(id: string, name: string, input: unknown): unknown {
  const given = input ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new InstrumentError('usage', optionWords.noMap(id))
  }
  const other = Object.keys(given).find((key) => key !== name)
  if (other !== undefined) {
    throw new InstrumentError('usage', optionWords.hasOther(other, id, name))
  }
  return (given as Record<string, unknown>)[name]
}
