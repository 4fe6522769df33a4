import { scaleLinear, scaleLog } from 'd3-scale'
import { curveStepAfter, line } from 'd3-shape'
import type { Report, Series } from '../../../model/report/report.ts'
import { formatMicros, formatMicrosNumber } from '../../../model/text/format.ts'
import { catalogue, listNames } from '../../../model/text/language.ts'
import { percentsOf } from '../../report/histogram.ts'
import { isHttp, isMqtt, type RunCell, scenarioCellsOf } from '../../report/scenario-cells.ts'
import { WORDS } from '../../words.ts'
import { AXIS_HEIGHT, axisName, levels, uprights } from '../axes.ts'
import { element, label, labelWidth, type Picture, picture, protocolColour } from '../svg.ts'

const say = catalogue({
  en: {
    delivery: {
      proves: (scenario: string, told: string, link: string) =>
        `${scenario}: half of the messages are delivered within ${told} (${link}; one in flight; the thick line is the 95 % interval of the median)`,
      axis: 'delivery latency, µs',
    },
    response: {
      proves: (scenario: string, told: string, link: string) =>
        `${scenario}: half of the messages are completed within ${told} (${link}); what is only flushed has no response`,
      axis: 'response latency, µs',
    },
  },
  'zh-TW': {
    delivery: {
      proves: (scenario, told, link) =>
        `${scenario}：半數訊息送達的時間：${told}（${link}；一次一則在途；粗線是中位數的 95 % 區間）`,
      axis: '送達延遲，µs',
    },
    response: {
      proves: (scenario, told, link) =>
        `${scenario}：半數訊息完成的時間：${told}（${link}）；只送出不等回應者沒有回應`,
      axis: '回應延遲，µs',
    },
  },
})

/** The names of the curves stand right of it. */
const PLOT = { left: 56, right: 540, top: 16, bottom: 276 } as const
const LINE_HEIGHT = 16
const SHARES = [0, 25, 50, 75, 100]

type Kind = 'delivery' | 'response'

/** Delivery latency as it was distributed: the one that compares, since every transport has it. */
export const latencyPictures = (report: Report): Picture[] => picturesOf(report, 'delivery')

/** Response latency, apart from it: where there is a response. */
export const responsePictures = (report: Report): Picture[] => picturesOf(report, 'response')

function picturesOf(report: Report, kind: Kind): Picture[] {
  return scenarioCellsOf(report, 'uplink').flatMap(({ scenario, cells }) => {
    const rows = cells
      .filter((cell) => isHttp(cell) || isMqtt(cell))
      .flatMap((cell) => {
        const series = cell.status === 'measured' ? (cell.latency?.[kind] ?? null) : null
        return series === null || cell.status === 'skipped' ? [] : [{ cell, series }]
      })
    return rows.length === 0 ? [] : [ecdf(scenario.name, kind, rows)]
  })
}

interface Row {
  readonly cell: RunCell
  readonly series: Series
}

function ecdf(scenario: string, kind: Kind, rows: readonly Row[]): Picture {
  const curves = rows.map((row) => ({ ...row, points: pointsOf(row.series) }))
  const all = curves.flatMap(({ points }) => points.map(([micros]) => micros))
  const { left, right, top, bottom } = PLOT
  const x = scaleLog([Math.max(0.1, Math.min(...all)), Math.max(...all)], [left, right]).nice()
  const y = scaleLinear([0, 100], [bottom, top])
  const path = line<readonly [number, number]>()
    .x(([micros]) => x(Math.max(0.1, micros)))
    .y(([, percent]) => y(percent))
    .curve(curveStepAfter)
  const byMedian = curves.toSorted((a, b) => (a.series.p50Us ?? 0) - (b.series.p50Us ?? 0))
  const told = byMedian.flatMap(({ cell, series }) =>
    series.p50Us === null ? [] : [`${cell.transport} ${formatMicros(series.p50Us)}`],
  )
  const decades = x.ticks().filter((tick) => /^[1]0*$/.test(String(tick)) || tick < 1)
  return picture(
    kind === 'delivery' ? `latency-${scenario}` : `response-${scenario}`,
    say[kind].proves(scenario, listNames(told), rows[0]?.cell.link ?? ''),
    {
      width: right + labelWidth(curves.map(({ cell }) => endOf(cell))) + 16,
      height: Math.max(bottom + AXIS_HEIGHT, top + curves.length * LINE_HEIGHT + 14),
    },
    ...uprights(
      PLOT,
      decades.map((tick) => ({ at: x(tick), text: formatMicrosNumber(tick) })),
    ),
    ...levels(
      PLOT,
      SHARES.map((share) => ({ at: y(share), text: `${share} %` })),
    ),
    axisName(PLOT, say[kind].axis),
    ...curves.flatMap(({ cell, series, points }, index) => [
      element('path', {
        d: path(points) ?? '',
        fill: 'none',
        stroke: protocolColour(cell.protocol),
        'stroke-width': 2,
        ...(index > 0 && { 'stroke-dasharray': `${3 + index * 3} ${2 + index}` }),
      }),
      ...intervalOf(series).map(([from, to]) =>
        element('line', {
          ...{ x1: x(Math.max(0.1, from)), x2: x(Math.max(0.1, to)), y1: y(50), y2: y(50) },
          ...{ stroke: protocolColour(cell.protocol), 'stroke-width': 6 },
        }),
      ),
    ]),
    ...byMedian.map(({ cell }, index) =>
      label(right + 10, top + 14 + index * LINE_HEIGHT, endOf(cell)),
    ),
  )
}

const intervalOf = ({ medianIntervalUs }: Series): (readonly [number, number])[] =>
  medianIntervalUs === null ? [] : [medianIntervalUs]

const endOf = (cell: RunCell): string =>
  `${cell.transport}${WORDS.comma}${WORDS.completions[cell.completion]}`

/** Where there is no histogram, what stands in the report in figures is still true. */
function pointsOf(series: Series): [number, number][] {
  const { minUs, p50Us, p90Us, p99Us, maxUs } = series
  const known: [number | null, number][] = [
    [minUs, 0],
    [p50Us, 50],
    [p90Us, 90],
    [p99Us, 99],
    [maxUs, 100],
  ]
  return percentsOf(series) ?? known.filter((point): point is [number, number] => point[0] !== null)
}
