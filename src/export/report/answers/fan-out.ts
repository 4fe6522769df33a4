import { groupBy } from '../../../model/group-by.ts'
import type { Report } from '../../../model/report/report.ts'
import { familyOf, subscribersOf } from '../../../model/scenario/fan-out-family.ts'
import { formatBytes, formatCount, formatTime } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { PER_MESSAGE } from '../claims/figures.ts'
import type { RunCell } from '../scenario-cells.ts'
import { type Entry, entriesOf, metricOf, sentencesBy, tellOf } from './entries.ts'
import type { Kind } from './kind.ts'
import { placeText } from './place.ts'
import { claimsInShort, shortFigure, shortTable } from './short-table.ts'
import { type FigureOf, sidesText } from './sides.ts'

const say = catalogue({
  en: {
    copies: (sides: string, howMany: string) =>
      `A copy of a message takes ${sides} on its subscriber’s wire, ${howMany}.`,
    alike: (fewest: string, most: string) => `the same with ${fewest} as with ${most} subscribers`,
    ofMost: (most: string) => `with ${most} subscribers`,
    last: (most: string, sides: string, place: string) =>
      `The last of ${most} subscribers has it after ${sides}: medians, ${place}.`,
    further: (sides: string) => `Each subscriber has it ${sides} after the one before, by medians.`,
    publisher: (sides: string, howMany: string) =>
      `The publisher’s own wire carries ${sides} per message, ${howMany}.`,
    columns: {
      each: 'bytes per copy',
      publisher: 'publisher',
      last: (subscribers: string) => `last of ${subscribers}`,
    },
  },
  'zh-TW': {
    copies: (sides, howMany) => `一則訊息的一份，在訂閱者的線路上：${sides}；${howMany}。`,
    alike: (fewest, most) => `${fewest} 個訂閱者與 ${most} 個時相同`,
    ofMost: (most) => `有 ${most} 個訂閱者時`,
    last: (most, sides, place) =>
      `${most} 個訂閱者中最後一個拿到訊息所需的時間：${sides}（中位數）；${place}。`,
    further: (sides) => `每個訂閱者比前一個平均晚：${sides}（依中位數）。`,
    publisher: (sides, howMany) => `發布者自己的線路上，每則訊息：${sides}；${howMany}。`,
    columns: {
      each: '每份位元組',
      publisher: '發布者',
      last: (subscribers) => `第 ${subscribers} 個`,
    },
  },
})

/** The scenarios of one file, each with its number of subscribers. */
interface Family {
  readonly name: string
  readonly entries: readonly Entry[]
  /** From few to many. */
  readonly numbers: readonly number[]
}

function familiesOf(report: Report): Family[] {
  const families = groupBy(entriesOf(report, 'fanout'), ({ scenario }) => familyOf(scenario).name)
  return Array.from(families, ([name, entries]) => ({
    ...{ name, entries },
    numbers: entries.map(numberOf).toSorted((a, b) => a - b),
  }))
}

const numberOf = ({ scenario }: Entry): number => subscribersOf(scenario) ?? 1

const BYTES = 'subscriber_bytes_per_message'

const perCopy: FigureOf = (cell) =>
  metricOf(BYTES)(cell).map((bytes) => bytes / (subscribersOf(cell) ?? 1))

/** What is left on the link of the publisher. */
const publisher: FigureOf = (cell) =>
  metricOf(BYTES)(cell).flatMap((bytes) => metricOf(PER_MESSAGE)(cell).map((all) => all - bytes))

const last = metricOf('delivery_last_p50_us')

/** Between two that follow one another: what of the last one's delay is the others'. */
const furtherCopy: FigureOf = (cell) => {
  const further = (subscribersOf(cell) ?? 1) - 1
  const first = metricOf('delivery_first_p50_us')(cell)[0]
  return further < 1 || first === undefined ? [] : last(cell).map((us) => (us - first) / further)
}

/** Bytes and delay of each copy, against the number of subscribers. */
export const fanOut: Kind = {
  weight: (report) => familiesOf(report).length,
  sentences: (report) =>
    sentencesBy(familiesOf(report), ({ entries, numbers }) => {
      const most = numbers.at(-1) ?? 1
      const cells = entries.flatMap((entry) => (numberOf(entry) === most ? entry.cells : []))
      const many = formatCount(most)
      return [
        tellOf(sidesText(cells, perCopy, formatBytes), (sides) =>
          say.copies(sides, howMany(entries, numbers, perCopy)),
        ),
        tellOf(sidesText(cells, last, formatTime), (sides) =>
          say.last(many, sides, placeText(report)),
        ),
        tellOf(sidesText(cells, furtherCopy, formatTime), say.further),
        tellOf(sidesText(cells, publisher, formatBytes), (sides) =>
          say.publisher(sides, howMany(entries, numbers, publisher)),
        ),
      ]
    }),
  tables: (report, nameColumns) => {
    const families = familiesOf(report)
    const lastOf =
      (number: number): FigureOf =>
      ({ scenario, transport }) =>
        families
          .filter(({ name }) => name === scenario)
          .flatMap(({ entries }) => entries.filter((entry) => numberOf(entry) === number))
          .flatMap(({ cells }) => cells.filter((cell) => cell.transport === transport))
          .flatMap(last)
    const figures = [
      shortFigure(say.columns.each, perCopy, formatBytes),
      shortFigure(say.columns.publisher, publisher, formatBytes),
      ...shownNumbers(families).map((number) =>
        shortFigure(say.columns.last(formatCount(number)), lastOf(number), formatTime),
      ),
    ]
    return shortTable(report, families.flatMap(rowsOf), figures, nameColumns)
  },
  claims: (report) =>
    claimsInShort(
      report,
      familiesOf(report).flatMap(({ entries }) => entries.map(({ name }) => name)),
    ),
}

/** Whether a figure is the same for the fewest subscribers as for the most, on every transport. */
function howMany(entries: readonly Entry[], numbers: readonly number[], of: FigureOf): string {
  const [fewest = 1, most = 1] = [numbers[0], numbers.at(-1)]
  const cells = entries.flatMap((entry) => entry.cells.filter((cell) => of(cell).length > 0))
  const isAlike = [...groupBy(cells, ({ transport }) => transport).values()].every((own) => {
    const among = own.map((cell) => subscribersOf(cell) ?? 1)
    // Who is told of was measured with the most; with the fewest perhaps not.
    const isOfBoth = !among.includes(most) || among.includes(fewest)
    return isOfBoth && new Set(own.flatMap(of).map((bytes) => formatBytes(bytes))).size === 1
  })
  return fewest < most && isAlike
    ? say.alike(formatCount(fewest), formatCount(most))
    : say.ofMost(formatCount(most))
}

/** A transport of a family, by its cell of the most subscribers. */
function rowsOf({ name, entries }: Family): RunCell[] {
  const rows = new Map<string, RunCell>()
  for (const { cells } of entries.toSorted((a, b) => numberOf(a) - numberOf(b))) {
    for (const cell of cells) rows.set(cell.transport, { ...cell, scenario: name })
  }
  return [...rows.values()]
}

/** What 80 columns have room for. */
const MOST_NUMBERS = 4

/** The fewest and the most among them. */
function shownNumbers(families: readonly Family[]): number[] {
  const all = [...new Set(families.flatMap(({ numbers }) => numbers))].toSorted((a, b) => a - b)
  return all.length <= MOST_NUMBERS ? all : [...all.slice(0, MOST_NUMBERS - 1), ...all.slice(-1)]
}
