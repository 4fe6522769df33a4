import { scaleLog } from 'd3-scale'
import { groupBy } from '../../../model/group-by.ts'
import type { ClaimVerdict, Report } from '../../../model/report/report.ts'
import { formatRange, formatRatio } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import {
  COLOURS,
  element,
  FAINT,
  GRID,
  INK,
  label,
  labelWidth,
  type Picture,
  picture,
} from '../svg.ts'

const say = catalogue({
  en: {
    proves: (says: string, inside: number, all: number, claimed: string) =>
      `“${says}”: ${inside} of ${all} measured pairs lie in the claimed ${claimed}`,
  },
  'zh-TW': {
    proves: (says, inside, all, claimed) =>
      `「${says}」：測得的 ${all} 組中有 ${inside} 組落在所說的 ${claimed} 之內`,
  },
})

const WIDTH = 720
const ROW = 30
const TOP = 44
const LEAST_LEFT = 150
const RIGHT = 30
const TICKS = [1 / 100, 1 / 50, 1 / 20, 1 / 10, 1 / 5, 1 / 2, 1, 2, 5]
/** Of ratios that lie so far apart that the others would stand on each other. */
const DECADES = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10]
const FAR_APART = 1_000

/** Each published ratio as a band, and every measured pair as a point in it or out of it. */
export function claimPictures(report: Report): Picture[] {
  const ratios = report.verdicts.filter(
    (verdict) =>
      verdict.subject === 'ratio' && verdict.scenario !== null && pairsOf(verdict).length > 0,
  )
  const groups = groupBy(ratios, ({ says }) => wordsOf(says))
  return Array.from(groups, ([says, verdicts], index) => band(`claim-${index + 1}`, says, verdicts))
}

function band(name: string, says: string, verdicts: readonly ClaimVerdict[]): Picture {
  const points = verdicts.map((verdict) => ({ verdict, pairs: pairsOf(verdict) }))
  const all = points.flatMap(({ pairs }) => pairs)
  // “At most 1” claims from 0 on, which no logarithm reaches: the band begins where the picture does.
  const values = [...all.map(({ value }) => value), ...verdicts.flatMap(({ between }) => between)]
    .filter((value) => value > 0)
    .toSorted((a, b) => a - b)
  const [least = 1, most = 1] = [values[0], values.at(-1)]
  const names = verdicts.map(({ scenario }) => scenario ?? '')
  const left = Math.max(LEAST_LEFT, labelWidth(names) + 24)
  const domain = [least / 1.3, most * 1.3] as const
  const scale = scaleLog(domain, [left, WIDTH - RIGHT])
  const ticks = most / least > FAR_APART ? DECADES : TICKS
  const [low, high] = verdicts[0]?.between ?? [0, 0]
  const inside = all.filter((pair) => pair.inside).length
  const proves = say.proves(says, inside, all.length, formatRange(low, high, 'ratio'))
  const [bandFrom, bandTo] = [scale(Math.max(low, domain[0])), scale(Math.max(high, domain[0]))]
  const height = TOP + points.length * ROW + 12
  return picture(
    name,
    proves,
    { width: WIDTH, height },
    element('rect', {
      ...{ x: bandFrom, width: bandTo - bandFrom, y: TOP - 10, height: height - TOP + 4 },
      ...{ fill: '#ffe8a3', class: 'band' },
    }),
    ...ticks
      .filter((tick) => tick >= domain[0] && tick <= domain[1])
      .flatMap((tick) => [
        element('line', {
          x1: scale(tick),
          x2: scale(tick),
          y1: TOP - 10,
          y2: height - 6,
          ...GRID,
        }),
        label(scale(tick), TOP - 18, formatRatio(tick), { ...FAINT, 'text-anchor': 'middle' }),
      ]),
    ...points.flatMap(({ verdict, pairs }, index) => {
      const y = TOP + index * ROW + ROW / 2
      return [
        label(left - 12, y + 4, verdict.scenario ?? '', { ...INK, 'text-anchor': 'end' }),
        ...pairs.map(({ value, inside: isIn }) =>
          element('circle', {
            ...{ cx: scale(value), cy: y, r: 6, stroke: COLOURS.mqtt, 'stroke-width': 2 },
            fill: isIn ? COLOURS.mqtt : '#ffffff',
          }),
        ),
      ]
    }),
  )
}

/** A ratio of 0 has no place on the axis. */
const pairsOf = ({
  allPairs = [],
  evidence,
}: ClaimVerdict): readonly { value: number; inside: boolean }[] =>
  (allPairs.length > 0 ? allPairs : evidence).filter(({ value }) => value > 0)
