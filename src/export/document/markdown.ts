import { plainText, withoutOrders } from '../../model/text/text-width.ts'
import type { Exporter } from '../exporter.ts'
import { reportDocument } from '../report/sections.ts'
import type { Block, ChartBlock, TableBlock } from './document.ts'

export const markdown: Exporter = {
  extension: 'md',
  render: (report, options) => renderAsMarkdown(reportDocument(report, options)),
}

/** GitHub Flavored Markdown: the same content as the table, for a document or a pull request. */
export const renderAsMarkdown = (blocks: readonly Block[]): string =>
  `${blocks.filter(isWritten).map(blockText).join('\n\n').split('\n').map(withoutOrders).join('\n')}\n`

type Written = Exclude<Block, ChartBlock>
const isWritten = (block: Block): block is Written => block.kind !== 'chart'

function blockText(block: Written): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level + 1)} ${escapeText(block.text)}`
    case 'paragraph':
      return escapeText(block.text)
    case 'list':
      return block.items.map((item) => `- ${escapeText(item)}`).join('\n')
    case 'notes':
      return block.items.map((item, index) => `${index + 1}. ${escapeText(item)}`).join('\n')
    case 'table':
      return tableText(block)
  }
}

function tableText({ columns, groups }: TableBlock): string {
  const rows = groups.flatMap(({ first, rows: cells }) =>
    cells.map((row, index) => [index === 0 ? first.text : '', ...row.map(({ text }) => text)]),
  )
  return [
    rowText(columns.map(({ title }) => escapeText(title))),
    rowText(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => rowText(row.map(escapeText))),
  ].join('\n')
}

const rowText = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/**
 * Text that reads as it is written: what would begin a table cell, emphasis,
 * code, a link, HTML or an entity is escaped (GFM §2.4, §4.10, §6.2, §6.5).
 */
function escapeText(text: string): string {
  return (
    plainText(text)
      .replace(/[\\|`*_~]/g, '\\$&')
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/\]\(/g, ']\\(')
      // Nobody is called by what somebody else's traffic says.
      .replace(/@(?=[\p{L}\p{N}])/gu, '&#64;')
  )
}
