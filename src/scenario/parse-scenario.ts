import { InstrumentError } from '../model/errors.ts'
import { findMetric, METRICS } from '../model/report/metric.ts'
import type { Claim, Gate, ScenarioFile } from '../model/scenario/scenario.ts'
import { scenarioFileSchema } from '../model/scenario/scenario.ts'
import { catalogue, named } from '../model/text/language.ts'
import { suggestOneOf } from '../model/text/nearest.ts'
import { parseYaml } from './parse-yaml.ts'
import { describeIssue, summariseIssues } from './problem.ts'
import { quote } from './quote.ts'

const say = catalogue({
  en: {
    noTransport: (key: string, id: string, hint: string) =>
      `${key}: unknown transport ${id}; ${hint}`,
    noMetric: (key: string, metric: string, hint: string) =>
      `${key}.metric: unknown metric ${metric}; ${hint}`,
    ofMachine: (key: string, metric: string) =>
      `${key}.metric: ${metric} changes with the machine, so a stored bound cannot hold it; use a metric of bytes here, and \`check --latency\` to compare latency`,
    more: (count: number) => (count > 0 ? ` (and ${count} more)` : ''),
    empty: (name: string) => `${name}: is empty; start with name:, title: and payload:`,
    noMapping: (name: string) =>
      `${name}: is not a mapping of keys to values; start with name:, title: and payload:`,
  },
  'zh-TW': {
    noTransport: (key, id, hint) => `${key}：沒有 ${id} 這個傳輸方式；${hint}`,
    noMetric: (key, metric, hint) => `${key}.metric：沒有 ${metric} 這個指標；${hint}`,
    ofMachine: (key, metric) =>
      `${key}.metric：${metric} 因機器而異，存下來的界限無法適用；這裡請用位元組的指標，延遲請用 \`check --latency\` 比較`,
    more: (count) => (count > 0 ? `（另有 ${count} 處）` : ''),
    empty: (name) => `${name}：是空的；請從 name:、title: 與 payload: 寫起`,
    noMapping: (name) => `${name}：不是鍵與值的對應；請從 name:、title: 與 payload: 寫起`,
  },
})

/** The names that a scenario file may use for what lies outside this folder. */
export interface KnownNames {
  /** Ids and groups. */
  readonly transportIds: readonly string[]
  /** Which of them are groups; claims and gates name transports one by one. None if left out. */
  readonly transportGroups?: readonly string[]
  readonly metricNames: readonly string[]
}

function checkTransports(
  key: string,
  ids: string | string[] | undefined,
  known: readonly string[],
): string[] {
  return [ids ?? []]
    .flat()
    .filter((id) => !known.includes(id))
    .map((id) => say.noTransport(key, quote(id), suggestOneOf(id, known)))
}

const singleTransports = (known: KnownNames): string[] =>
  known.transportIds.filter((id) => !known.transportGroups?.includes(id))

function checkClaim(claim: Claim, key: string, known: KnownNames): string[] {
  const { metric, transport, ratio } = claim
  const problems = known.metricNames.includes(metric)
    ? []
    : [say.noMetric(key, quote(metric), suggestOneOf(metric, known.metricNames))]
  const ids = singleTransports(known)
  return [
    ...problems,
    ...checkTransports(`${key}.transport`, transport, ids),
    ...checkTransports(`${key}.ratio.of`, ratio?.of, ids),
    ...checkTransports(`${key}.ratio.to`, ratio?.to, ids),
  ]
}

/**
 * What is wrong with the names of a gate, one sentence each. A stored figure of
 * latency does not survive a change of machine, so none can be a budget.
 */
function checkGate(gate: Gate, key: string, known: KnownNames): string[] {
  const exact = METRICS.filter(
    ({ name, kind }) => kind === 'exact' && known.metricNames.includes(name),
  )
  const problems: string[] = []
  if (!known.metricNames.includes(gate.metric)) {
    const names = exact.map(({ name }) => name)
    problems.push(say.noMetric(key, quote(gate.metric), suggestOneOf(gate.metric, names)))
  } else if (findMetric(gate.metric)?.kind === 'distribution') {
    problems.push(say.ofMachine(key, gate.metric))
  }
  const ids = singleTransports(known)
  return [
    ...problems,
    ...checkTransports(`${key}.transport`, gate.transport, ids),
    ...checkTransports(`${key}.ratioTo`, gate.ratioTo, ids),
  ]
}

function checkNames(scenario: ScenarioFile, name: string, known: KnownNames): void {
  const problems = [
    ...checkTransports('transports', scenario.transports, known.transportIds),
    ...scenario.claims.flatMap((claim, index) => checkClaim(claim, `claims[${index}]`, known)),
    ...scenario.gates.flatMap((gate, index) => checkGate(gate, `gates[${index}]`, known)),
  ]
  const [first] = problems
  if (first === undefined) return
  throw new InstrumentError('scenario-invalid', named(name, first + say.more(problems.length - 1)))
}

/**
 * What the text of a scenario file says.
 * @param name how messages call the file
 * @throws InstrumentError `scenario-invalid`, naming the line or the key
 */
export function parseScenario(source: string, name: string, known: KnownNames): ScenarioFile {
  const value = parseYaml(source, name)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const what = value === null ? say.empty(name) : say.noMapping(name)
    throw new InstrumentError('scenario-invalid', what)
  }
  const result = scenarioFileSchema.safeParse(value, { error: describeIssue })
  if (!result.success) {
    const summary = summariseIssues(scenarioFileSchema, result.error.issues)
    throw new InstrumentError('scenario-invalid', named(name, summary))
  }
  checkNames(result.data, name, known)
  return result.data
}
