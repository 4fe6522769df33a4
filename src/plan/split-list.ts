import { InstrumentError } from '../model/errors.ts'

/**
 * The items of a list with commas, each once.
 * @throws InstrumentError `usage` where there are none
 */
export function splitList(flag: string, text: string): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (items.length === 0) throw new InstrumentError('usage', `${flag}: names nothing`)
  return [...new Set(items)]
}
