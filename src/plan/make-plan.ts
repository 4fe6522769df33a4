import { parseInjections } from '../model/injection.ts'
import type { LatencyAmounts } from '../model/latency-amounts.ts'
import { parseLoss } from '../model/link/loss.ts'
import { parseLink } from '../model/link/spec.ts'
import { saidText } from '../model/said/said.ts'
import {
  ANSWER_SETS,
  type AnswerSetName,
  HEADER_SETS,
  type HeaderSetName,
} from '../model/scenario/header-sets.ts'
import { catalogue } from '../model/text/language.ts'
import { suggestOneOf } from '../model/text/nearest.ts'
import { tlsFamilyOf } from '../model/tls/profile-family.ts'
import { MEASURES, type Measure } from '../model/vocabulary.ts'
import type { RecordingMode } from '../model/wire/recording.ts'
import { loadScenarios } from '../scenario/load.ts'
import { requireLossyNetwork } from '../system/namespace/lossy-network.ts'
import { findNamespaceObstacle } from '../system/namespace/namespace-pair.ts'
import { PER_WAKE, readPerWake } from '../transports/connections/per-wake.ts'
import { HOLD_TIME, POLL_INTERVAL, readDuration } from '../transports/http/duration-option.ts'
import { resolveForFlow, TRANSPORT_IDS } from '../transports/registry.ts'
import type { TransportOptions } from '../transports/run-options.ts'
import { KNOWN_NAMES } from './known-names.ts'
import { defaultMeasures, planLoad } from './load.ts'
import type { LoadPlan } from './load-plan.ts'
import type { RunOptions } from './options.ts'
import {
  type CommandAmounts,
  FULL_COMMANDS,
  FULL_LATENCY,
  FULL_LINK_BUDGET_MS,
  FULL_LINK_MESSAGES,
  type HeaderPair,
  type Plan,
  type PlannedLink,
  type PlannedLoss,
  type PlannedScenario,
  QUICK_COMMANDS,
  QUICK_LATENCY,
  QUICK_LINK_BUDGET_MS,
  QUICK_LINK_MESSAGES,
} from './plan.ts'
import { checkRole, checkRoleCells, targetsOfRole, withRole } from './role.ts'
import { splitList } from './split-list.ts'
import { boundLoadElsewhere, MOST_ELSEWHERE } from './targets/bounds.ts'
import { fitPlan } from './targets/fit-plan.ts'
import { planTargets } from './targets/make-targets.ts'
import { checkOwnTargets, parseOwnTargets } from './targets/own-target.ts'
import { fitTlsProfiles, parseTlsProfiles } from './tls-profiles.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    broker: (why: string) => `--broker: ${why}`,
    wholeNumber: (flag: string, value: number, most: number) =>
      `${flag}: ${value} is not a whole number from 1 to ${most}`,
    measure: (name: string, hint: string) => `--measure: unknown measure ${name}; ${hint}`,
    set: (flag: string, name: string, hint: string) => `${flag}: unknown set ${name}; ${hint}`,
    headerSet: '--header-set: is measured in the byte pass; add bytes to --measure',
    pcap: '--pcap: holds the byte pass, which is not asked for; add bytes to --measure',
    leaveOut: (flag: string, why: string) => `--${flag}: ${why}; leave it out`,
    inject: 'puts faults into our own endpoints, never into a server that is there',
    link: 'shapes the way to our own endpoints; a server that is there has a link of its own',
    loss: 'loses packets on the way to our own endpoints only',
    ownNamespace: 'are measured with our own endpoints in a network namespace',
    embeddedBroker: 'chooses the embedded broker, and --mqtt-url names another',
    embeddedEndpoint: 'is answered by the embedded endpoint, and --http-url names another',
    linkBytes: '--link-bytes: are measured with the byte pass; add bytes to --measure',
    noLinkBytes: (why: string) =>
      `--link-bytes: cannot be measured: ${why}; modelled is possible everywhere`,
    fitsTime: (given: string, flag: string) =>
      `--${given}: with ${flag} as much is sent as fits its time; leave it out, --quick gives less time`,
    ofLatency: (flag: string) =>
      `${flag}: is of the latency pass, which is not asked for; add latency to --measure`,
    lossWithLink:
      '--loss: not together with --link: its relay ends TCP, so packets would be lost where a round trip takes microseconds, and be made up for sooner than the link allows',
  },
  'zh-TW': {
    broker: (why) => `--broker：${why}`,
    wholeNumber: (flag, value, most) => `${flag}：${value} 不是 1 到 ${most} 的整數`,
    measure: (name, hint) => `--measure：沒有 ${name} 這種測量；${hint}`,
    set: (flag, name, hint) => `${flag}：沒有 ${name} 這組；${hint}`,
    headerSet: '--header-set：在位元組測量中進行；請在 --measure 加上 bytes',
    pcap: '--pcap：存下位元組測量，但沒有要求它；請在 --measure 加上 bytes',
    leaveOut: (flag, why) => `--${flag}：${why}；請拿掉它`,
    inject: '只在我們自己的端點放入故障，不會放進既有的伺服器',
    link: '只塑造通往我們自己端點的路徑；既有的伺服器有自己的鏈路',
    loss: '只在通往我們自己端點的路上丟棄封包',
    ownNamespace: '要用我們自己的端點在網路命名空間裡測量',
    embeddedBroker: '選擇內建的代理伺服器，但 --mqtt-url 指定了另一個',
    embeddedEndpoint: '由內建端點回應，但 --http-url 指定了另一個',
    linkBytes: '--link-bytes：與位元組測量一起進行；請在 --measure 加上 bytes',
    noLinkBytes: (why) => `--link-bytes：無法實測：${why}；modelled 到處都能用`,
    fitsTime: (given, flag) =>
      `--${given}：有 ${flag} 時，時間內能送多少就送多少；請拿掉它，--quick 的時間較短`,
    ofLatency: (flag) => `${flag}：屬於延遲測量，但沒有要求它；請在 --measure 加上 latency`,
    lossWithLink:
      '--loss：不能與 --link 一起使用：它的中繼會終結 TCP，封包會在來回只需數微秒的地方遺失，補送得比鏈路允許的還快',
  },
})

