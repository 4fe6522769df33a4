import { InstrumentError } from '../model/errors.ts'
import type { NamedReport } from '../model/report/comparison.ts'
import type { LoadStretch } from '../model/report/load-result.ts'
import type { Received } from '../model/report/reception.ts'
import type { Report } from '../model/report/report.ts'
import { type Said, said } from '../model/said/said.ts'
import { catalogue } from '../model/text/language.ts'
import { ROLES, type Role } from '../model/vocabulary.ts'

const say = catalogue({
  en: {
    called: { part: 'part', publish: 'publisher', subscribe: 'subscriber' },
    twice: (one: string, other: string, called: string, number: number, of: number) =>
      `--merge: ${one} and ${other} are both ${called} ${number} of ${of}; give each part once`,
  },
  'zh-TW': {
    called: { part: '部分', publish: '發布者', subscribe: '訂閱者' },
    twice: (one, other, called, number, of) =>
      `--merge：${one} 與 ${other} 都是 ${of} 個${called}中的第 ${number} 個；每個請只給一次`,
  },
})

/** Which parts of a load there are, and how well they kept together. */
export interface MergedFleet {
  /** Numbers from 1, in order; empty where the reports are no parts, or parts with roles. */
  present: number[]
  /** Why these are not all; null where they are. */
  missing: Said | null
  warnings: Said[]
}

interface NumberedPart extends NamedReport {
  readonly number: number
  readonly of: number
  readonly role: Role | null
}

/** What began later than this after the common instant was not at one time with the others at first. */
const LATE_MS = 1_000

/**
 * Clocks differ where they do by more than this: the server tells whole seconds, and
 * its answers have a way to go.
 */
const CLOCKS_DIFFER_MS = 1_500

/**
 * @throws InstrumentError `usage` where a part is given twice, or stands beside
 * a report that is none
 */
export function findFleet(reports: readonly NamedReport[]): MergedFleet {
  const numbered = reports.flatMap(({ name, report }): NumberedPart[] => {
    const { part, role = null } = report.plan
    return part === undefined ? [] : [{ name, report, ...part, role }]
  })
  const [first] = numbered
  if (first === undefined) return { present: [], missing: null, warnings: [] }
  const late = numbered.flatMap(({ number, report, role }) => {
    const byMs = lateness(report)
    // A subscriber misses what was published before it; a publisher is late only for the others.
    const isLate = byMs !== null && byMs > (role === 'subscribe' ? 0 : LATE_MS)
    return isLate ? [said('partLate', { number, byMs, role: role ?? '' })] : []
  })
  const cut = numbered.flatMap(({ number, report, role }) =>
    report.partial ? [said('partCut', { number, role: role ?? '' })] : [],
  )
  const warnings = [...cut, ...late, ...clocks(numbered)]
  if (first.role === null) {
    const { of } = first
    const { present, missing } = numbersOf(numbered)
    return {
      ...{ present, warnings },
      missing:
        missing.length === 0 ? null : said('partsMissing', { missing: missing.map(String), of }),
    }
  }
  const absent = ROLES.flatMap((role) => {
    const own = numbered.filter((part) => part.role === role)
    const of = own[0]?.of
    if (of === undefined) return [said('roleMissing', { role })]
    const missing = numbersOf(own).missing.map(String)
    return missing.length === 0 ? [] : [said('rolePartsMissing', { role, missing, of })]
  })
  return {
    present: [],
    missing: absent.length === 0 ? null : said('endsMissing', { missing: absent }),
    warnings,
  }
}

/** @throws InstrumentError `usage` where a part is given twice */
function numbersOf(parts: readonly NumberedPart[]): Record<'present' | 'missing', number[]> {
  const byNumber = new Map<number, string>()
  for (const { name, number, of, role } of parts) {
    const other = byNumber.get(number)
    if (other !== undefined) {
      throw new InstrumentError(
        'usage',
        say.twice(other, name, say.called[role ?? 'part'], number, of),
      )
    }
    byNumber.set(number, name)
  }
  const all = Array.from({ length: parts[0]?.of ?? 0 }, (_, index) => index + 1)
  return {
    present: all.filter((number) => byNumber.has(number)),
    missing: all.filter((number) => !byNumber.has(number)),
  }
}

/** The parts whose clocks lie furthest apart, measured by that of the server; none where they agree. */
function clocks(parts: readonly { number: number; report: Report }[]): Said[] {
  const told = parts
    .flatMap(({ number, report }) => {
      const all = stretchesOf(report).flatMap(({ aheadOfServerMs }) => aheadOfServerMs ?? [])
      return all.length === 0 ? [] : [{ number, aheadMs: Math.min(...all) }]
    })
    .toSorted((a, b) => a.aheadMs - b.aheadMs)
  const [slowest, fastest] = [told[0], told.at(-1)]
  if (slowest === undefined || fastest === undefined) return []
  const byMs = fastest.aheadMs - slowest.aheadMs
  if (byMs <= CLOCKS_DIFFER_MS) return []
  return [said('partClocks', { ahead: fastest.number, behind: slowest.number, byMs })]
}

/** How long after the common instant its first stretch began, by its own clock; null where there was none. */
export function lateness(report: Report): number | null {
  const { startAt } = report.plan
  if (startAt === undefined) return null
  const starts = [
    ...stretchesOf(report).map(({ startedAt }) => Date.parse(startedAt)),
    ...receivedIn(report).map(({ listeningAt }) => Date.parse(listeningAt)),
  ]
  return starts.length === 0 ? null : Math.min(...starts) - Date.parse(startAt)
}

const receivedIn = ({ cells }: Report): Received[] =>
  cells.flatMap((cell) => (cell.status === 'skipped' ? [] : (cell.received ?? [])))

const stretchesOf = ({ cells }: Report): LoadStretch[] =>
  cells.flatMap((cell) =>
    cell.status === 'skipped' ? [] : (cell.load?.runs ?? []).flatMap(({ stretches }) => stretches),
  )
