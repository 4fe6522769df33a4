import { InstrumentError } from '../../model/errors.ts'

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
  throw new InstrumentError(
    'usage',
    `${name}: ${JSON.stringify(value)} is no whole number from 2 to ${MOST}, the messages of a connection; one message a connection has transports of its own`,
  )
}

/**
 * The options of a transport that has this one alone.
 * @throws InstrumentError `usage`, naming the key
 */
export function parseWakeOptions(id: string, input: unknown): WakeOptions {
  const given = input ?? {}
  if (typeof given !== 'object' || Array.isArray(given)) {
    throw new InstrumentError('usage', `the options of ${id} are a map of names to values`)
  }
  for (const key of Object.keys(given)) {
    if (key === PER_WAKE) continue
    throw new InstrumentError(
      'usage',
      `${key} is no option of ${id}; it has ${PER_WAKE}, leave it out`,
    )
  }
  return { messagesPerWake: readPerWake((given as Record<string, unknown>)[PER_WAKE]) }
}

/** So many messages, or as few more as make whole wakes of them; what is no option of the transport changes nothing. */
export function wholeWakes(messages: number, options: unknown): number {
  const { messagesPerWake = 1 } = options as Partial<WakeOptions>
  return Math.ceil(messages / messagesPerWake) * messagesPerWake
}
