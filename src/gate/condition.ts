import { type FormatUnit, formatRange, formatValue } from '../model/text/format.ts'
import { type Evidence, verdictOf } from './evidence.ts'

export interface ClaimTerms {
  between: readonly [number, number]
  /** Of the values: that of the metric, or `ratio`. */
  unit: FormatUnit
}

/** More digits than anybody reads; two doubles that still look alike are alike. */
const MOST_EXTRA_DIGITS = 12

/** Under what condition a claim holds in one scenario, in words. */
export function describeCondition(
  evidence: readonly Evidence[],
  terms: ClaimTerms,
  failed: readonly string[] = [],
): string {
  return [describeMeasured(evidence, terms, failed), ...notKnownOf(failed)].join('; ')
}

/** What would have been said by what failed. */
const notKnownOf = (failed: readonly string[]): string[] =>
  failed.length === 0 ? [] : [`not known of ${joinNames(failed)}: failed`]

function describeMeasured(
  evidence: readonly Evidence[],
  terms: ClaimTerms,
  failed: readonly string[],
): string {
  const nameOf = subjectNames(evidence)
  const within = evidence.filter((item) => item.inside)
  const without = evidence.filter((item) => !item.inside)
  const told = (items: readonly Evidence[]): { names: string; values: string }[] => [
    ...groupBy(items.filter(isOfItsOwn), (item) => textOf(item, terms)).map(([values, group]) => ({
      names: joinNames(group.map(nameOf)),
      values,
    })),
    ...headsTold(items, evidence, terms),
  ]
  const withValues = (items: readonly Evidence[]): string =>
    told(items)
      .map(({ names, values }) => `${names} (${values})`)
      .join(', ')
  const valuesWith = (items: readonly Evidence[]): string =>
    told(items)
      .map(({ names, values }) => `${values} with ${names}`)
      .join(', ')
  switch (verdictOf(evidence)) {
    case 'untested':
      return failed.length > 0 ? 'not tested' : 'no transport that it speaks of was measured'
    case 'holds':
      return failed.length > 0 ? `holds for ${withValues(within)}` : valuesWith(evidence)
    case 'conditional':
      return `holds for ${withValues(within)}, not for ${withValues(without)}`
    case 'refuted':
      if (failed.length > 0) return `not for ${withValues(without)}`
      return groupBy(evidence, (item) => sideOf(item, terms))
        .map(([side, items]) => `${valuesWith(items)}, ${items.length > 1 ? 'all ' : ''}${side}`)
        .join('; ')
  }
}

/**
 * Under what condition the same claim holds over several scenarios, in words:
 * `holds in json; in batch-1000 for mqtt-qos0, not for mqtt-qos2 (1/8.20)`.
 * @param scenarios all that make the claim; one without evidence is named as untested
 */
export function describeOverall(
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
    entries.map((entry) => entry.scenario).join(', ')

  const parts: string[] = []
  if (of('holds').length > 0) parts.push(`in ${namesOf(of('holds'))}`)
  // Scenarios in which it depends on the same transports are told together.
  const mixed = groupBy(of('conditional'), ({ items }) =>
    items.map((item) => `${nameOf(item)} ${item.inside}`).join('\n'),
  )
  for (const [, entries] of mixed) {
    const items = entries.flatMap((entry) => entry.items)
    const within = items.filter((item) => item.inside)
    const without = items.filter((item) => !item.inside)
    parts.push(
      `in ${namesOf(entries)} for ${uniqueNames(within, nameOf)}, ` +
        `not for ${uniqueNames(without, nameOf)} (${rangeOf(without, terms)})`,
    )
  }
  if (parts.length > 0) parts[0] = `holds ${parts[0]}`
  const refuted = groupBy(of('refuted'), ({ items }) => rangeOf(items, terms))
  if (refuted.length > 0) {
    const texts = refuted.map(([range, entries]) => `${namesOf(entries)} (${range})`)
    parts.push(`not in ${texts.join(', ')}`)
  }
  if (parts.length === 0) return 'no transport that it speaks of was measured'
  if (of('untested').length > 0) parts.push(`untested in ${namesOf(of('untested'))}`)
  return [...parts, ...notKnownOf(failed)].join('; ')
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
  const names = `${some.length} of ${of(all).length} pairs of other programs' heads`
  return [{ names, values: rangeOf(some, terms) }]
}

/** A transport, or a pair where a ratio was taken to more than one. */
function subjectNames(evidence: readonly Evidence[]): (item: Evidence) => string {
  const divisors = new Set(evidence.map((item) => item.comparedTo))
  const heads = (item: Evidence): string => (isOfItsOwn(item) ? '' : " with other programs' heads")
  return (item) =>
    `${divisors.size > 1 ? `${item.transport}/${item.comparedTo}` : item.transport}${heads(item)}`
}

function uniqueNames(items: readonly Evidence[], nameOf: (item: Evidence) => string): string {
  return [...new Set(items.map(nameOf))].join(', ')
}

/** `a`, `a and b`, `a, b and c`. */
function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return [...groups]
}

/** The bound that a value outside is beyond. */
function boundOf({ value }: Evidence, { between: [low, high] }: ClaimTerms): number {
  return value < low ? low : high
}

function sideOf(item: Evidence, terms: ClaimTerms): string {
  const bound = boundOf(item, terms)
  return `${item.value < bound ? 'below' : 'above'} ${formatValue(bound, terms.unit)}`
}

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