const LOOPBACK = '127.0.0.1'
const SCENARIO_GROUPS: ReadonlySet<string> = new Set(['all', 'default'])
const MAX_ROUNDS = 1_000
const MAX_PER_ROUND = 100_000
const MAX_MESSAGES = 1_000_000

/**
 * Turns options into a plan. Everything that can be wrong about them is found
 * here, before anything is started.
 * @throws InstrumentError of exit status 2
 */
export async function planRun(options: RunOptions): Promise<Plan> {
  await requireBroker(options)
  const measures = parseMeasures(options.measure ?? defaultMeasures(options))
  checkRole(options, measures)
  const load = planLoad(options, measures)
  const injected = options.inject ?? []
  const injection = parseInjections(injected)
  const latency = asAsked(options, options.quick ? QUICK_LATENCY : FULL_LATENCY)
  const link = planLink(options, measures)
  const loss = await planLoss(options, measures)
  const chosen =
    options.transports === undefined ? null : splitList('--transports', options.transports)
  const tls = parseTlsProfiles(options.tls)
  const loaded = await loadScenarios(options.scenario, KNOWN_NAMES, tls)
  const scenarios: PlannedScenario[] = []
  for (const { scenario, fileBytes } of loaded) {
    const transports = resolveForFlow(chosen ?? scenario.transports, scenario.flow)
    scenarios.push({ scenario, fileBytes, transports })
  }
  const placed = await placeScenarios(options, measures, scenarios, new Set(chosen))
  return {
    ...placed,
    scenarios: fitTlsProfiles(placed.scenarios, tls !== undefined),
    named: namesIn(options.scenario, chosen ?? [], placed.scenarios, options.tls),
    measures,
    bytePasses: 1,
    recording: recordingMode(options, measures),
    headerSets: pairHeaderSets(options, measures),
    ...(await planLinkBytes(options, measures)),
    mode: options.quick ? 'quick' : 'full',
    latency,
    commands: commandAmounts(options),
    ...(load !== null && {
      load: withRole(boundLoad(load, placed.targets, options['max-rate']), options),
    }),
    host: LOOPBACK,
    options: transportOptions(options),
    injection,
    injected,
    ...(link !== null && { link }),
    ...(loss !== null && { loss }),
    raw: options.raw ?? false,
  }
}

