import { scaleLog } from 'd3-scale'
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

/** Each published ratio as a band, and every measured pair as a point in it or out of it. */
export function claimPictures(report: Report): Picture[] {
  const groups = new Map<string, ClaimVerdict[]>()
  for (const verdict of report.verdicts) {
    if (verdict.subject !== 'ratio' || verdict.scenario === null) continue
    if (verdict.evidence.length === 0) continue
    const says = wordsOf(verdict.says)
    groups.set(says, [...(groups.get(says) ?? []), verdict])
  }
  return Array.from(groups, ([says, verdicts], index) => band(`claim-${index + 1}`, says, verdicts))
}

function band(name: string, says: string, verdicts: readonly ClaimVerdict[]): Picture {
  const points = verdicts.map((verdict) => ({ verdict, pairs: pairsOf(verdict) }))
  const all = points.flatMap(({ pairs }) => pairs)
  const values = [...all.map(({ value }) => value), ...verdicts.flatMap(({ between }) => between)]
  const names = verdicts.map(({ scenario }) => scenario ?? '')
  const left = Math.max(LEAST_LEFT, labelWidth(names) + 24)
  const scale = scaleLog(
    [Math.min(...values) / 1.3, Math.max(...values) * 1.3],
    [left, WIDTH - RIGHT],
  )
  const [low, high] = verdicts[0]?.between ?? [0, 0]
  const inside = all.filter((pair) => pair.inside).length
  const proves = say.proves(says, inside, all.length, formatRange(low, high, 'ratio'))
  const height = TOP + points.length * ROW + 12
  return picture(
    name,
    proves,
    { width: WIDTH, height },
    element('rect', {
      ...{ x: scale(low), width: scale(high) - scale(low), y: TOP - 10, height: height - TOP + 4 },
      ...{ fill: '#ffe8a3', class: 'band' },
    }),
    ...TICKS.filter(
      (tick) => tick >= (scale.domain()[0] ?? 0) && tick <= (scale.domain()[1] ?? 0),
    ).flatMap((tick) => [
      element('line', { x1: scale(tick), x2: scale(tick), y1: TOP - 10, y2: height - 6, ...GRID }),
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

const pairsOf = ({
  allPairs,
  evidence,
}: ClaimVerdict): readonly { value: number; inside: boolean }[] => allPairs ?? evidence
