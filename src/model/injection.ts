import { InstrumentError } from './errors.ts'
import { catalogue, listNames } from './text/language.ts'
import type { Direction } from './vocabulary.ts'

/**
 * Faults put in on purpose, to show that the instrument sees them. A report
 * names those of its run, so that it cannot be mistaken for a measurement.
 */
export interface Injection {
  /** Delay in the endpoint before a message counts as delivered and is acknowledged. */
  delayMs: number
  /** Computing time in the endpoint before each message is delivered: a delay too short for a timer. */
  busyUs: number
  /** The message (from 1) that the endpoint takes but never hands on; null for none. */
  drop: number | null
  /** The message (from 1) that the endpoint hands on twice. */
  double: number | null
  /** The message (from 1) whose first byte, or lack of one, the endpoint changes. */
  change: number | null
  /** From this message (from 1) of a load stretch on, the endpoint hands nothing on for so long, once; null for never. */
  stall: { durationMs: number; message: number } | null
  /** Computing time in the load process for each message that it completes under load. */
  generatorBusyUs: number
  /** The stream of the byte pass that gets one byte too many. */
  strayByte: Direction | null
}

export const NO_INJECTION: Injection = {
  delayMs: 0,
  busyUs: 0,
  drop: null,
  double: null,
  change: null,
  stall: null,
  generatorBusyUs: 0,
  strayByte: null,
}

const say = catalogue({
  en: {
    noFault: (given: string, known: string) =>
      `--inject ${given}: is not a fault that can be put in; use one of ${known}`,
  },
  'zh-TW': {
    noFault: (given, known) => `--inject ${given}：不是能放入的錯誤；請用其中之一：${known}`,
  },
})

const FORMS = [
  ...['delay=20ms', 'busy=50us', 'drop=3', 'double=3', 'change=3', 'stray-byte=up'],
  ...['stray-byte=down', 'stall=1s@100', 'generator-busy=50us'],
]
const MAX_DELAY_MS = 10_000
const MAX_BUSY_US = 1_000_000

/**
 * Reads the values of `--inject`.
 * @throws InstrumentError `usage`
 */
export function parseInjections(specifications: readonly string[]): Injection {
  const injection = { ...NO_INJECTION }
  for (const specification of specifications) applyInjection(injection, specification)
  return injection
}

function applyInjection(injection: Injection, specification: string): void {
  const refuse = (): never => {
    throw new InstrumentError('usage', say.noFault(specification, listNames(FORMS)))
  }
  const [, kind, value = ''] = /^([a-z-]+)=(.+)$/.exec(specification) ?? []
  switch (kind) {
    case 'delay': {
      const delayMs = Number(/^(\d+(?:\.\d+)?)ms$/.exec(value)?.[1])
      if (!(delayMs >= 0 && delayMs <= MAX_DELAY_MS)) refuse()
      injection.delayMs = delayMs
      return
    }
    case 'busy':
    case 'generator-busy': {
      const busyUs = Number(/^(\d+(?:\.\d+)?)us$/.exec(value)?.[1])
      if (!(busyUs >= 0 && busyUs <= MAX_BUSY_US)) refuse()
      injection[kind === 'busy' ? 'busyUs' : 'generatorBusyUs'] = busyUs
      return
    }
    case 'stall': {
      const [, time, unit, message] = /^(\d+(?:\.\d+)?)(ms|s)@([1-9]\d{0,6})$/.exec(value) ?? []
      const durationMs = Number(time) * (unit === 's' ? 1_000 : 1)
      if (!(durationMs >= 0 && durationMs <= MAX_DELAY_MS)) refuse()
      injection.stall = { durationMs, message: Number(message) }
      return
    }
    case 'drop':
    case 'double':
    case 'change':
      if (!/^[1-9]\d{0,6}$/.test(value)) refuse()
      injection[kind] = Number(value)
      return
    case 'stray-byte':
      if (value !== 'up' && value !== 'down') refuse()
      else injection.strayByte = value
      return
    default:
      refuse()
  }
}
