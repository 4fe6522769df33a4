import type { Cell, Report } from '../../model/report/report.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { type Block, heading, paragraph, plainTable, rowGroup } from '../document/document.ts'
import { WORDS } from '../words.ts'
import { countOrNothing } from './figure-table.ts'
import { micros } from './latency.ts'
import { type ScenarioCells, scenarioCells, scenarioHeading } from './scenario-cells.ts'

const say = catalogue({
  en: {
    coldStart: 'Cold start: connect, send one message, disconnect',
    whatIsShown:
      'of one message on its own connection: wire bytes with opening and closing it; round trips until it is acknowledged, TCP’s own included; response latency from before connecting, in microseconds on loopback, where a round trip costs next to nothing.',
    columns: {
      bytes: 'bytes',
      setup: 'of them setup',
      close: 'and close',
      roundTrips: 'round trips',
      p50: 'p50 to completion',
    },
  },
  'zh-TW': {
    coldStart: '冷啟動：建立連線、送出一則訊息、關閉連線',
    whatIsShown:
      '一則自己開連線的訊息：線路位元組，含建立與關閉連線；到確認為止的來回次數，含 TCP 的；回應延遲從建立連線之前算起，在 loopback 上以微秒計，那裡一次來回幾乎不花時間。',
    columns: {
      bytes: '位元組',
      setup: '其中建立',
      close: '與關閉',
      roundTrips: '來回',
      p50: '到完成的 p50',
    },
  },
})

/**
 * Transports that open a connection for each message: what a device costs that
 * wakes, sends one reading and goes away.
 */
export function coldStartBlocks(report: Report): Block[] {
  const sections = scenarioCells(report).flatMap((entry) => scenarioBlocks(entry, report))
  if (sections.length === 0) return []
  return [heading(1, say.coldStart), paragraph(say.whatIsShown, 'faint'), ...sections]
}

function scenarioBlocks({ scenario, cells }: ScenarioCells, report: Report): Block[] {
  const groups = cells.flatMap((cell) => {
    const row = figuresOf(cell, report)
    return row === null ? [] : [rowGroup(cell.transport, row)]
  })
  if (groups.length === 0) return []
  return [
    heading(2, scenarioHeading(scenario)),
    plainTable([WORDS.transport, WORDS.completion], Object.values(say.columns), groups),
  ]
}

function figuresOf(cell: Cell, { breakEven }: Report): string[] | null {
  if (cell.status !== 'measured' || cell.bytes === null) return null
  const cost = breakEven?.costs.find(
    ({ scenario, transport }) => scenario === cell.scenario && transport === cell.transport,
  )
  if (cost?.connection !== 'own') return null
  const { ledger, messages } = cell.bytes
  const each = (phase: 'setup' | 'close'): string =>
    formatCount(sumLedger(ledger, { phase }) / messages)
  return [
    WORDS.completions[cell.completion],
    formatCount(cost.bytes.further),
    each('setup'),
    each('close'),
    countOrNothing(cost.roundTrips?.further),
    micros(cell.latency?.response?.p50Us),
  ]
}
