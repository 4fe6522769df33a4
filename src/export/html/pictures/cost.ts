import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { costOf } from '../../../model/cost-line.ts'
import type { Report, TransportCost } from '../../../model/report/report.ts'
import { formatBytes, formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { isHttp, isMqtt, scenarioCellsOf } from '../../report/scenario-cells.ts'
import { AXIS_HEIGHT, axisName, levels, uprights } from '../axes.ts'
import {
  element,
  label,
  labelWidth,
  type Picture,
  picture,
  protocolColour,
  spread,
} from '../svg.ts'

const say = catalogue({
  en: {
    proves: (scenario: string, one: string, many: string, manyOn: string) =>
      `${scenario}, wire bytes with opening and closing: one message is cheapest on ${one}, ${many} on ${manyOn}; dashed: a connection for each message`,
    messages: 'messages',
  },
  'zh-TW': {
    proves: (scenario, one, many, manyOn) =>
      `${scenario}，含建立與關閉連線的線路位元組：一則訊息以 ${one} 最省，${many} 則以 ${manyOn} 最省；虛線：每則訊息各自連線`,
    messages: '訊息數',
  },
})

const LEAST_HEIGHT = 340
const LEFT = 104
/** Where the plot ends, and the names of its curves begin. */
const RIGHT = 540
const TOP = 16
const MOST_MESSAGES = 1_000
const MESSAGES = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, MOST_MESSAGES]
const LINE_HEIGHT = 15

const costAt = ({ bytes }: TransportCost, messages: number): number => costOf(bytes, messages)

/** What n messages cost with opening and closing: where lines cross, one becomes the cheaper. */
export function costPictures(report: Report): Picture[] {
  return scenarioCellsOf(report, 'uplink').flatMap(({ scenario, cells }) => {
    const costs = cells
      .filter((cell) => isHttp(cell) || isMqtt(cell))
      .flatMap((cell) => {
        const cost = report.breakEven?.costs.find(
          (each) => each.scenario === scenario.name && each.transport === cell.transport,
        )
        return cost === undefined || cost.bytes.first <= 0
          ? []
          : [{ cost, protocol: cell.protocol }]
      })
    return costs.length < 2 ? [] : [curves(scenario.name, costs)]
  })
}

function curves(
  scenario: string,
  costs: readonly { cost: TransportCost; protocol: string }[],
): Picture {
  // The name of each stands at its end.
  const height = Math.max(LEAST_HEIGHT, costs.length * LINE_HEIGHT + TOP + AXIS_HEIGHT)
  const plot = { left: LEFT, right: RIGHT, top: TOP, bottom: height - AXIS_HEIGHT }
  const values = costs.flatMap(({ cost }) => [costAt(cost, 1), costAt(cost, MOST_MESSAGES)])
  const x = scaleLog([1, MOST_MESSAGES], [LEFT, RIGHT])
  const y = scaleLog([Math.min(...values), Math.max(...values)], [plot.bottom, TOP + 10]).nice()
  const path = line<number>()
    .x((messages) => x(messages))
    .y(() => 0)
  const ends = spread(
    costs
      .map(({ cost, protocol }) => ({ cost, protocol, at: y(costAt(cost, MOST_MESSAGES)) }))
      .toSorted((a, b) => a.at - b.at),
    LINE_HEIGHT,
  )
  const told = (messages: number): string => {
    const [least] = costs.toSorted((a, b) => costAt(a.cost, messages) - costAt(b.cost, messages))
    return least === undefined
      ? ''
      : `${least.cost.transport} (${formatBytes(costAt(least.cost, messages))})`
  }
  const proves = say.proves(scenario, told(1), formatCount(MOST_MESSAGES), told(MOST_MESSAGES))
  return picture(
    `cost-${scenario}`,
    proves,
    { width: RIGHT + labelWidth(costs.map(({ cost }) => cost.transport)) + 16, height },
    ...uprights(
      plot,
      [1, 10, 100, MOST_MESSAGES].map((tick) => ({ at: x(tick), text: formatCount(tick) })),
    ),
    ...levels(
      plot,
      y
        .ticks(5)
        .filter(isPowerOfTen)
        .map((tick) => ({ at: y(tick), text: formatBytes(tick) })),
    ),
    axisName(plot, say.messages),
    ...costs.map(({ cost, protocol }) =>
      element('path', {
        d: path.y((messages) => y(costAt(cost, messages)))(MESSAGES) ?? '',
        fill: 'none',
        stroke: protocolColour(protocol),
        'stroke-width': 2,
        ...(cost.connection === 'own' && { 'stroke-dasharray': '5 4' }),
      }),
    ),
    ...ends.map(({ cost, at }) => label(RIGHT + 8, at + 4, cost.transport)),
  )
}

const isPowerOfTen = (value: number): boolean =>
  Number.isInteger(Math.round(Math.log10(value) * 1e9) / 1e9)
