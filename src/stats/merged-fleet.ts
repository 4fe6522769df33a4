import { InstrumentError } from '../model/errors.ts'
import type { LoadStretch } from '../model/report/load-result.ts'
import type { Report } from '../model/report/report.ts'
import { type Said, said } from '../model/said/said.ts'

/** A stored report and how messages call it. */
export interface NamedPart {
  readonly name: string
  readonly report: Report
}

/** Which parts of a load there are, and how well they kept together. */
export interface MergedFleet {
  of: number
  /** Numbers from 1, in order; empty where the reports are no parts. */
  present: number[]
  missing: number[]
  warnings: Said[]
}

/** What began later than this after the common instant was not at one time with the others at first. */
export const LATE_MS = 1_000

/**
 * Clocks differ where they do by more than this: the server tells whole seconds, and
 * its answers have a way to go.
 */
export const CLOCKS_DIFFER_MS = 1_500

/**
 * @throws InstrumentError `usage` where a part is given twice, or stands beside
 * a report that is none
 */
export function findFleet(reports: readonly NamedPart[]): MergedFleet {
  const numbered = reports.flatMap(({ name, report }) =>
    report.plan.part === undefined ? [] : [{ name, report, ...report.plan.part }],
  )
  const [first] = numbered
  if (first === undefined) return { of: reports.length, present: [], missing: [], warnings: [] }
  const byNumber = new Map<number, string>()
  for (const { name, number, of } of numbered) {
    const other = byNumber.get(number)
    if (other !== undefined) {
      throw new InstrumentError(
        'usage',
        `--merge: ${other} and ${name} are both part ${number} of ${of}; give each part once`,
      )
    }
    byNumber.set(number, name)
  }
  const all = Array.from({ length: first.of }, (_, index) => index + 1)
  const late = numbered.flatMap(({ number, report }) => {
    const byMs = lateness(report)
    return byMs === null || byMs <= LATE_MS ? [] : [said('partLate', { number, byMs })]
  })
  const cut = numbered.flatMap(({ number, report }) =>
    report.partial ? [said('partCut', { number })] : [],
  )
  return {
    of: first.of,
    present: all.filter((number) => byNumber.has(number)),
    missing: all.filter((number) => !byNumber.has(number)),
    warnings: [...cut, ...late, ...clocks(numbered)],
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
function lateness(report: Report): number | null {
  const { startAt } = report.plan
  if (startAt === undefined) return null
  const starts = stretchesOf(report).map(({ startedAt }) => Date.parse(startedAt))
  return starts.length === 0 ? null : Math.min(...starts) - Date.parse(startAt)
}

const stretchesOf = ({ cells }: Report): LoadStretch[] =>
  cells.flatMap((cell) =>
    cell.status === 'skipped' ? [] : (cell.load?.runs ?? []).flatMap(({ stretches }) => stretches),
  )
