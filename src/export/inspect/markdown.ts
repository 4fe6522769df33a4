import type { Inspection } from '../../model/report/tap/inspection.ts'
import { formatBytes } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import type { ExchangeFrame } from '../../model/wire/exchange.ts'
import {
  type Block,
  heading,
  paragraph,
  plainTable,
  rowGroup,
  type TableBlock,
} from '../document/document.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { ARROWS, WORDS } from '../words.ts'
import { ByteText } from './byte-text.ts'
import { FRAME_WORDS } from './frame-lines.ts'
import { layerTitle } from './layers.ts'
import { excerptsOf, hexOf, type PartBytes, partsOf } from './part-bytes.ts'
import { cellFootBlocks, cellHeadBlocks, comparisonBlocks } from './sections.ts'

interface Facts {
  clause: string
  bytes: string
  offset: number
  connection: number | null
  phase: string
}

const say = catalogue({
  en: {
    facts: ({ clause, bytes, offset, connection, phase }: Facts) =>
      `${clause}; ${bytes} at offset ${offset}${connection === null ? '' : ` of connection ${connection}`}; ${phase}`,
    columns: {
      ...{ bytes: 'bytes', text: 'text', layer: 'layer' },
      ...{ field: 'field', value: 'value', clause: 'clause' },
    },
  },
  'zh-TW': {
    facts: ({ clause, bytes, offset, connection, phase }) =>
      `${clause}；${connection === null ? '' : `連線 ${connection}，`}位移 ${offset} 起 ${bytes}；${phase}`,
    columns: {
      ...{ bytes: '位元組', text: '文字', layer: '層' },
      ...{ field: '欄位', value: '值', clause: '條文' },
    },
  },
})

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
  const facts = { clause, bytes: formatBytes(lengthBytes), offset, phase: WORDS.phases[phase] }
  return [
    heading(2, `${ARROWS[frame.direction]} ${label}`),
    paragraph(say.facts({ ...facts, connection: connections > 1 ? connection : null })),
    partsTable(partsOf(frame)),
  ]
}

function partsTable(parts: readonly PartBytes[]): TableBlock {
  return plainTable(
    Object.values(say.columns),
    [],
    parts.map(({ part, bytes }) => {
      const [hex, text] = describeBytes(bytes, part.lengthBytes)
      return rowGroup(hex, [
        text,
        layerTitle(part.layer),
        part.label,
        part.text ?? '',
        part.clause ?? '',
      ])
    }),
  )
}

function describeBytes(bytes: Uint8Array | null, lengthBytes: number): [string, string] {
  if (bytes === null) return [FRAME_WORDS.withheld(formatBytes(lengthBytes)), '']
  if (lengthBytes === 0) return ['(0 B)', '']
  const text = new ByteText(bytes)
  const excerpts = excerptsOf(lengthBytes)
  const hex = excerpts.map((excerpt) =>
    excerpt.kind === 'shown'
      ? hexOf(bytes.subarray(excerpt.from, excerpt.until))
      : FRAME_WORDS.leftOut(formatBytes(excerpt.count)),
  )
  const shown = excerpts.map((excerpt) =>
    excerpt.kind === 'shown' ? text.cells(excerpt.from, excerpt.until) : '…',
  )
  return [hex.join(' '), shown.join(' ')]
}
