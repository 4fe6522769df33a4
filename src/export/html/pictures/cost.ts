import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import { costOf } from '../../../model/cost-line.ts'
import type { Report, TransportCost } from '../../../model/report/report.ts'
import { formatBytes, formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { isHttp, isMqtt, scenarioCellsOf } from '../../report/scenario-cells.ts'
import { axisName, curvePlot, endNames, levels, uprights } from '../axes.ts'
import { element, type Picture, picture, protocolColour } from '../svg.ts'

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

const LEFT = 104
const MOST_MESSAGES = 1_000
const MESSAGES = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, MOST_MESSAGES]

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
  const { plot, size } = curvePlot(
    LEFT,
    costs.map(({ cost }) => cost.transport),
  )
  const values = costs.flatMap(({ cost }) => [costAt(cost, 1), costAt(cost, MOST_MESSAGES)])
  const x = scaleLog([1, MOST_MESSAGES], [plot.left, plot.right])
  const y = scaleLog(
    [Math.min(...values), Math.max(...values)],
    [plot.bottom, plot.top + 10],
  ).nice()
  const path = line<number>()
    .x((messages) => x(messages))
    .y(() => 0)
  const ends = costs.map(({ cost }) => ({
    at: y(costAt(cost, MOST_MESSAGES)),
    text: cost.transport,
  }))
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
    size,
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
    ...endNames(plot, ends).names,
  )
}

const isPowerOfTen = (value: number): boolean =>
  Number.isInteger(Math.round(Math.log10(value) * 1e9) / 1e9)
