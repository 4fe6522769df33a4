import { scaleLog } from 'd3-scale'
import { line } from 'd3-shape'
import type { Report } from '../../../model/report/report.ts'
import { formatCount, formatMicrosNumber } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { type Step, type Sweep, sweepName, sweepsOf, sweepText } from '../../report/sweep.ts'
import { WORDS } from '../../words.ts'
import { axisName, curvePlot, endNames, levels, uprights } from '../axes.ts'
import { element, type Picture, picture, protocolColour } from '../svg.ts'

const say = catalogue({
  en: {
    proves: (scenario: string, told: string) =>
      `${scenario}, response latency against the rate: ${told} (solid: p50, dashed: p99; a ring: the rate was no longer met)`,
    axis: 'messages offered a second',
  },
  'zh-TW': {
    proves: (scenario, told) =>
      `${scenario}，回應延遲對速率：${told}（實線：p50，虛線：p99；圓圈：已達不到要求的速率）`,
    axis: '每秒要求的訊息數',
  },
})

const LEFT = 110
const LEAST_US = 0.1

const PERCENTILES = [
  { key: 'p50Us', dash: undefined },
  { key: 'p99Us', dash: '5 4' },
] as const
type Percentile = (typeof PERCENTILES)[number]['key']

/** How long a message takes at each rate, and from which rate on a transport does not keep up. */
export function sweepPictures(report: Report): Picture[] {
  const all = sweepsOf(report).filter(({ steps }) => pointsOf(steps, 'p50Us').length > 1)
  return report.plan.scenarios.flatMap(({ name }) => {
    const own = all.filter(({ cell }) => cell.scenario === name)
    return own.length === 0 ? [] : [curves(name, own)]
  })
}

interface Point {
  readonly step: Step
  readonly us: number
}

const pointsOf = (steps: readonly Step[], key: Percentile): Point[] =>
  steps.flatMap((step) => {
    const us = step.stretch.response?.[key] ?? null
    return us === null ? [] : [{ step, us: Math.max(LEAST_US, us) }]
  })

function curves(scenario: string, sweeps: readonly Sweep[]): Picture {
  const { plot, size } = curvePlot(LEFT, sweeps.map(sweepName))
  const rates = sweeps.flatMap(({ steps }) => steps.map(({ offeredPerS }) => offeredPerS))
  const times = sweeps.flatMap(({ steps }) =>
    PERCENTILES.flatMap(({ key }) => pointsOf(steps, key).map(({ us }) => us)),
  )
  const x = scaleLog([Math.min(...rates) / 1.1, Math.max(...rates) * 1.1], [plot.left, plot.right])
  const y = scaleLog([Math.min(...times), Math.max(...times)], [plot.bottom, plot.top + 10]).nice()
  const path = line<Point>()
    .x(({ step }) => x(step.offeredPerS))
    .y(({ us }) => y(us))
  const { names, below } = endNames(
    plot,
    sweeps.map((sweep) => ({
      at: y(pointsOf(sweep.steps, 'p50Us').at(-1)?.us ?? LEAST_US),
      text: sweepName(sweep),
    })),
  )
  return picture(
    `sweep-${scenario}`,
    say.proves(scenario, sweeps.map(sweepText).join(WORDS.semicolon)),
    { ...size, height: Math.max(size.height, below) },
    ...uprights(
      plot,
      x.ticks(4).map((tick) => ({ at: x(tick), text: isDecade(tick) ? formatCount(tick) : '' })),
    ),
    ...levels(
      plot,
      y
        .ticks(5)
        .filter(isDecade)
        .map((tick) => ({ at: y(tick), text: `${formatMicrosNumber(tick)} µs` })),
    ),
    axisName(plot, say.axis),
    ...sweeps.flatMap(({ cell, steps }) =>
      PERCENTILES.flatMap(({ key, dash }) => {
        const stroke = protocolColour(cell.protocol)
        const points = pointsOf(steps, key)
        return [
          element('path', {
            ...{ d: path(points) ?? '', fill: 'none', stroke, 'stroke-width': 2 },
            'stroke-dasharray': dash,
          }),
          ...points.map(({ step, us }) => {
            const isMissed = step.stretch.rateMet === 'not met'
            return element('circle', {
              ...{ cx: x(step.offeredPerS), cy: y(us), r: isMissed ? 5 : 3, stroke },
              fill: isMissed ? '#ffffff' : stroke,
              'stroke-width': 2,
            })
          }),
        ]
      }),
    ),
    ...names,
  )
}

const isDecade = (value: number): boolean => Number.isInteger(Math.log10(value))
