import { displayWidth, plainText } from '../../model/text/text-width.ts'
import type { ChartBlock } from './document.ts'
import type { Paint } from './table-layout.ts'

/** What a chart is drawn with: block characters, or what every terminal has. */
export type Glyphs = 'blocks' | 'ascii'

/** From nothing to a full cell, upright and along the line. */
const HEIGHTS: Readonly<Record<Glyphs, string>> = { blocks: ' ▁▂▃▄▅▆▇█', ascii: ' .:-=+*#@' }
const WIDTHS: Readonly<Record<Glyphs, string>> = { blocks: ' ▏▎▍▌▋▊▉█', ascii: '        #' }
const STEPS = 8
/** Narrower than this a drawing says nothing. */
const LEAST_CELLS = 8

/** Lines of a chart, at most so wide; none where there is no room for it. */
export function drawChart(
  { rows, axis }: ChartBlock,
  columns: number,
  glyphs: Glyphs,
  paint: Paint,
): string[] {
  const names = rows.map(({ name }) => plainText(name))
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(displayWidth))
  const nameWidth = widest(names)
  const textWidth = widest(rows.map(({ text }) => text))
  const room = columns - nameWidth - 1 - (textWidth === 0 ? 0 : textWidth + 1)
  const cells = Math.min(room, Math.max(...rows.map(({ shape }) => wantedCells(shape))))
  if (cells < LEAST_CELLS) return []
  const lines = rows.map(({ shape, text, tone }, index) => {
    const name = names[index] as string
    const drawn = Array.isArray(shape)
      ? drawColumns(shape, cells, glyphs)
      : drawBar(shape as number, cells, glyphs)
    const before = name + ' '.repeat(nameWidth - displayWidth(name) + 1)
    return paint(`${before}${drawn} ${text}`.trimEnd(), tone)
  })
  const under = axisLine(axis, cells)
  return under === '' ? lines : [...lines, paint(' '.repeat(nameWidth + 1) + under, 'faint')]
}

const BAR_CELLS = 40

const wantedCells = (shape: ChartBlock['rows'][number]['shape']): number =>
  typeof shape === 'number' ? BAR_CELLS : shape.length

/** The highest of the columns that one cell stands for. */
function drawColumns(heights: readonly number[], cells: number, glyphs: Glyphs): string {
  return Array.from({ length: cells }, (_, cell) => {
    const from = Math.floor((cell * heights.length) / cells)
    const to = Math.max(from + 1, Math.floor(((cell + 1) * heights.length) / cells))
    // What is there at all is seen.
    const step = Math.ceil(Math.max(0, ...heights.slice(from, to)) * STEPS)
    return HEIGHTS[glyphs][Math.min(STEPS, step)]
  }).join('')
}

function drawBar(share: number, cells: number, glyphs: Glyphs): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * cells * STEPS)
  const full = Math.floor(eighths / STEPS)
  const rest = full < cells ? (WIDTHS[glyphs][eighths % STEPS] ?? '') : ''
  return (
    (WIDTHS[glyphs][STEPS] as string).repeat(full) +
    rest +
    ' '.repeat(Math.max(0, cells - full - 1))
  )
}

/** Values under the columns where they stand; those that another leaves no room for are left out. */
function axisLine(axis: ChartBlock['axis'], cells: number): string {
  let line = ''
  for (const { at, text } of axis) {
    const from = Math.round(at * (cells - 1))
    const width = displayWidth(line)
    if (from < width + (width === 0 ? 0 : 1) || from + displayWidth(text) > cells) continue
    line += ' '.repeat(from - width) + text
  }
  return line
}
