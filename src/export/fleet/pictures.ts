import { scaleLinear, scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import type { FleetReport, FleetRow } from '../../model/fleet/fleet-report.ts'
import { formatCount } from '../../model/text/format.ts'
import { element, FAINT, GRID, label, type Picture, picture, protocolColour } from '../html/svg.ts'
import { bytesOf, megabytesText, rowName } from './figures.ts'
import { sayPage } from './words/page-words.ts'
import { spanText } from './words/span.ts'
import { say } from './words/words.ts'

/** Okabe and Ito, told apart by the colour-blind. */
const PARTS = [
  ['readings', '#009e73'],
  ['headers', '#0072b2'],
  ['pings', '#f0e442'],
  ['handshakes', '#d55e00'],
] as const satisfies readonly (readonly [keyof FleetRow['stack'], string])[]

const WIDTH = 720
const LEFT = 190
const RIGHT = 90
const ROW = 30

export const fleetPictures = (report: FleetReport): Picture[] =>
  report.rows.length === 0 ? [] : [stackPicture(report), intervalPicture(report)]

/** MB a month by way of talking, stacked. */
function stackPicture({ rows }: FleetReport): Picture {
  const most = Math.max(...rows.map(bytesOf))
  const x = scaleLinear([0, most], [LEFT, WIDTH - RIGHT])
  const top = 34
  const bars = rows.flatMap((row, index) => {
    const y = top + index * ROW
    let from = 0
    const parts = PARTS.map(([part, fill]) => {
      const start = from
      from += row.stack[part]
      const width = x(from) - x(start)
      return element('rect', { x: x(start), y: y + 4, width, height: ROW - 10, fill })
    })
    return [
      label(LEFT - 8, y + 19, rowName(row, rows), { 'text-anchor': 'end', class: 'ink' }),
      ...parts,
      label(x(bytesOf(row)) + 6, y + 19, megabytesText(bytesOf(row))),
    ]
  })
  const key = PARTS.flatMap(([part, fill], index) => [
    element('rect', { x: LEFT + index * 118, y: 8, width: 12, height: 12, fill }),
    label(LEFT + index * 118 + 18, 19, say.columns[part], FAINT),
  ])
  const sorted = rows.toSorted((a, b) => bytesOf(a) - bytesOf(b))
  const [best, worst] = [sorted[0], sorted.at(-1)] as [FleetRow, FleetRow]
  const size = { width: WIDTH, height: top + rows.length * ROW + 10 }
  const proves = sayPage.pictureStack(rowName(best, rows), rowName(worst, rows))
  return picture('fleet-month', proves, size, ...key, ...bars)
}

const HEIGHT = 360
const protocolOf = (transport: string): string =>
  /^(https?|h2c)/.test(transport)
    ? 'http/1.1'
    : transport.startsWith('mqtt')
      ? 'mqtt/3.1.1'
      : 'other'

/** Bytes a month against the interval: where lines cross, the answer turns. */
function intervalPicture({ curves, rows }: FleetReport): Picture {
  const values = curves
    .flatMap(({ points }) => points.map(([, bytes]) => bytes / 1e6))
    .filter(Number.isFinite)
  const seconds = curves.flatMap(({ points }) => points.map(([each]) => each))
  const [left, right, top, bottom] = [70, 190, 14, 44]
  const x = scaleLog([Math.min(...seconds), Math.max(...seconds)], [left, WIDTH - right])
  const y = scaleLog([Math.min(...values), Math.max(...values)], [HEIGHT - bottom, top]).nice()
  const path = line<[number, number]>()
    .x(([each]) => x(each))
    .y(([, bytes]) => y(bytes / 1e6))
  const ticksX = [10, 60, 600, 3_600, 21_600, 86_400, 604_800].filter(
    (each) => each >= Math.min(...seconds) && each <= Math.max(...seconds) * 1.001,
  )
  const ends = curves
    .map((curve) => ({ curve, at: y((curve.points.at(-1)?.[1] ?? 1) / 1e6) }))
    .toSorted((a, b) => a.at - b.at)
  let below = top
  const lines = ends.flatMap(({ curve, at }) => {
    below = Math.max(below + 15, at)
    const stroke = protocolColour(protocolOf(curve.transport))
    const dash = curve.policy === 'kept' ? undefined : '6 4'
    return [
      element('path', {
        ...{ d: path(curve.points) ?? '', fill: 'none', stroke, 'stroke-width': 2 },
        'stroke-dasharray': dash,
      }),
      label(WIDTH - right + 6, below + 4, rowName(curve, rows), { fill: stroke }),
    ]
  })
  const grid = [
    ...ticksX.flatMap((each) => [
      element('line', { x1: x(each), x2: x(each), y1: top, y2: HEIGHT - bottom, ...GRID }),
      label(x(each), HEIGHT - bottom + 16, spanText(each), { ...FAINT, 'text-anchor': 'middle' }),
    ]),
    ...y
      .ticks(4)
      .filter((each) => Number.isInteger(Math.log10(each)))
      .flatMap((each) => [
        element('line', { x1: left, x2: WIDTH - right, y1: y(each), y2: y(each), ...GRID }),
        label(left - 6, y(each) + 4, formatCount(each, 3), { ...FAINT, 'text-anchor': 'end' }),
      ]),
    label(left, HEIGHT - 6, `${sayPage.interval}; ${sayPage.megabytesAxis}`, FAINT),
  ]
  const size = { width: WIDTH, height: HEIGHT }
  return picture('fleet-interval', sayPage.pictureInterval, size, ...grid, ...lines)
}
