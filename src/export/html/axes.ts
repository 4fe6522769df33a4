import { element, FAINT, GRID, label, labelWidth } from './svg.ts'

/** Where a plot stands in its picture. */
export interface Plot {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** A line across a plot; what stands at its end, if anything. */
export interface Tick {
  readonly at: number
  readonly text: string
}

/** Upright lines, their values below the plot. */
export const uprights = ({ top, bottom }: Plot, ticks: readonly Tick[]): string[] =>
  ticks.flatMap(({ at, text }) => [
    element('line', { x1: at, x2: at, y1: top, y2: bottom, ...GRID }),
    ...(text === '' ? [] : [label(at, bottom + 18, text, { ...FAINT, 'text-anchor': 'middle' })]),
  ])

/** Level lines, their values left of the plot. */
export const levels = ({ left, right }: Plot, ticks: readonly Tick[]): string[] =>
  ticks.flatMap(({ at, text }) => [
    element('line', { x1: left, x2: right, y1: at, y2: at, ...GRID }),
    ...(text === '' ? [] : [label(left - 8, at + 4, text, { ...FAINT, 'text-anchor': 'end' })]),
  ])

/** What the lower axis counts, below its values. */
export const axisName = ({ left, right, bottom }: Plot, text: string): string =>
  label((left + right) / 2, bottom + 36, text, { ...FAINT, 'text-anchor': 'middle' })

/** The room that the values of the lower axis and its name take. */
export const AXIS_HEIGHT = 44

const LINE_HEIGHT = 15
const LEAST_HEIGHT = 340

/** A plot whose curves have their names right of it, and is as high as those need; and the size of its picture. */
export function curvePlot(left: number, names: readonly string[]) {
  const plot = { left, right: 540, top: 16 }
  const height = Math.max(LEAST_HEIGHT, names.length * LINE_HEIGHT + plot.top + AXIS_HEIGHT)
  const size = { width: plot.right + labelWidth(names) + 16, height }
  return { plot: { ...plot, bottom: height - AXIS_HEIGHT }, size }
}

/** The names of curves where each ends, none on another, and below which line they have ended. */
export function endNames(
  { right }: Plot,
  ends: readonly Tick[],
): { names: string[]; below: number } {
  let below = Number.NEGATIVE_INFINITY
  const fromTheTop = ends.toSorted((a, b) => a.at - b.at)
  const names = fromTheTop.map(({ at, text }) => {
    const y = Math.max(at, below)
    below = y + LINE_HEIGHT
    return label(right + 8, y + 4, text)
  })
  return { names, below }
}
