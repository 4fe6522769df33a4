import { basisWord } from '../../model/fleet/basis.ts'
import type { FleetChange, FleetReport } from '../../model/fleet/fleet-report.ts'
import { groupBy } from '../../model/group-by.ts'
import { joinNames } from '../../model/text/language.ts'
import { WORDS } from '../words.ts'
import { percentText, rowName } from './figures.ts'
import { sayChange } from './words/change-words.ts'

const savedShare = ({ beforeBytes, afterBytes }: FleetChange): number =>
  1 - afterBytes / beforeBytes

/** How much more of a bill than of the bytes a change has to save to be said by itself. */
const JUMP = 3
const LEAST_JUMP = 0.05
/** More plans than these are counted. */
const MOST_NAMES = 2

/** One change for all ways that it is for, the one that saves most first; another encoding is always among them. */
export function changeLines(report: FleetReport, most: number): string[] {
  const kinds = groupBy(report.changes, ({ change }) => sayChange.change(change))
  const sorted = [...kinds].toSorted(([, a], [, b]) => largest(b) - largest(a))
  const isEncoding = ([, [first]]: [string, FleetChange[]]): boolean =>
    first?.change.kind === 'encoding'
  const chosen = sorted.slice(0, most)
  const encoding = sorted.find(isEncoding)
  if (most > 1 && encoding !== undefined && !chosen.includes(encoding)) {
    chosen[chosen.length - 1] = encoding
  }
  return chosen.map(([name, own], index) => {
    const [price] = own.map((each) => sayChange.price(each.change))
    const isBest = index === 0
    const saves = `${name} ${rangeText(report, own)}`
    const parts = [saves, isBest ? (price ?? '') : '', billsText(report, own)]
    const text = parts.filter((part) => part !== '').join(WORDS.semicolon)
    return isBest ? sayChange.best(text, basisWord('modelled')) : text
  })
}

const largest = (own: readonly FleetChange[]): number => Math.max(...own.map(savedShare))

/** Shares that differ by less are not told apart by name. */
const ALIKE = 0.02

/** From which way to which. */
function rangeText({ rows }: FleetReport, own: readonly FleetChange[]): string {
  const sorted = own.toSorted((a, b) => savedShare(a) - savedShare(b))
  const ends = [sorted[0], sorted.at(-1)].filter((each) => each !== undefined)
  const [least = '', most = ''] = ends.map((each) => percentText(-savedShare(each)))
  if (least === most) return least
  const spread = savedShare(ends[1] as FleetChange) - savedShare(ends[0] as FleetChange)
  if (spread < ALIKE) return sayChange.between(least, most)
  const [from = '', to = ''] = ends.map((each) => rowName(each, rows))
  return sayChange.fromTo(least, from, most, to)
}

/** Where rounding makes more of a change than its bytes, and where nothing. */
function billsText({ rows }: FleetReport, own: readonly FleetChange[]): string {
  const plans = own[0]?.bills.map(({ plan }) => plan) ?? []
  const shareOf = (each: FleetChange, at: number): number => {
    const { before = 0, after = 0 } = each.bills[at] ?? {}
    return before === 0 ? 0 : 1 - after / before
  }
  const jumps = plans.flatMap((plan, at) =>
    own
      .filter((each) => shareOf(each, at) > Math.max(LEAST_JUMP, savedShare(each) * JUMP))
      .map((each) => sayChange.ofBill(percentText(-shareOf(each, at)), rowName(each, rows), plan)),
  )
  const untouched = plans.filter((_, at) => own.every((each) => shareOf(each, at) === 0))
  return [
    ...jumps,
    ...(untouched.length === 0
      ? []
      : [
          sayChange.noBill(
            untouched.length > MOST_NAMES
              ? sayChange.plans(untouched.length)
              : joinNames(untouched),
          ),
        ]),
  ].join(WORDS.semicolon)
}
