import type { Inspection } from '../../model/report/tap/inspection.ts'
import { formatBytes } from '../../model/text/format.ts'
import type { ExchangeFrame } from '../../model/wire/exchange.ts'
import { type Block, cellText, heading, paragraph, type TableBlock } from '../document/document.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { ByteText } from './byte-text.ts'
import { arrowOf } from './frame-lines.ts'
import { layerTitle } from './layers.ts'
import { excerptsOf, hexOf, type PartBytes, partsOf } from './part-bytes.ts'
import { cellFootBlocks, cellHeadBlocks, comparisonBlocks } from './sections.ts'

/** The same content as the text, a table a frame. */
export function renderInspectionMarkdown(inspection: Inspection): string {
  const blocks = inspection.cells.flatMap((cell): Block[] => [
    ...cellHeadBlocks(inspection, cell),
    ...(cell.exchange?.frames ?? []).flatMap((frame) =>
      frameBlocks(frame, cell.exchange?.connections ?? 1),
    ),
    ...cellFootBlocks(cell),
  ])
  return renderAsMarkdown([...blocks, ...comparisonBlocks(inspection)])
}

function frameBlocks(frame: ExchangeFrame, connections: number): Block[] {
  const { label, clause, offset, lengthBytes, phase, connection } = frame
  const on = connections > 1 ? ` of connection ${connection}` : ''
  return [
    heading(2, `${arrowOf(frame)} ${label}`),
    paragraph(`${clause}; ${formatBytes(lengthBytes)} at offset ${offset}${on}; ${phase}`),
    partsTable(partsOf(frame)),
  ]
}

function partsTable(parts: readonly PartBytes[]): TableBlock {
  return {
    kind: 'table',
    frame: 'plain',
    columns: ['bytes', 'text', 'layer', 'field', 'value', 'clause'].map((title) => ({
      title,
      align: 'left',
    })),
    groups: parts.map(({ part, bytes }) => {
      const [hex, text] = describeBytes(bytes, part.lengthBytes)
      return {
        first: cellText(hex),
        rows: [
          [text, layerTitle(part.layer), part.label, part.text ?? '', part.clause ?? ''].map(
            (value) => cellText(value),
          ),
        ],
      }
    }),
  }
}

function describeBytes(bytes: Uint8Array | null, lengthBytes: number): [string, string] {
  if (bytes === null) return [`(${formatBytes(lengthBytes)} withheld)`, '']
  if (lengthBytes === 0) return ['(0 B)', '']
  const text = new ByteText(bytes)
  const excerpts = excerptsOf(lengthBytes)
  const hex = excerpts.map((excerpt) =>
    excerpt.kind === 'shown'
      ? hexOf(bytes.subarray(excerpt.from, excerpt.until))
      : `… ${formatBytes(excerpt.count)} left out …`,
  )
  const shown = excerpts.map((excerpt) =>
    excerpt.kind === 'shown' ? text.cells(excerpt.from, excerpt.until) : '…',
  )
  return [hex.join(' '), shown.join(' ')]
}