/** `all` and its like stand for scenarios that nobody has named. */
function namesIn(
  selectors: readonly string[],
  transports: readonly string[],
  scenarios: readonly PlannedScenario[],
  tls: RunOptions['tls'],
): Plan['named'] {
  const isEach = !selectors.some((selector) => SCENARIO_GROUPS.has(selector))
  // A file that lists TLS profiles stands for those that there are.
  const named = scenarios.filter(
    ({ scenario }) => tls !== undefined || tlsFamilyOf(scenario).name === scenario.name,
  )
  return {
    transports: transports.filter((id) => TRANSPORT_IDS.includes(id)),
    scenarios: isEach ? named.map(({ scenario }) => scenario.name) : [],
  }
}

function planLink(options: RunOptions, measures: readonly Measure[]): PlannedLink | null {
  if (options.link === undefined) return null
  const profile = parseLink(options.link)
  requireLatency('--link', options, measures)
  return { profile, budgetMs: linkBudgetMs(options) }
}

async function planLoss(
  options: RunOptions,
  measures: readonly Measure[],
): Promise<PlannedLoss | null> {
  if (options.loss === undefined) return null
  const probability = parseLoss(options.loss)
  requireLatency('--loss', options, measures)
  if (options.link !== undefined) throw usage(say.lossWithLink)
  await requireLossyNetwork()
  return { probability, budgetMs: linkBudgetMs(options) }
}

const linkBudgetMs = ({ quick }: RunOptions): number =>
  quick ? QUICK_LINK_BUDGET_MS : FULL_LINK_BUDGET_MS

function requireLatency(
  flag: '--link' | '--loss',
  options: RunOptions,
  measures: readonly Measure[],
): void {
  if (!measures.includes('latency')) throw usage(say.ofLatency(flag))
  for (const given of ['rounds', 'per-round'] as const) {
    if (options[given] === undefined) continue
    throw usage(say.fitsTime(given, flag))
  }
}

/** A run that takes seconds has few messages in the link pass, since each of them waits for 40 ms. */
async function planLinkBytes(
  options: RunOptions,
  measures: readonly Measure[],
): Promise<Pick<Plan, 'linkBytes' | 'linkMessages'>> {
  const isShort = options.quick || !measures.includes('latency')
  const linkMessages = isShort ? QUICK_LINK_MESSAGES : FULL_LINK_MESSAGES
  const asked = options['link-bytes'] ?? 'modelled'
  if (measures.includes('bytes')) {
    const obstacle = asked === 'measured' ? await findNamespaceObstacle() : null
    if (obstacle === null) return { linkBytes: asked, linkMessages }
    throw usage(say.noLinkBytes(saidText(obstacle)))
  }
  if (asked === 'measured') throw usage(say.linkBytes)
  return { linkBytes: 'off', linkMessages }
}

/** Where the scenarios are measured: at the servers that the options name, where they name any. */
async function placeScenarios(
  options: RunOptions,
  measures: readonly Measure[],
  scenarios: readonly PlannedScenario[],
  named: ReadonlySet<string>,
): Promise<Pick<Plan, 'scenarios' | 'targets' | 'notes'>> {
  refuseEmbeddedOnly(options)
  const messages = wholeNumber('--messages', options.messages, MAX_MESSAGES)
  const own = parseOwnTargets(options['own-target'] ?? [])
  const amounts = {
    // Of a load that somebody answers for they have a bound of their own.
    messages: own.size === 0 ? messages : null,
    rounds: options.rounds ?? null,
    perRound: options['per-round'] ?? null,
    own,
  }
  const targets = await planTargets(options, amounts, process.env)
  const isLoadAlone = measures.every((measure) => measure === 'throughput')
  checkOwnTargets(own, targets, { maxRate: options['max-rate'], isLoadAlone })
  const fitted = await fitPlan(scenarios, targets, named, options)
  checkRoleCells(options, fitted.scenarios)
  return { targets: targetsOfRole(options, targets), ...fitted }
}

function boundLoad(
  load: LoadPlan,
  targets: Plan['targets'],
  maxRate: number | undefined,
): LoadPlan {
  const [least] = Object.values(targets ?? {})
    .flatMap(({ reported }) => (reported.bound === null ? [] : [reported.lifted ?? MOST_ELSEWHERE]))
    .toSorted((a, b) => a.messagesPerS - b.messagesPerS)
  return least === undefined ? load : boundLoadElsewhere(load, least, maxRate)
}

