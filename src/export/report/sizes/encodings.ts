import { groupBy } from '../../../model/group-by.ts'
import { findMetric } from '../../../model/report/metric.ts'
import type { Cell, Report } from '../../../model/report/report.ts'
import { encodingFamilyOf } from '../../../model/scenario/encoding-family.ts'
import { type Compression, encodingName } from '../../../model/scenario/payload/encoded.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import {
  BLANK,
  type Block,
  type CellText,
  cellText,
  heading,
  paragraph,
  plainTable,
  rowGroup,
} from '../../document/document.ts'
import { WORDS } from '../../words.ts'
import { type ScenarioCells, scenarioCells } from '../scenario-cells.ts'

const say = catalogue({
  en: {
    title: 'Encodings',
    covers:
      'the same content in each encoding, as it is and compressed: bytes of the payload, then of one message with its acknowledgement on the wire, both directions, steady phase. A compressed size is of this zlib; another may differ by one in a hundred.',
    encoding: 'encoding',
    payload: 'payload',
    none: 'as it is',
    asSent: 'as sent',
  },
  'zh-TW': {
    title: '編碼',
    covers:
      '相同內容以各種編碼寫成，未壓縮與壓縮後：先是負載的位元組，再是一則訊息連同確認在線路上的位元組，雙向合計，穩定階段。壓縮後的大小屬於這個 zlib；換一個可能相差百分之一。',
    encoding: '編碼',
    payload: '負載',
    none: '未壓縮',
    asSent: '原樣送出',
  },
})

type Entry = ScenarioCells & { family: NonNullable<ReturnType<typeof encodingFamilyOf>> }

/** What the same content takes in one encoding and in another: one table for each file that lists any. */
export function encodingBlocks(report: Report): Block[] {
  const all = scenarioCells(report).flatMap((entry): Entry[] => {
    const family = encodingFamilyOf(entry.scenario)
    return family === null ? [] : [{ ...entry, family }]
  })
  const shown = [...groupBy(all, ({ family }) => family.name).values()].filter(
    (entries) =>
      entries.length > 1 &&
      entries.some(({ cells }) => cells.some((cell) => payloadOf(cell) !== null)),
  )
  if (shown.length === 0) return []
  return [heading(1, say.title), paragraph(say.covers, 'faint'), ...shown.flatMap(familyBlocks)]
}

const nameOf = ({ payload: { encoding } }: Scenario): string =>
  encoding === undefined ? say.asSent : encodingName(encoding)

const compressOf = ({ payload: { compress = 'none' } }: Scenario): Compression => compress

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)]

function familyBlocks(entries: readonly Entry[]): Block[] {
  const compressions = unique(entries.map(({ scenario }) => compressOf(scenario)))
  const transports = unique(entries.flatMap(({ cells }) => cells.map(({ transport }) => transport)))
  const [{ family }] = entries as [Entry, ...Entry[]]
  const title = wordsOf(family.title)
  const named = (compress: Compression): string => (compress === 'none' ? say.none : compress)
  const figures = [
    { title: say.payload, of: payloadOf },
    ...transports.map((transport) => ({
      title: transport,
      of: (cell: Cell) => (cell.transport === transport ? wireOf(cell) : null),
    })),
  ]
  const columns = compressions.flatMap((compress) =>
    figures.map((figure) => ({
      ...figure,
      compress,
      title: figure.title + WORDS.comma + named(compress),
    })),
  )
  return [
    heading(2, family.name === title ? title : WORDS.named(family.name, title)),
    plainTable(
      [say.encoding],
      columns.map(({ title }) => title),
      unique(entries.map(({ scenario }) => nameOf(scenario))).map((encoding) =>
        rowGroup(
          encoding,
          columns.map(({ of, compress }) =>
            figureText(
              entries
                .filter(
                  ({ scenario }) =>
                    nameOf(scenario) === encoding && compressOf(scenario) === compress,
                )
                .flatMap(({ cells }) => cells.flatMap((cell) => of(cell) ?? [])),
            ),
          ),
        ),
      ),
    ),
  ]
}

const figureText = ([first]: readonly number[]): CellText =>
  first === undefined ? BLANK : cellText(formatCount(first))

const payloadOf = (cell: Cell): number | null => findMetric('payload_bytes')?.of(cell) ?? null
const wireOf = (cell: Cell): number | null => findMetric('wire_bytes_per_message')?.of(cell) ?? null
