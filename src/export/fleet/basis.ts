import { basisWord, type FleetBasis } from '../../model/fleet/basis.ts'
import type { FleetReport } from '../../model/fleet/fleet-report.ts'
import { WORDS } from '../words.ts'
import { sayBasis } from './words/basis-words.ts'

type DataFile = FleetReport['data'][number]
type Source = DataFile['sources'][number]

/** `2026-11-28`, or from which day to which. */
function daysOf(sources: readonly Source[]): string {
  const days = [...new Set(sources.map(({ readOn }) => readOn))].toSorted()
  return days.length < 2 ? (days[0] ?? '') : `${days[0]}–${days.at(-1)}`
}

const sourcesOf = ({ data }: FleetReport, kinds: readonly DataFile['kind'][]): Source[] =>
  data.filter(({ kind }) => kinds.includes(kind)).flatMap(({ sources }) => sources)

/** A basis in words, with the day where it is of one. */
function basisText(report: FleetReport, basis: FleetBasis): string {
  switch (basis) {
    case 'price':
      return sayBasis.price(daysOf(sourcesOf(report, ['plan', 'cloud'])))
    case 'radio':
      return sayBasis.radio(daysOf(sourcesOf(report, ['radio'])))
    default:
      return basisWord(basis)
  }
}

/** A heading that says what all figures under it rest on. */
export const onBasis = (
  report: FleetReport,
  title: string,
  ...bases: readonly FleetBasis[]
): string =>
  title + WORDS.inBrackets(bases.map((basis) => basisText(report, basis)).join(WORDS.semicolon))

/** One letter for a heading that has no room for the word. */
export const marked = (title: string, basis: FleetBasis): string =>
  `${title} ${sayBasis.marks[basis]}`

/** What the letters mean. */
export const legend = (report: FleetReport, bases: readonly FleetBasis[]): string =>
  bases
    .map((basis) =>
      basis === 'radio'
        ? `${sayBasis.marks.radio} ${sayBasis.mAh}`
        : `${sayBasis.marks[basis]} ${basisText(report, basis)}`,
    )
    .join(WORDS.semicolon)

const isRule = ({ what }: Source): boolean => /^(counting|rounding|messages)$/.test(what)

/** For a program: what a row of `fleet.csv` rests on. Its rules and its prices may be of different days. */
export function basisOfFile({ data }: FleetReport, kind: DataFile['kind'], id: string): string {
  const own = data.find((file) => file.kind === kind && file.id === id)?.sources ?? []
  const of = (name: string, sources: readonly Source[]): string[] => {
    if (sources.length === 0) return []
    const second = sources.some(({ secondHand }) => secondHand) ? ', second-hand' : ''
    return [`${name} of ${daysOf(sources)}${second}`]
  }
  return kind === 'radio'
    ? of('radio model', own).join('; ')
    : [
        'modelled',
        ...of('rule', own.filter(isRule)),
        ...of(
          'price',
          own.filter((each) => !isRule(each)),
        ),
      ].join('; ')
}
