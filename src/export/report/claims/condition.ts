import { groupBy } from '../../../model/group-by.ts'
import { findMetric } from '../../../model/report/metric.ts'
import type { ClaimVerdict } from '../../../model/report/report.ts'
import { type FormatUnit, formatRange, formatValue } from '../../../model/text/format.ts'
import { catalogue, joinNames, listNames } from '../../../model/text/language.ts'
import { type Evidence, verdictOf } from '../../../model/verdict.ts'

const say = catalogue({
  en: {
    noMetric: (metric: string) => `there is no metric ${metric}`,
    notKnownOf: (names: string) => `not known of ${names}: failed`,
    allFailed: (names: string) => `${names} failed`,
    nothingMeasured: 'no transport that it speaks of was measured',
    withValue: (names: string, values: string) => `${names} (${values})`,
    valueWith: (values: string, names: string) => `${values} with ${names}`,
    holdsFor: (names: string) => `holds for ${names}`,
    holdsForNotFor: (names: string, others: string) => `holds for ${names}, not for ${others}`,
    notFor: (names: string) => `not for ${names}`,
    beyond: (values: string, side: 'below' | 'above', bound: string, isAll: boolean) =>
      `${values}, ${isAll ? 'all ' : ''}${side} ${bound}`,
    inScenarios: (names: string) => `in ${names}`,
    inScenariosFor: (scenarios: string, names: string, others: string, range: string) =>
      `in ${scenarios} for ${names}, not for ${others} (${range})`,
    holds: (where: string) => `holds ${where}`,
    notIn: (where: string) => `not in ${where}`,
    untestedIn: (names: string) => `untested in ${names}`,
    notKnownIn: (names: string) => `not known in ${names}`,
    heads: (some: number, all: number) => `${some} of ${all} pairs of other programs' heads`,
    withHeads: (name: string) => `${name} with other programs' heads`,
    comma: ', ',
    andAlso: ', ',
    semicolon: '; ',
    asItStands: (text: string) => text,
  },
  'zh-TW': {
    noMetric: (metric) => `沒有 ${metric} 這項指標`,
    notKnownOf: (names) => `${names} 測量失敗，結果不明`,
    allFailed: (names) => `${names} 測量失敗`,
    nothingMeasured: '它所談的傳輸方式都沒有測量',
    withValue: (names, values) => `${names}（${values}）`,
    valueWith: (values, names) => `${names} 為 ${values}`,
    holdsFor: (names) => `對 ${names} 成立`,
    holdsForNotFor: (names, others) => `對 ${names} 成立，對 ${others} 不成立`,
    notFor: (names) => `對 ${names} 不成立`,
    beyond: (values, side, bound, isAll) =>
      `${values}，${isAll ? '都' : ''}${side === 'below' ? '低於' : '高於'} ${bound}`,
    inScenarios: (names) => `在 ${names} 成立`,
    inScenariosFor: (scenarios, names, others, range) =>
      `在 ${scenarios} 對 ${names} 成立，對 ${others} 不成立（${range}）`,
    holds: (where) => where,
    notIn: (where) => `在 ${where} 不成立`,
    untestedIn: (names) => `在 ${names} 未測試`,
    notKnownIn: (names) => `在 ${names} 結果不明`,
    heads: (some, all) => `其他程式的標頭 ${all} 組中的 ${some} 組`,
    withHeads: (name) => `${name} 搭配其他程式的標頭`,
    comma: '，',
    andAlso: '、',
    semicolon: '；',
    asItStands: (text) => `（較舊報告的原文）${text}`,
  },
})

/** Under what condition a claim holds, in words; as an older report has it where it has. */
export function conditionOf(verdict: ClaimVerdict): string {
  const { scenario, metric, subject, between, evidence, failed, scenarios } = verdict
  if (verdict.condition !== undefined) return say.asItStands(verdict.condition)
  const unit = findMetric(metric)?.unit
  if (unit === undefined) return say.noMetric(metric)
  const terms = { between, unit: subject === 'ratio' ? 'ratio' : unit } as const
  return scenario === null
    ? describeOverall(scenarios ?? [], evidence, terms, failed)
    : describeCondition(evidence, terms, failed)
}

