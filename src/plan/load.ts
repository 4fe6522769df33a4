import type { Argv } from 'yargs'
import { InstrumentError } from '../model/errors.ts'
import { parseDuration } from '../model/text/duration.ts'
import type { Measure } from '../model/vocabulary.ts'
import { DEFAULT_LOAD, type LoadPlan, SATURATION_SHARES, type Sweep } from './load-plan.ts'
import { parsePace, parsePerS } from './parse-pace.ts'

/** The options of a run that belong to `--measure throughput`. */
export interface LoadArguments {
  rate?: string | undefined
  sweep?: string | undefined
  connections?: number | undefined
  'in-flight'?: number | undefined
  workers?: number | undefined
  duration?: string | undefined
  messages?: number | undefined
  'connect-rate'?: number | undefined
  clients?: LoadPlan['clients'] | undefined
}

const LOAD_OPTIONS = [
  'rate',
  'sweep',
  'connections',
  'in-flight',
  'workers',
  'duration',
  'connect-rate',
  'clients',
] as const satisfies readonly (keyof LoadArguments)[]

const PACE_FORMS = 'messages a second: 1000, poisson:1000, or ramp:100..5000'
const MOST_CONNECTIONS = 100_000
const MOST_WORKERS = 64
const MOST_MESSAGES = 1_000_000
const MOST_STEPS = 20
const LEAST_DURATION_MS = 100
const MOST_DURATION_MS = 3_600_000
/** Of random gaps: the same in every run. */
const PACE_SEED = 1

export function withLoadOptions<T>(yargs: Argv<T>) {
  return yargs
    .option('rate', {
      describe: `open loop at a rate, in ${PACE_FORMS}`,
      type: 'string',
      requiresArg: true,
    })
    .option('sweep', {
      describe:
        'open loop at rising rates: "saturation" for shares of what it carries, or 100,1000,5000',
      type: 'string',
      requiresArg: true,
    })
    .option('connections', {
      describe: `connections under load (default: ${DEFAULT_LOAD.connections})`,
      type: 'number',
      requiresArg: true,
    })
    .option('in-flight', {
      describe: `messages in flight on each connection (default: ${DEFAULT_LOAD.inFlight})`,
      type: 'number',
      requiresArg: true,
    })
    .option('workers', {
      describe: 'load processes, which share connections and rate (default: 1)',
      type: 'number',
      requiresArg: true,
    })
    .option('duration', {
      describe: 'of a stretch under load (default: 3s, of a step 2s; with --quick half)',
      type: 'string',
      requiresArg: true,
    })
    .option('connect-rate', {
      describe: 'connections opened a second, at most (default: as fast as they open)',
      type: 'number',
      requiresArg: true,
    })
    .option('clients', {
      describe: 'who sends under load (default: all)',
      choices: ['all', 'library', 'bare'] as const,
      requiresArg: true,
    })
}

/** What is measured where `--measure` does not say. */
export const defaultMeasures = (argv: LoadArguments): string =>
  givenOptions(argv).length > 0 ? 'throughput' : 'bytes,latency'

const givenOptions = (argv: LoadArguments): string[] =>
  LOAD_OPTIONS.filter((name) => argv[name] !== undefined)

/**
 * @returns null where no throughput is measured
 * @throws InstrumentError `usage`
 */
export function planLoad(
  argv: LoadArguments & { quick: boolean },
  measures: readonly Measure[],
): LoadPlan | null {
  if (!measures.includes('throughput')) {
    const [option] = givenOptions(argv)
    if (option === undefined) return null
    throw usage(option, 'is of a run under load; add throughput to --measure')
  }
  if (argv.rate !== undefined && argv.sweep !== undefined) {
    throw usage('sweep', 'has rates of its own; leave out --rate')
  }
  const connections = whole(argv, 'connections', MOST_CONNECTIONS) ?? DEFAULT_LOAD.connections
  const workers = whole(argv, 'workers', MOST_WORKERS) ?? DEFAULT_LOAD.workers
  if (connections < workers) {
    throw usage(
      'workers',
      `${workers} workers cannot share ${connections} connections; give as many, or more`,
    )
  }
  const factor = argv.quick ? 0.5 : 1
  const usualMs = argv.sweep === undefined ? DEFAULT_LOAD.durationMs : DEFAULT_LOAD.stepMs
  return {
    workers,
    connections,
    inFlight: whole(argv, 'in-flight', MOST_CONNECTIONS) ?? DEFAULT_LOAD.inFlight,
    connectPerS: whole(argv, 'connect-rate', MOST_CONNECTIONS),
    clients: argv.clients ?? 'all',
    pace: paceOf(argv.rate),
    sweep: argv.sweep === undefined ? null : parseSweep(argv.sweep),
    durationMs: durationOf(argv.duration) ?? usualMs * factor,
    messages: whole(argv, 'messages', MOST_MESSAGES),
    warmupMs: DEFAULT_LOAD.warmupMs * factor,
    drainMs: DEFAULT_LOAD.drainMs,
  }
}

function paceOf(text: string | undefined): LoadPlan['pace'] {
  if (text === undefined) return null
  const pace = parsePace(text, PACE_SEED)
  if (pace === null) throw usage('rate', `${text} is no rate; give ${PACE_FORMS}`)
  return { pace, text }
}

function parseSweep(text: string): Sweep {
  if (text === 'saturation') return { kind: 'shares', shares: SATURATION_SHARES }
  const rates = text.split(',').map((item) => parsePerS(item.trim()))
  const isRising = rates.every((rate, index) => rate !== null && rate > (rates[index - 1] ?? 0))
  if (!isRising || rates.length > MOST_STEPS) {
    throw usage(
      'sweep',
      `${text} is no list of rising rates; give "saturation", or at most ${MOST_STEPS} such as 100,1000,5000`,
    )
  }
  return { kind: 'rates', rates: rates as number[] }
}

function durationOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = parseDuration(text)
  if (ms !== null && ms >= LEAST_DURATION_MS && ms <= MOST_DURATION_MS) return ms
  throw usage('duration', `${text} is no duration from 100ms to 60min, such as 3s`)
}

function whole(
  argv: LoadArguments,
  name: 'connections' | 'in-flight' | 'workers' | 'messages' | 'connect-rate',
  most: number,
): number | null {
  const value = argv[name]
  if (value === undefined) return null
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw usage(name, `${value} is not a whole number from 1 to ${most}`)
}

const usage = (option: string, problem: string): InstrumentError =>
  new InstrumentError('usage', `--${option}: ${problem}`)
