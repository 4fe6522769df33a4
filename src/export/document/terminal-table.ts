import { styleText } from 'node:util'
import { displayWidth, plainText, withoutOrders, wrapText } from '../../model/text/text-width.ts'
import type { Exporter, RenderOptions } from '../exporter.ts'
import { answerInShort } from '../report/answers/answer.ts'
import { reportDocument } from '../report/sections.ts'
import { type Screen, summaryDocument } from '../report/summary.ts'
import { type Block, paragraph, type Tone } from './document.ts'
import { drawChart, type Glyphs } from './draw-chart.ts'
import { clipText, SCREEN_LINES } from './fit-screen.ts'
import { layoutTable, type Paint } from './table-layout.ts'

type Style = Parameters<typeof styleText>[0]

const STYLE_OF: Record<Tone, Style> = {
  good: 'green',
  bad: 'red',
  mixed: 'yellow',
  faint: 'dim',
  strong: 'bold',
}

/** Narrower than this nothing can be read; lines are then left to the terminal. */
const MIN_COLUMNS = 20

export const table: Exporter = {
  extension: 'txt',
  render(report, options) {
    const { summary } = options
    const screen: Screen = {
      columns: Math.max(MIN_COLUMNS, options.columns),
      lines: SCREEN_LINES - (summary?.linesAfter ?? 0),
      // Below others, where some begin with an empty line.
      linesOf: (blocks) => linesIn(renderAsTable([paragraph('·'), ...blocks], options)) - 1,
    }
    const short = summary === undefined ? null : summaryDocument(report, summary, screen)
    if (short !== null) return renderAsTable(short, options)
    return withAnswerAgain(reportDocument(report, options), answerInShort(report), options)
  },
}

const MOST_LAST_LINES = 8

/**
 * What is more than a screen ends with its answer, where a terminal stands still:
 * as many sentences as leave the end of the rest in sight.
 */
export function withAnswerAgain(
  blocks: readonly Block[],
  answer: readonly string[],
  options: RenderOptions,
): string {
  const text = renderAsTable(blocks, options)
  if (linesIn(text) <= SCREEN_LINES) return text
  const [first, ...others] = answer
  if (first === undefined) return text
  const columns = Math.max(MIN_COLUMNS, options.columns)
  let told = renderAsTable([paragraph(clipText(first, columns, MOST_LAST_LINES - 1))], options)
  for (const sentence of others) {
    const more = told + renderAsTable([paragraph(sentence)], options)
    // An empty line parts them from the rest.
    if (linesIn(more) + 1 > MOST_LAST_LINES) break
    told = more
  }
  return `${text}\n${told}`
}

const linesIn = (text: string): number => text.split('\n').length - 1

/** For a terminal: wrapped to its width by display width, coloured where that is wanted. */
export function renderAsTable(
  blocks: readonly Block[],
  options: Pick<RenderOptions, 'columns' | 'colour' | 'glyphs'>,
): string {
  const columns = Math.max(MIN_COLUMNS, options.columns)
  const paint = painter(options)
  const lines = blocks.flatMap((block, index) => [
    ...(startsSection(block, blocks[index - 1]) ? [''] : []),
    ...blockLines(block, { columns, glyphs: options.glyphs ?? 'blocks' }, paint),
  ])
  return `${lines.map(withoutOrders).join('\n')}\n`
}

function painter({ colour }: Pick<RenderOptions, 'colour'>): Paint {
  if (!colour) return (text) => text
  return (text, tone) => {
    const style = tone && STYLE_OF[tone]
    // Whether there is a terminal was decided by who set `colour`; Node is not to decide again.
    return style === undefined || text === ''
      ? text
      : styleText(style, text, { validateStream: false })
  }
}

/** A blank line goes before headings and around notes, never before the first line. */
function startsSection(block: Block, before: Block | undefined): boolean {
  if (before === undefined) return false
  return block.kind === 'heading' ? before.kind !== 'heading' : block.kind === 'notes'
}

function blockLines(
  block: Block,
  { columns, glyphs }: { columns: number; glyphs: Glyphs },
  paint: Paint,
): string[] {
  switch (block.kind) {
    case 'heading':
      return textLines(block.text, columns, paint, block.level === 1 ? 'strong' : undefined)
    case 'paragraph':
      return textLines(block.text, columns, paint, block.tone)
    case 'list':
      return block.items.flatMap((item) => textLines(item, columns, paint, block.tone))
    case 'notes':
      return block.items.flatMap((item, index) => noteLines(`${index + 1}. `, item, columns))
    case 'table':
      return layoutTable(block, columns, paint)
    case 'chart': {
      const drawn = drawChart(block, columns, glyphs, paint)
      return drawn.length === 0 ? [] : [...textLines(block.says, columns, paint, 'faint'), ...drawn]
    }
  }
}

function textLines(text: string, columns: number, paint: Paint, tone: Tone | undefined): string[] {
  return wrapText(plainText(text), columns, 'anywhere').map((line) => paint(line, tone))
}

/** The lines after the first stand under its text, not under its number. */
function noteLines(mark: string, text: string, columns: number): string[] {
  const indent = ' '.repeat(displayWidth(mark))
  return wrapText(plainText(text), columns - indent.length, 'anywhere').map(
    (line, index) => (index === 0 ? mark : indent) + line,
  )
}
