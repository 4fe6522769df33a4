import type { TapReport } from '../../model/report/tap/tap-report.ts'
import { catalogue } from '../../model/text/language.ts'
import { jsonText } from '../document/json-text.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { renderAsTable } from '../document/terminal-table.ts'
import type { Format, RenderOptions } from '../exporter.ts'
import { renderPage } from '../html/page.ts'
import { tapDocument } from './document.ts'
import { renderTapLedgerCsv } from './ledger-csv.ts'

const say = catalogue({
  en: { page: 'What a tap saw', traffic: 'Traffic' },
  'zh-TW': { page: 'tap 所見的流量', traffic: '流量' },
})

const RENDERERS: Record<Format, (report: TapReport, options: RenderOptions) => string> = {
  table: (report, options) => renderAsTable(tapDocument(report), options),
  markdown: (report) => renderAsMarkdown(tapDocument(report)),
  csv: renderTapLedgerCsv,
  json: (report) => jsonText(report),
  html: (report) =>
    renderPage(say.page, [{ title: say.traffic, look: 'open', blocks: tapDocument(report) }]),
}

/** What a tap saw. */
export const renderTap = (format: Format, report: TapReport, options: RenderOptions): string =>
  RENDERERS[format](report, options)
