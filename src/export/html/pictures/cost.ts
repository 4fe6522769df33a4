import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import type { Report, TransportCost } from '../../../model/report/report.ts'
import { formatBytes, formatCount } from '../../../model/text/format.ts'
import { isHttp, isMqtt, scenarioCellsOf } from '../../report/scenario-cells.ts'
import { element, FAINT, GRID, INK, label, type Picture, picture, protocolColour } from '../svg.ts'

const WIDTH = 720
const HEIGHT = 340
const LEFT = 104
const RIGHT = 170
const TOP = 16
const BOTTOM = 44
const MOST_MESSAGES = 1_000
const MESSAGES = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, MOST_MESSAGES]
const LINE_HEIGHT = 15

const costAt = ({ bytes }: TransportCost, messages: number): number =>
  bytes.first + (messages - 1) * bytes.further

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
  const values = costs.flatMap(({ cost }) => [costAt(cost, 1), costAt(cost, MOST_MESSAGES)])
  const x = scaleLog([1, MOST_MESSAGES], [LEFT, WIDTH - RIGHT])
  const y = scaleLog([Math.min(...values), Math.max(...values)], [HEIGHT - BOTTOM, TOP + 10]).nice()
  const path = line<number>()
    .x((messages) => x(messages))
    .y(() => 0)
  const ends = spread(
    costs
      .map(({ cost, protocol }) => ({ cost, protocol, at: y(costAt(cost, MOST_MESSAGES)) }))
      .toSorted((a, b) => a.at - b.at),
  )
  const cheapest = costs.toSorted(
    (a, b) => costAt(a.cost, MOST_MESSAGES) - costAt(b.cost, MOST_MESSAGES),
  )[0]
  const first = costs.toSorted((a, b) => costAt(a.cost, 1) - costAt(b.cost, 1))[0]
  const proves = `${scenario}: the first message is cheapest on ${first?.cost.transport} (${formatBytes(first === undefined ? 0 : costAt(first.cost, 1))} with its connection), ${formatCount(MOST_MESSAGES)} messages on one connection on ${cheapest?.cost.transport} (${formatBytes(cheapest === undefined ? 0 : costAt(cheapest.cost, MOST_MESSAGES))})`
  return picture(
    `cost-${scenario}`,
    proves,
    { width: WIDTH, height: HEIGHT },
    ...[1, 10, 100, MOST_MESSAGES].flatMap((tick) => [
      element('line', { x1: x(tick), x2: x(tick), y1: TOP, y2: HEIGHT - BOTTOM, ...GRID }),
      label(x(tick), HEIGHT - BOTTOM + 18, formatCount(tick), {
        ...FAINT,
        'text-anchor': 'middle',
      }),
    ]),
    ...y
      .ticks(5)
      .filter(isPowerOfTen)
      .flatMap((tick) => [
        element('line', { x1: LEFT, x2: WIDTH - RIGHT, y1: y(tick), y2: y(tick), ...GRID }),
        label(LEFT - 8, y(tick) + 4, formatBytes(tick), { ...FAINT, 'text-anchor': 'end' }),
      ]),
    label((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, 'messages', {
      ...FAINT,
      'text-anchor': 'middle',
    }),
    ...costs.map(({ cost, protocol }) =>
      element('path', {
        d: path.y((messages) => y(costAt(cost, messages)))(MESSAGES) ?? '',
        fill: 'none',
        stroke: protocolColour(protocol),
        'stroke-width': 2,
        ...(cost.connection === 'own' && { 'stroke-dasharray': '5 4' }),
      }),
    ),
    ...ends.map(({ cost, at }) => label(WIDTH - RIGHT + 8, at + 4, cost.transport, INK)),
  )
}

const isPowerOfTen = (value: number): boolean =>
  Number.isInteger(Math.round(Math.log10(value) * 1e9) / 1e9)

/** From the top down, none on another. */
function spread<Item extends { at: number }>(items: readonly Item[]): Item[] {
  let lowest = Number.NEGATIVE_INFINITY
  return items.map((item) => {
    lowest = Math.max(item.at, lowest + LINE_HEIGHT)
    return { ...item, at: lowest }
  })
}
