import { scaleLinear, scaleLog } from 'd3-scale'
import { curveStepAfter, line } from 'd3-shape'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import type { Report, Series } from '../../../model/report/report.ts'
import { formatMicros, formatMicrosNumber } from '../../../model/text/format.ts'
import { catalogue, listNames } from '../../../model/text/language.ts'
import { isHttp, isMqtt, type RunCell, scenarioCellsOf } from '../../report/scenario-cells.ts'
import { WORDS } from '../../words.ts'
import {
  element,
  FAINT,
  GRID,
  INK,
  label,
  labelWidth,
  type Picture,
  picture,
  protocolColour,
} from '../svg.ts'

const say = catalogue({
  en: {
    proves: (scenario: string, told: string) =>
      `${scenario}: half of the messages are delivered within ${told} (loopback; one in flight)`,
    axis: 'delivery latency, µs',
  },
  'zh-TW': {
    proves: (scenario, told) =>
      `${scenario}：半數訊息送達的時間：${told}（loopback；一次一則在途）`,
    axis: '送達延遲，µs',
  },
})

const HEIGHT = 320
const LEFT = 56
/** Where the plot ends, and the names of its curves begin. */
const RIGHT = 540
const TOP = 16
const BOTTOM = 44
const LINE_HEIGHT = 16
const PERCENT = Array.from({ length: 100 }, (_, index) => index + 1)
const NS_PER_US = 1_000
const SHARES = [0, 25, 50, 75, 100]

/** Delivery latency as it was distributed: the one that compares, since every transport has it. */
export function latencyPictures(report: Report): Picture[] {
  return scenarioCellsOf(report, 'uplink').flatMap(({ scenario, cells }) => {
    const rows = cells
      .filter((cell) => isHttp(cell) || isMqtt(cell))
      .flatMap((cell) => {
        const delivery = cell.status === 'measured' ? (cell.latency?.delivery ?? null) : null
        return delivery === null || cell.status === 'skipped' ? [] : [{ cell, delivery }]
      })
    return rows.length === 0 ? [] : [ecdf(scenario.name, rows)]
  })
}

function ecdf(scenario: string, rows: readonly { cell: RunCell; delivery: Series }[]): Picture {
  const curves = rows.map(({ cell, delivery }) => ({ cell, delivery, points: pointsOf(delivery) }))
  const all = curves.flatMap(({ points }) => points.map(([micros]) => micros))
  const x = scaleLog([Math.max(0.1, Math.min(...all)), Math.max(...all)], [LEFT, RIGHT]).nice()
  const y = scaleLinear([0, 100], [HEIGHT - BOTTOM, TOP])
  const path = line<readonly [number, number]>()
    .x(([micros]) => x(Math.max(0.1, micros)))
    .y(([, percent]) => y(percent))
    .curve(curveStepAfter)
  const medians = rows.filter(({ delivery }) => delivery.p50Us !== null)
  const told = medians
    .toSorted((a, b) => (a.delivery.p50Us ?? 0) - (b.delivery.p50Us ?? 0))
    .map(({ cell, delivery }) => `${cell.transport} ${formatMicros(delivery.p50Us ?? 0)}`)
  const proves = say.proves(scenario, listNames(told))
  const byMedian = curves.toSorted((a, b) => (a.delivery.p50Us ?? 0) - (b.delivery.p50Us ?? 0))
  return picture(
    `latency-${scenario}`,
    proves,
    { width: RIGHT + labelWidth(curves.map(({ cell }) => endOf(cell))) + 16, height: HEIGHT },
    ...x
      .ticks()
      .filter((tick) => /^[1]0*$/.test(String(tick)) || tick < 1)
      .flatMap((tick) => [
        element('line', { x1: x(tick), x2: x(tick), y1: TOP, y2: HEIGHT - BOTTOM, ...GRID }),
        label(x(tick), HEIGHT - BOTTOM + 18, formatMicrosNumber(tick), {
          ...FAINT,
          'text-anchor': 'middle',
        }),
      ]),
    ...SHARES.flatMap((share) => [
      element('line', { x1: LEFT, x2: RIGHT, y1: y(share), y2: y(share), ...GRID }),
      label(LEFT - 8, y(share) + 4, `${share} %`, { ...FAINT, 'text-anchor': 'end' }),
    ]),
    label((LEFT + RIGHT) / 2, HEIGHT - 8, say.axis, {
      ...FAINT,
      'text-anchor': 'middle',
    }),
    ...curves.map(({ cell, points }, index) =>
      element('path', {
        d: path(points) ?? '',
        fill: 'none',
        stroke: protocolColour(cell.protocol),
        'stroke-width': 2,
        ...(index > 0 && { 'stroke-dasharray': `${3 + index * 3} ${2 + index}` }),
      }),
    ),
    ...byMedian.map(({ cell }, index) =>
      label(RIGHT + 10, TOP + 14 + index * LINE_HEIGHT, endOf(cell), INK),
    ),
  )
}

const endOf = (cell: RunCell): string =>
  `${cell.transport}${WORDS.comma}${WORDS.completions[cell.completion]}`

/** Microseconds and how many percent were done by then. */
function pointsOf(series: Series): [number, number][] {
  const { histogram, minUs, p50Us, p90Us, p99Us, maxUs } = series
  try {
    const decoded = decodeFromCompressedBase64(histogram)
    const at = (percent: number) => decoded.getValueAtPercentile(percent) / NS_PER_US
    return [[minUs, 0], ...PERCENT.map((percent): [number, number] => [at(percent), percent])]
  } catch {
    // Somebody else's report: what stands in it in figures is still true.
    const known: [number | null, number][] = [
      [minUs, 0],
      [p50Us, 50],
      [p90Us, 90],
      [p99Us, 99],
      [maxUs, 100],
    ]
    return known.filter((point): point is [number, number] => point[0] !== null)
  }
}
