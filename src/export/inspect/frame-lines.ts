import { styleText } from 'node:util'
import { formatBytes } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { displayWidth, plainText, wrapText } from '../../model/text/text-width.ts'
import type { ExchangeFrame } from '../../model/wire/exchange.ts'
import type { FramePart } from '../../model/wire/frame.ts'
import type { RenderOptions } from '../exporter.ts'
import { ARROWS, WORDS } from '../words.ts'
import { ByteText } from './byte-text.ts'
import { layerTitle, paintLayer } from './layers.ts'
import { excerptsOf, hexOf, type PartBytes, partsOf } from './part-bytes.ts'

export type Screen = Pick<RenderOptions, 'columns' | 'colour'>

/** The words that stand among bytes, in text and in Markdown. */
export const FRAME_WORDS = catalogue({
  en: {
    offset: (offset: number) => `offset ${offset}`,
    connection: (number: number) => `connection ${number}`,
    withheld: (bytes: string) => `(${bytes} withheld)`,
    leftOut: (bytes: string) => `… ${bytes} left out …`,
  },
  'zh-TW': {
    offset: (offset) => `位移 ${offset}`,
    connection: (number) => `連線 ${number}`,
    withheld: (bytes) => `（${bytes}，不顯示）`,
    leftOut: (bytes) => `… 略去 ${bytes} …`,
  },
})
const say = FRAME_WORDS

const GAP = '  '
const LAYER_WIDTH = 'security'.length
/** Narrower than this the field cannot stand beside its bytes, and stands above them. */
const NARROWEST_FIELD = 20
const MIN_COLUMNS = 20

/** A frame: its heading, then each part with its bytes, text, layer, field, value and clause. */
export function frameLines(frame: ExchangeFrame, connections: number, screen: Screen): string[] {
  const columns = Math.max(MIN_COLUMNS, screen.columns)
  const layout = layoutFor(columns)
  return [
    ...headingLines(frame, connections, { ...screen, columns }),
    ...partsOf(frame).flatMap((part) => layout(part, frame.clause, { ...screen, columns })),
  ]
}

function headingLines(frame: ExchangeFrame, connections: number, screen: Screen): string[] {
  const { label, clause, offset, lengthBytes, phase, connection } = frame
  const facts = [
    clause,
    say.offset(offset),
    formatBytes(lengthBytes),
    WORDS.phases[phase],
    ...(connections > 1 ? [say.connection(connection)] : []),
  ]
  const text = `${ARROWS[frame.direction]} ${plainText(label)} · ${facts.map(plainText).join(' · ')}`
  const bold = (line: string): string =>
    screen.colour ? styleText('bold', line, { validateStream: false }) : line
  return wrapText(text, screen.columns, 'anywhere').map(bold)
}

type PartLayout = (part: PartBytes, frameClause: string, screen: Screen) => string[]

function layoutFor(columns: number): PartLayout {
  for (const bytesALine of [16, 8, 4]) {
    const fieldWidth = columns - widthBefore(bytesALine)
    // Sixteen only where the field has room all the same.
    if (fieldWidth >= (bytesALine === 16 ? 2 * NARROWEST_FIELD : NARROWEST_FIELD)) {
      return (part, clause, screen) => besideLines(part, clause, { ...screen, bytesALine })
    }
  }
  return stackedLines
}

const hexWidth = (bytesALine: number): number => 3 * bytesALine - 1
const bytesWidth = (bytesALine: number): number => hexWidth(bytesALine) + GAP.length + bytesALine
const widthBefore = (bytesALine: number): number =>
  GAP.length + bytesWidth(bytesALine) + GAP.length + LAYER_WIDTH + GAP.length

function besideLines(
  { part, bytes }: PartBytes,
  frameClause: string,
  { columns, colour, bytesALine }: Screen & { bytesALine: number },
): string[] {
  const left = byteLines(part, bytes, bytesALine)
  const field = wrapText(
    describeField(part, frameClause),
    columns - widthBefore(bytesALine),
    'anywhere',
  )
  const blank = ' '.repeat(bytesWidth(bytesALine))
  return Array.from({ length: Math.max(left.length, field.length) }, (_, index) => {
    const layer = index === 0 ? layerTitle(part.layer) : ''
    const start = [
      left[index] ?? blank,
      layer + ' '.repeat(Math.max(0, LAYER_WIDTH - displayWidth(layer))),
    ].join(GAP)
    const painted = paintLayer(start, part.layer, colour)
    return `${GAP}${painted}${GAP}${field[index] ?? ''}`.trimEnd()
  })
}

/** For a narrow terminal: the field first, then its bytes as many a line as fit. */
function stackedLines(
  { part, bytes }: PartBytes,
  frameClause: string,
  { columns, colour }: Screen,
): string[] {
  const room = columns - 2 * GAP.length
  const field = `${layerTitle(part.layer)}: ${describeField(part, frameClause)}`
  const bytesALine = Math.max(1, Math.min(8, Math.floor((room - 1) / 4)))
  return [
    ...wrapText(field, columns - GAP.length, 'anywhere').map((line) => `${GAP}${line}`),
    ...byteLines(part, bytes, bytesALine).map(
      (line) => `${GAP}${GAP}${paintLayer(line.trimEnd(), part.layer, colour)}`,
    ),
  ]
}

/** `Remaining Length: 28 (§2.2.3)`. */
function describeField({ label, text, clause }: FramePart, frameClause: string): string {
  const value = text === undefined ? '' : `: ${text}`
  const where = clause === undefined ? '' : ` (${shorten(clause, frameClause)})`
  return plainText(`${label}${value}${where}`)
}

/** The heading has named the specification already. */
function shorten(clause: string, frameClause: string): string {
  const specification = frameClause.split('§')[0] ?? ''
  return clause.startsWith(`${specification}§`) ? clause.slice(specification.length) : clause
}

/** Hex and text of a part, all lines of the same width. */
function byteLines(part: FramePart, bytes: Uint8Array | null, bytesALine: number): string[] {
  const width = bytesWidth(bytesALine)
  const pad = (line: string): string => line + ' '.repeat(Math.max(0, width - displayWidth(line)))
  const remark = (text: string): string[] => wrapText(text, width, 'anywhere').map(pad)
  if (bytes === null) return remark(say.withheld(formatBytes(part.lengthBytes)))
  if (bytes.length === 0) return remark('(0 B)')
  const text = new ByteText(bytes)
  return excerptsOf(bytes.length).flatMap((excerpt) => {
    if (excerpt.kind === 'left out') return remark(say.leftOut(formatBytes(excerpt.count)))
    const lines: string[] = []
    for (let from = excerpt.from; from < excerpt.until; from += bytesALine) {
      const until = Math.min(excerpt.until, from + bytesALine)
      const hex = hexOf(bytes.subarray(from, until)).padEnd(hexWidth(bytesALine))
      lines.push(pad(`${hex}${GAP}${text.cells(from, until)}`))
    }
    return lines
  })
}
