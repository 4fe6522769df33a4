import { parseDuration } from '../model/text/duration.ts'
import { catalogue } from '../model/text/language.ts'
import type { Measure } from '../model/vocabulary.ts'
import { wallClock } from '../system/clock.ts'
import { DEFAULT_LOAD, type LoadPlan, SATURATION_SHARES, type Sweep } from './load-plan.ts'
import type { LoadOptions, RunOptions } from './options.ts'
import { PACE_FORMS, parsePace, parsePerS } from './parse-pace.ts'
import { type LoadPart, parsePart, parseStartAt } from './part.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    underLoad: (option: string) =>
      `--${option}: is of a run under load; add throughput to --measure`,
    ownRates: '--sweep: has rates of its own; leave out --rate',
    fewerThanWorkers: (workers: number, connections: number) =>
      `--workers: ${workers} workers cannot share ${connections} connections; give as many, or more`,
    ownSaturation:
      '--sweep: each part would find a saturation of its own; name the rates: 100,1000',
    fewerThanParts: (parts: number, workers: number, connections: number) =>
      `--part: ${parts} parts${workers === 1 ? '' : ` of ${workers} workers`} cannot share ${connections} connections; give as many, or more`,
    rate: (text: string) => `--rate: ${text} is no rate; give ${PACE_FORMS}`,
    sweep: (text: string, most: number) =>
      `--sweep: ${text} is no list of rising rates; give "saturation", or at most ${most} such as 100,1000,5000`,
    duration: (text: string) =>
      `--duration: ${text} is no duration from 100ms to 60min, such as 3s`,
    whole: (option: string, value: number, most: number) =>
      `--${option}: ${value} is not a whole number from 1 to ${most}`,
  },
  'zh-TW': {
    underLoad: (option) => `--${option}：用於加負荷的測量；請在 --measure 加上 throughput`,
    ownRates: '--sweep：本身就有速率；請拿掉 --rate',
    fewerThanWorkers: (workers, connections) =>
      `--workers：${workers} 個 worker 不夠分 ${connections} 條連線；連線數至少要一樣多`,
    ownSaturation: '--sweep：每個部分會各自找到不同的飽和點；請列出速率：100,1000',
    fewerThanParts: (parts, workers, connections) =>
      `--part：${parts} 個部分${workers === 1 ? '' : `（各 ${workers} 個 worker）`}不夠分 ${connections} 條連線；連線數至少要一樣多`,
    rate: (text) =>
      `--rate：${text} 不是速率；請給每秒訊息數：1000、poisson:1000 或 ramp:100..5000`,
    sweep: (text, most) =>
      `--sweep：${text} 不是遞增的速率清單；請給 "saturation"，或至多 ${most} 個速率，例如 100,1000,5000`,
    duration: (text) => `--duration：${text} 不是 100ms 至 60min 的時間，例如 3s`,
    whole: (option, value, most) => `--${option}：${value} 不是 1 至 ${most} 的整數`,
  },
})

/** What asks for a run under load. */
const LOAD_OPTIONS = [
  'rate',
  'sweep',
  'connections',
  'in-flight',
  'workers',
  'duration',
  'connect-rate',
  'clients',
  'part',
  'start-at',
  'own-target',
  'role',
] as const satisfies readonly (keyof LoadOptions)[]

const MOST_CONNECTIONS = 100_000
const MOST_WORKERS = 64
const MOST_MESSAGES = 1_000_000
const MOST_STEPS = 20
const LEAST_DURATION_MS = 100
const MOST_DURATION_MS = 3_600_000
/** Of random gaps: the same in every run. */
const PACE_SEED = 1

