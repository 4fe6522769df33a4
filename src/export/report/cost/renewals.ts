import type { Cell, Report } from '../../../model/report/report.ts'
import { formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { type Block, heading, paragraph, plainTable, rowGroup } from '../../document/document.ts'
import { scenarioCells } from '../scenario-cells.ts'

const say = catalogue({
  en: {
    title: 'Connections that the server ended',
    cell: (scenario: string, transport: string) => `${scenario} on ${transport}`,
    whatIsShown:
      'and that the client would have kept; bytes each: what opening another takes, beside a message of its own. In setup and close they are all counted; break-even has them where they fall, between the messages.',
    scenarioAndTransport: 'scenario and transport',
    columns: {
      pass: 'pass',
      ended: 'ended by it',
      again: 'opened again',
      messages: 'messages each',
      bytes: 'bytes each',
      twice: 'sent twice',
    },
    passes: { bytes: 'bytes', latency: 'latency' },
  },
  'zh-TW': {
    title: '被伺服器關閉的連線',
    cell: (scenario, transport) => `${scenario}／${transport}`,
    whatIsShown:
      '這些連線用戶端原本會保持；每次位元組：除了訊息本身，再開一條要多少。在建立與關閉中全部計入；平衡點則把它們算在發生的位置，也就是訊息之間。',
    scenarioAndTransport: '情境與傳輸方式',
    columns: {
      pass: '測量',
      ended: '由它關閉',
      again: '重新開啟',
      messages: '每條訊息數',
      bytes: '每次位元組',
      twice: '重送',
    },
    passes: { bytes: '位元組', latency: '延遲' },
  },
})

/**
 * Connections that a client would have kept and its server ended. What it took to
 * open others belongs to the messages in between, and not to the first one.
 */
export function renewalBlocks(report: Report): Block[] {
  const groups = scenarioCells(report).flatMap(({ scenario, cells }) =>
    cells.flatMap((cell) => {
      const rows = rowsOf(cell)
      return rows.length === 0 ? [] : [rowGroup(say.cell(scenario.name, cell.transport), ...rows)]
    }),
  )
  if (groups.length === 0) return []
  const { pass, ...figures } = say.columns
  return [
    heading(1, say.title),
    paragraph(say.whatIsShown, 'faint'),
    plainTable([say.scenarioAndTransport, pass], Object.values(figures), groups),
  ]
}

function rowsOf(cell: Cell): string[][] {
  if (cell.status === 'skipped') return []
  const rows: string[][] = []
  const { renewals } = cell.bytes ?? {}
  if (renewals !== undefined) {
    const { serverEnds, connections, everyMessages, further, begun, repeated } = renewals
    const extra = begun.wireBytes - (further?.wireBytes ?? 0)
    rows.push([
      say.passes.bytes,
      ...[serverEnds, connections, everyMessages, extra, repeated ?? 0].map(formatCount),
    ])
  }
  const timed = cell.latency?.renewals
  if (timed !== undefined) {
    const { connections, repeated } = timed
    rows.push([say.passes.latency, '', formatCount(connections), '', '', formatCount(repeated)])
  }
  return rows
}
