import { catalogue, joinNames } from '../../../model/text/language.ts'
import { isHttp, isMqtt, type RunCell } from '../scenario-cells.ts'

const say = catalogue({
  en: {
    over: (what: string, whom: string) => `${what} over ${whom}`,
    end: (value: string, transport: string) => `${value} (${transport})`,
    ends: (least: string, most: string) => `${least} to ${most}`,
    others: 'others',
    all: (sides: readonly string[]) => joinNames(sides),
  },
  'zh-TW': {
    over: (what, whom) => `${whom}${/\w$/.test(whom) ? ' ' : ''}為 ${what}`,
    end: (value, transport) => `${value}（${transport}）`,
    ends: (least, most) => `${least}到 ${most}`,
    others: '其他',
    all: (sides) => sides.join('，'),
  },
})

/** A figure of a cell; from the least to the most where the sample is too small for one. */
export type FigureOf = (cell: RunCell) => readonly number[]

/** A reference, and no way for anybody's messages. */
export const isControl = ({ protocol }: RunCell): boolean =>
  protocol === 'length-prefixed' || protocol === 'none'

interface Value {
  readonly cell: RunCell
  readonly value: number
}

/**
 * What each side takes, its ends by name:
 * `240 B over MQTT and 1,920 B (sse) to 1,098,000 B (http-poll) over HTTP`.
 * Empty where no cell has the figure.
 */
export function sidesText(
  cells: readonly RunCell[],
  of: FigureOf,
  format: (value: number) => string,
): string {
  const isOther = (cell: RunCell): boolean => !isMqtt(cell) && !isHttp(cell) && !isControl(cell)
  const sides = [
    ['MQTT', isMqtt],
    ['HTTP', isHttp],
    [say.others, isOther],
  ] as const
  return say.all(
    sides.flatMap(([side, is]) => {
      const values = cells
        .filter(is)
        .flatMap((cell) => of(cell).map((value): Value => ({ cell, value })))
      return values.length === 0 ? [] : [sideText(side, values, format)]
    }),
  )
}

function sideText(
  side: string,
  values: readonly Value[],
  format: (value: number) => string,
): string {
  const ascending = values.toSorted((a, b) => a.value - b.value)
  const least = ascending[0] as Value
  const top = ascending.at(-1)?.value
  // Of those that take the same, the first of the run.
  const most = ascending.find(({ value }) => value === top) as Value
  const names = new Set(values.map(({ cell }) => cell.transport))
  if (names.size === 1) {
    const ends = rangeOf([least.value, most.value], format)
    return say.over(ends, least.cell.transport)
  }
  const [from, to] = [format(least.value), format(most.value)]
  if (from === to) return say.over(from, side)
  return say.over(
    say.ends(say.end(from, least.cell.transport), say.end(to, most.cell.transport)),
    side,
  )
}

/** `97.4–299 µs`, `306 µs`, `612 µs–512 ms`: the unit once where it is one. */
export function rangeOf(values: readonly number[], format: (value: number) => string): string {
  const [from, to] = [format(Math.min(...values)), format(Math.max(...values))]
  if (values.length === 0 || from === to) return values.length === 0 ? '' : from
  const unit = / \D+$/.exec(to)?.[0] ?? ''
  return `${unit !== '' && from.endsWith(unit) ? from.slice(0, -unit.length) : from}–${to}`
}
