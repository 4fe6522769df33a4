import { InstrumentError } from '../../model/errors.ts'
import { onlyOption } from '../no-options.ts'
import { optionWords } from '../words/option-words.ts'

/** How many messages a device sends each time that it wakes up. */
export const PER_WAKE = 'per-wake'

export interface WakeOptions {
  readonly messagesPerWake: number
}

const DEFAULT = 5
const MOST = 10_000

/** @throws InstrumentError `usage`, naming the option */
export function readPerWake(value: unknown, name: string = PER_WAKE): number {
  if (value === undefined) return DEFAULT
  if (Number.isInteger(value) && Number(value) >= 2 && Number(value) <= MOST) return Number(value)
  throw new InstrumentError('usage', optionWords.perWake(name, JSON.stringify(value), MOST))
}

/**
 * The options of a transport that has this one alone.
 * @throws InstrumentError `usage`, naming the key
 */
export function parseWakeOptions(id: string, input: unknown): WakeOptions {
  return { messagesPerWake: readPerWake(onlyOption(id, PER_WAKE, input)) }
}

/** So many messages, or as few more as make whole wakes of them; what is no option of the transport changes nothing. */
export function wholeWakes(messages: number, options: unknown): number {
  const { messagesPerWake = 1 } = options as Partial<WakeOptions>
  return Math.ceil(messages / messagesPerWake) * messagesPerWake
}
