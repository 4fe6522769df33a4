import { InstrumentError } from '../model/errors.ts'
import {
  ANSWER_SETS,
  type AnswerSetName,
  HEADER_SETS,
  type HeaderSetName,
} from '../model/header-sets.ts'
import { suggestOneOf } from '../model/nearest.ts'
import { MEASURES, type Measure } from '../model/words.ts'
import type { RecordingMode } from '../runner/byte-pass.ts'
import type { HeaderPair } from '../runner/header-set-stage.ts'
import { parseInjections } from '../runner/injection.ts'
import { KNOWN_NAMES } from '../runner/known-names.ts'
import {
  type CommandAmounts,
  FULL_COMMANDS,
  FULL_LATENCY,
  type LatencyAmounts,
  type Plan,
  QUICK_COMMANDS,
  QUICK_LATENCY,
} from '../runner/plan.ts'
import type { TransportOptions } from '../runner/transport-options.ts'
import { loadScenarios } from '../scenario/load.ts'
import { HOLD_TIME, POLL_INTERVAL, readDuration } from '../transports/http/duration-option.ts'
import { resolveTransports } from '../transports/registry.ts'
import { defaultMeasures, planLoad } from './load-options.ts'
import type { RunArguments } from './run.ts'

const LOOPBACK = '127.0.0.1'
const MAX_ROUNDS = 1_000
const MAX_PER_ROUND = 100_000

/**
 * Turns the command line into a plan. Everything that can be wrong about it is
 * found here, before anything is started.
 * @throws InstrumentError of exit status 2
 */
export async function planRun(argv: RunArguments): Promise<Plan> {
  const measures = parseMeasures(argv.measure ?? defaultMeasures(argv))
  const load = planLoad(argv, measures)
  const injection = parseInjections(argv.inject)
  const latency = latencyAmounts(argv)
  const chosen = argv.transports === undefined ? null : splitList('--transports', argv.transports)
  const overriding = chosen === null ? null : resolveTransports(chosen)
  const loaded = await loadScenarios(argv.scenario, KNOWN_NAMES)
  return {
    scenarios: loaded.map(({ scenario, fileBytes }) => ({
      scenario,
      fileBytes,
      transports: overriding ?? resolveTransports(scenario.transports),
    })),
    measures,
    bytePasses: 1,
    recording: recordingMode(argv, measures),
    headerSets: pairHeaderSets(argv, measures),
    mode: argv.quick ? 'quick' : 'full',
    latency,
    commands: commandAmounts(argv),
    ...(load !== null && { load }),
    host: LOOPBACK,
    options: transportOptions(argv),
    injection,
    injected: argv.inject,
    raw: argv.raw,
  }
}

function recordingMode({ pcap }: RunArguments, measures: readonly Measure[]): RecordingMode {
  if (pcap === undefined) return 'none'
  if (!measures.includes('bytes')) {
    throw new InstrumentError(
      'usage',
      '--pcap: holds the byte pass, which is not asked for; add bytes to --measure',
    )
  }
  return 'bytes'
}

/** Requests and answers cost apart from each other: each is in some pair, not each with each. */
function pairHeaderSets(argv: RunArguments, measures: readonly Measure[]): HeaderPair[] {
  const { 'header-set': asking, 'answer-set': answering } = argv
  if (asking === undefined && answering === undefined) return []
  if (!measures.includes('bytes')) {
    throw new InstrumentError(
      'usage',
      '--header-set: is measured in the byte pass; add bytes to --measure',
    )
  }
  const requests = chooseSets('--header-set', asking ?? 'minimal', HEADER_SETS)
  const all = asking === 'all' ? 'all' : 'minimal'
  const answers = chooseSets('--answer-set', answering ?? all, ANSWER_SETS)
  const pairs = Math.max(requests.length, answers.length)
  return Array.from({ length: pairs }, (_, index) => ({
    headerSet: requests[index % requests.length] as HeaderSetName,
    answerSet: answers[index % answers.length] as AnswerSetName,
  }))
}

function chooseSets<T extends string>(flag: string, text: string, known: readonly T[]): T[] {
  const names = splitList(flag, text)
  if (names.includes('all')) return [...known]
  for (const name of names) {
    if (known.some((set) => set === name)) continue
    throw new InstrumentError(
      'usage',
      `${flag}: unknown set ${name}; ${suggestOneOf(name, ['all', ...known])}`,
    )
  }
  return known.filter((set) => names.includes(set))
}

function parseMeasures(text: string): Measure[] {
  const names = splitList('--measure', text)
  for (const name of names) {
    if (MEASURES.includes(name as Measure)) continue
    throw new InstrumentError(
      'usage',
      `--measure: unknown measure ${name}; ${suggestOneOf(name, MEASURES)}`,
    )
  }
  return MEASURES.filter((measure) => names.includes(measure))
}

function latencyAmounts(argv: RunArguments): LatencyAmounts {
  return asAsked(argv, argv.quick ? QUICK_LATENCY : FULL_LATENCY)
}

/** Amounts that were asked for by hand are not cut to a budget. */
function commandAmounts(argv: RunArguments): CommandAmounts {
  const { most, pollBudgetMs } = argv.quick ? QUICK_COMMANDS : FULL_COMMANDS
  const byHand = argv.rounds !== undefined || argv['per-round'] !== undefined
  return { most: asAsked(argv, most), pollBudgetMs: byHand ? null : pollBudgetMs }
}

function asAsked(argv: RunArguments, amounts: LatencyAmounts): LatencyAmounts {
  const rounds = wholeNumber('--rounds', argv.rounds, MAX_ROUNDS)
  const perRound = wholeNumber('--per-round', argv['per-round'], MAX_PER_ROUND)
  return {
    rounds: rounds ?? amounts.rounds,
    messagesPerRound: perRound ?? amounts.messagesPerRound,
    // A short run asked for by hand is not made long again by its warm-up.
    warmupMessages:
      perRound === null ? amounts.warmupMessages : Math.min(amounts.warmupMessages, perRound * 5),
  }
}

/** Checked here, so that a wrong one is found before anything is started. */
function transportOptions(argv: RunArguments): TransportOptions {
  for (const option of [POLL_INTERVAL, HOLD_TIME]) {
    readDuration({ ...option, name: `--${option.name}` }, argv[option.name])
  }
  return {
    broker: argv.broker,
    'poll-interval': argv['poll-interval'],
    'hold-time': argv['hold-time'],
  }
}

function wholeNumber(flag: string, value: number | undefined, most: number): number | null {
  if (value === undefined) return null
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new InstrumentError('usage', `${flag}: ${value} is not a whole number from 1 to ${most}`)
}

function splitList(flag: string, text: string): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (items.length === 0) throw new InstrumentError('usage', `${flag}: names nothing`)
  return [...new Set(items)]
}