/** What only an endpoint of ours can do. */
function refuseEmbeddedOnly(options: RunOptions): void {
  const { 'http-url': http, 'mqtt-url': mqtt } = options
  const refuse = (flag: string, why: string): never => {
    throw usage(say.leaveOut(flag, why))
  }
  if ((http ?? mqtt) !== undefined) {
    if ((options.inject ?? []).length > 0) refuse('inject', say.inject)
    if (options.link !== undefined) refuse('link', say.link)
    if (options.loss !== undefined) refuse('loss', say.loss)
    if (options['link-bytes'] === 'measured') refuse('link-bytes', say.ownNamespace)
  }
  if (mqtt !== undefined && options.broker !== undefined) refuse('broker', say.embeddedBroker)
  if (http !== undefined && (options['header-set'] ?? options['answer-set']) !== undefined) {
    refuse('header-set', say.embeddedEndpoint)
  }
}

function recordingMode({ pcap }: RunOptions, measures: readonly Measure[]): RecordingMode {
  if (pcap === undefined) return 'none'
  if (!measures.includes('bytes')) throw usage(say.pcap)
  return 'bytes'
}

/** Requests and answers cost apart from each other: each is in some pair, not each with each. */
function pairHeaderSets(options: RunOptions, measures: readonly Measure[]): HeaderPair[] {
  const { 'header-set': asking, 'answer-set': answering } = options
  if (asking === undefined && answering === undefined) return []
  if (!measures.includes('bytes')) throw usage(say.headerSet)
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
    throw usage(say.set(flag, name, suggestOneOf(name, ['all', ...known])))
  }
  return known.filter((set) => names.includes(set))
}

function parseMeasures(text: string): Measure[] {
  const names = splitList('--measure', text)
  for (const name of names) {
    if (MEASURES.includes(name as Measure)) continue
    throw usage(say.measure(name, suggestOneOf(name, MEASURES)))
  }
  return MEASURES.filter((measure) => names.includes(measure))
}

/** A broker that was asked for is there, or nothing is started: its transports would all be skipped. */
async function requireBroker({ broker }: RunOptions): Promise<void> {
  if (broker !== 'mosquitto') return
  const { mosquittoAvailability } = await import('../transports/mqtt/broker.ts')
  const missing = await mosquittoAvailability()
  if (missing !== null) throw usage(say.broker(saidText(missing)))
}

/** Amounts that were asked for by hand are not cut to a budget. */
function commandAmounts(options: RunOptions): CommandAmounts {
  const { most, pollBudgetMs } = options.quick ? QUICK_COMMANDS : FULL_COMMANDS
  const byHand = options.rounds !== undefined || options['per-round'] !== undefined
  return { most: asAsked(options, most), pollBudgetMs: byHand ? null : pollBudgetMs }
}

function asAsked(options: RunOptions, amounts: LatencyAmounts): LatencyAmounts {
  const rounds = wholeNumber('--rounds', options.rounds, MAX_ROUNDS)
  const perRound = wholeNumber('--per-round', options['per-round'], MAX_PER_ROUND)
  return {
    rounds: rounds ?? amounts.rounds,
    messagesPerRound: perRound ?? amounts.messagesPerRound,
    // A short run asked for by hand is not made long again by its warm-up.
    warmupMessages:
      perRound === null ? amounts.warmupMessages : Math.min(amounts.warmupMessages, perRound * 5),
  }
}

/** Checked here, so that a wrong one is found before anything is started. */
function transportOptions(options: RunOptions): TransportOptions {
  readPerWake(options[PER_WAKE], `--${PER_WAKE}`)
  for (const option of [POLL_INTERVAL, HOLD_TIME]) {
    readDuration({ ...option, name: `--${option.name}` }, options[option.name])
  }
  return {
    broker: options.broker,
    'poll-interval': options['poll-interval'],
    'hold-time': options['hold-time'],
    [PER_WAKE]: options[PER_WAKE],
  }
}

function wholeNumber(flag: string, value: number | undefined, most: number): number | null {
  if (value === undefined) return null
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw usage(say.wholeNumber(flag, value, most))
}