interface ClaimTerms {
  between: readonly [number, number]
  /** Of the values: that of the metric, or `ratio`. */
  unit: FormatUnit
}

/** More digits than anybody reads; two doubles that still look alike are alike. */
const MOST_EXTRA_DIGITS = 12

/** Under what condition a claim holds in one scenario, in words. */
function describeCondition(
  evidence: readonly Evidence[],
  terms: ClaimTerms,
  failed: readonly string[] = [],
): string {
  if (evidence.length === 0 && failed.length > 0) return say.allFailed(joinNames(failed))
  return [describeMeasured(evidence, terms, failed), ...notKnownOf(failed)].join(say.semicolon)
}

/** What would have been said by what failed. */
const notKnownOf = (failed: readonly string[]): string[] =>
  failed.length === 0 ? [] : [say.notKnownOf(joinNames(failed))]

function describeMeasured(
  evidence: readonly Evidence[],
  terms: ClaimTerms,
  failed: readonly string[],
): string {
  const nameOf = subjectNames(evidence)
  const within = evidence.filter((item) => item.inside)
  const without = evidence.filter((item) => !item.inside)
  const told = (items: readonly Evidence[]): { names: string; values: string }[] => [
    ...Array.from(
      groupBy(items.filter(isOfItsOwn), (item) => textOf(item, terms)),
      ([values, group]) => ({ names: joinNames(group.map(nameOf)), values }),
    ),
    ...headsTold(items, evidence, terms),
  ]
  const withValues = (items: readonly Evidence[]): string =>
    told(items)
      .map(({ names, values }) => say.withValue(names, values))
      .join(say.andAlso)
  const valuesWith = (items: readonly Evidence[]): string =>
    told(items)
      .map(({ names, values }) => say.valueWith(values, names))
      .join(say.comma)
  switch (verdictOf(evidence)) {
    case 'untested':
      return say.nothingMeasured
    case 'holds':
      return failed.length > 0 ? say.holdsFor(withValues(within)) : valuesWith(evidence)
    case 'conditional':
      return say.holdsForNotFor(withValues(within), withValues(without))
    case 'refuted':
      if (failed.length > 0) return say.notFor(withValues(without))
      return Array.from(
        groupBy(evidence, (item) => sideOf(item, terms)),
        ([side, items]) => {
          const [first] = items as [Evidence]
          const bound = formatValue(boundOf(first, terms), terms.unit)
          return say.beyond(valuesWith(items), side, bound, items.length > 1)
        },
      ).join(say.semicolon)
  }
}

/**
 * Under what condition the same claim holds over several scenarios, in words:
 * `holds in json; in batch-1000 for mqtt-qos0, not for mqtt-qos2 (1/8.20)`.
 * @param scenarios all that make the claim; one without evidence is named as untested
 */