/** What is measured where `--measure` does not say. */
export function defaultMeasures(
  options: LoadOptions & Partial<Pick<RunOptions, 'scenario' | 'link' | 'loss'>>,
): string {
  if (givenOptions(options).length > 0) return 'throughput'
  // What others published are bytes, and some of it megabytes a message.
  const isOfPublished = options.scenario?.length === 1 && options.scenario[0] === 'published'
  const isTimed = options.link !== undefined || options.loss !== undefined
  return isOfPublished && !isTimed ? 'bytes' : 'bytes,latency'
}

const givenOptions = (options: LoadOptions): string[] =>
  LOAD_OPTIONS.filter((name) => options[name] !== undefined)

/**
 * @returns null where no throughput is measured
 * @throws InstrumentError `usage`
 */
export function planLoad(
  options: LoadOptions,
  measures: readonly Measure[],
  now: Date = wallClock(),
): LoadPlan | null {
  if (!measures.includes('throughput')) {
    const [option] = givenOptions(options)
    if (option === undefined) return null
    throw usage(say.underLoad(option))
  }
  if (options.rate !== undefined && options.sweep !== undefined) throw usage(say.ownRates)
  const connections = whole(options, 'connections', MOST_CONNECTIONS) ?? DEFAULT_LOAD.connections
  const workers = whole(options, 'workers', MOST_WORKERS) ?? DEFAULT_LOAD.workers
  if (connections < workers) throw usage(say.fewerThanWorkers(workers, connections))
  const part = partOf(options, connections, workers)
  const factor = options.quick ? 0.5 : 1
  const usualMs = options.sweep === undefined ? DEFAULT_LOAD.durationMs : DEFAULT_LOAD.stepMs
  return {
    workers,
    connections,
    inFlight: whole(options, 'in-flight', MOST_CONNECTIONS) ?? DEFAULT_LOAD.inFlight,
    pipelines: options['in-flight'] !== undefined,
    connectPerS: whole(options, 'connect-rate', MOST_CONNECTIONS),
    clients: options.clients ?? 'all',
    pace: paceOf(options.rate),
    sweep: options.sweep === undefined ? null : parseSweep(options.sweep),
    durationMs: durationOf(options.duration) ?? usualMs * factor,
    messages: whole(options, 'messages', MOST_MESSAGES),
    warmupMs: DEFAULT_LOAD.warmupMs * factor,
    drainMs: DEFAULT_LOAD.drainMs,
    ...{ part, role: null },
    startAtMs: options['start-at'] === undefined ? null : parseStartAt(options['start-at'], now),
  }
}

function partOf(
  { part: text, sweep }: LoadOptions,
  connections: number,
  workers: number,
): LoadPart | null {
  if (text === undefined) return null
  const part = parsePart(text, process.env)
  if (sweep === 'saturation') throw usage(say.ownSaturation)
  if (connections >= part.of * workers) return part
  throw usage(say.fewerThanParts(part.of, workers, connections))
}

function paceOf(text: string | undefined): LoadPlan['pace'] {
  if (text === undefined) return null
  const pace = parsePace(text, PACE_SEED)
  if (pace === null) throw usage(say.rate(text))
  return { pace, text }
}

function parseSweep(text: string): Sweep {
  if (text === 'saturation') return { kind: 'shares', shares: SATURATION_SHARES }
  const rates = text.split(',').map((item) => parsePerS(item.trim()))
  const isRising = rates.every((rate, index) => rate !== null && rate > (rates[index - 1] ?? 0))
  if (!isRising || rates.length > MOST_STEPS) throw usage(say.sweep(text, MOST_STEPS))
  return { kind: 'rates', rates: rates as number[] }
}

function durationOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = parseDuration(text)
  if (ms !== null && ms >= LEAST_DURATION_MS && ms <= MOST_DURATION_MS) return ms
  throw usage(say.duration(text))
}

function whole(
  options: LoadOptions,
  name: 'connections' | 'in-flight' | 'workers' | 'messages' | 'connect-rate',
  most: number,
): number | null {
  const value = options[name]
  if (value === undefined) return null
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw usage(say.whole(name, value, most))
}
