import { InstrumentError } from '../../model/errors.ts'
import { parseDuration } from '../../model/text/duration.ts'
import { onlyOption } from '../no-options.ts'
import { optionWords } from '../words/option-words.ts'

/** A duration that a transport takes as its only option. */
export interface DurationOption {
  readonly name: string
  readonly defaultMs: number
  readonly leastMs: number
  readonly mostMs: number
  /** A value that would be right. */
  readonly example: string
}

/** How often a device that polls asks for a command. */
export const POLL_INTERVAL = {
  name: 'poll-interval',
  defaultMs: 1_000,
  leastMs: 5,
  mostMs: 3_600_000,
  example: '200ms',
} as const satisfies DurationOption

/** How long a server holds a request that has nothing to be answered with. */
export const HOLD_TIME = {
  name: 'hold-time',
  defaultMs: 30_000,
  leastMs: 1_000,
  mostMs: 3_600_000,
  example: '30s',
} as const satisfies DurationOption

/**
 * The value in milliseconds.
 * @throws InstrumentError `usage`, naming the option
 */
export function readDuration(option: DurationOption, value: unknown): number {
  const { name, defaultMs, leastMs, mostMs, example } = option
  if (value === undefined) return defaultMs
  const ms = typeof value === 'string' ? parseDuration(value) : null
  if (ms !== null && ms >= leastMs && ms <= mostMs) return ms
  const given = JSON.stringify(value)
  throw new InstrumentError(
    'usage',
    optionWords.noDuration(name, given, leastMs, mostMs / 60_000, example),
  )
}

/**
 * The options of a transport that has one alone.
 * @throws InstrumentError `usage`, naming the key
 */
export function parseDurationOption(id: string, option: DurationOption, input: unknown): number {
  return readDuration(option, onlyOption(id, option.name, input))
}