function describeOverall(
  scenarios: readonly string[],
  evidence: readonly Evidence[],
  terms: ClaimTerms,
  failed: readonly string[] = [],
): string {
  const nameOf = subjectNames(evidence)
  const found = scenarios.map((scenario) => {
    const items = evidence.filter((item) => item.scenario === scenario)
    return { scenario, items, verdict: verdictOf(items) }
  })
  const of = (verdict: string) => found.filter((entry) => entry.verdict === verdict)
  const namesOf = (entries: readonly { scenario: string }[]): string =>
    listNames(entries.map((entry) => entry.scenario))

  const parts: string[] = []
  if (of('holds').length > 0) parts.push(say.inScenarios(namesOf(of('holds'))))
  // Scenarios in which it depends on the same transports are told together.
  const mixed = groupBy(of('conditional'), ({ items }) =>
    items.map((item) => `${nameOf(item)} ${item.inside}`).join('\n'),
  )
  for (const entries of mixed.values()) {
    const items = entries.flatMap((entry) => entry.items)
    const within = items.filter((item) => item.inside)
    const without = items.filter((item) => !item.inside)
    parts.push(
      say.inScenariosFor(
        namesOf(entries),
        uniqueNames(within, nameOf),
        uniqueNames(without, nameOf),
        rangeOf(without, terms),
      ),
    )
  }
  if (parts.length > 0) parts[0] = say.holds(parts[0] ?? '')
  const refuted = groupBy(of('refuted'), ({ items }) => rangeOf(items, terms))
  if (refuted.size > 0) {
    const texts = Array.from(refuted, ([range, entries]) => say.withValue(namesOf(entries), range))
    parts.push(say.notIn(listNames(texts)))
  }
  if (parts.length === 0) return say.nothingMeasured
  if (of('untested').length > 0)
    parts.push((failed.length > 0 ? say.notKnownIn : say.untestedIn)(namesOf(of('untested'))))
  return [...parts, ...notKnownOf(failed)].join(say.semicolon)
}

/** Not with the heads of another program. */
const isOfItsOwn = ({ headerSet }: Evidence): boolean => headerSet === undefined

/** `3 of 9 pairs of other programs' heads`, `403–598 B`: many figures of one transport, told as one. */
function headsTold(
  items: readonly Evidence[],
  all: readonly Evidence[],
  terms: ClaimTerms,
): { names: string; values: string }[] {
  const of = (evidence: readonly Evidence[]) => evidence.filter((item) => !isOfItsOwn(item))
  const some = of(items)
  if (some.length === 0) return []
  return [{ names: say.heads(some.length, of(all).length), values: rangeOf(some, terms) }]
}

/** A transport, or a pair where a ratio was taken to more than one. */
function subjectNames(evidence: readonly Evidence[]): (item: Evidence) => string {
  const divisors = new Set(evidence.map((item) => item.comparedTo))
  return (item) => {
    const name = divisors.size > 1 ? `${item.transport}/${item.comparedTo}` : item.transport
    return isOfItsOwn(item) ? name : say.withHeads(name)
  }
}

function uniqueNames(items: readonly Evidence[], nameOf: (item: Evidence) => string): string {
  return listNames([...new Set(items.map(nameOf))])
}

/** The bound that a value outside is beyond. */
function boundOf({ value }: Evidence, { between: [low, high] }: ClaimTerms): number {
  return value < low ? low : high
}

const sideOf = (item: Evidence, terms: ClaimTerms): 'below' | 'above' =>
  item.value < boundOf(item, terms) ? 'below' : 'above'

/** The value; with more digits where it is outside and would read like the bound. */
function textOf(item: Evidence, terms: ClaimTerms): string {
  if (item.inside) return formatValue(item.value, terms.unit)
  const bound = boundOf(item, terms)
  for (let extraDigits = 0; extraDigits < MOST_EXTRA_DIGITS; extraDigits += 1) {
    const text = formatValue(item.value, terms.unit, extraDigits)
    if (!readsAlike(text, formatValue(bound, terms.unit))) return text
  }
  return String(item.value)
}

/** `1/10.0` reads like `1/10`. */
function readsAlike(one: string, other: string): boolean {
  const bare = (text: string): string => text.replace(/\.0+(?!\d)/, '')
  return bare(one) === bare(other)
}

function rangeOf(items: readonly Evidence[], terms: ClaimTerms): string {
  const ascending = items.toSorted((a, b) => a.value - b.value)
  const low = ascending[0]
  const high = ascending.at(-1)
  if (low === undefined || high === undefined) return ''
  const [from, to] = [textOf(low, terms), textOf(high, terms)]
  return from === to ? from : formatRange(low.value, high.value, terms.unit)
}
