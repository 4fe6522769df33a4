import type { TapReport } from '../../model/report/tap/tap-report.ts'
import { catalogue } from '../../model/text/language.ts'
import type { Block } from '../document/document.ts'
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

const RENDERERS: Record<Format, (reports: readonly TapReport[], options: RenderOptions) => string> =
  {
    table: (reports, options) => renderAsTable(documentOf(reports), options),
    markdown: (reports) => renderAsMarkdown(documentOf(reports)),
    csv: (reports) => reports.map(renderTapLedgerCsv).join('\n'),
    json: (reports) => jsonText(reports.length === 1 ? reports[0] : reports),
    html: (reports) =>
      renderPage(
        say.page,
        reports.map((report) => ({
          title: reports.length === 1 ? say.traffic : `${report.listen} → ${report.target}`,
          look: 'open',
          blocks: tapDocument(report),
        })),
      ),
  }

const documentOf = (reports: readonly TapReport[]): Block[] => reports.flatMap(tapDocument)

/** What taps saw, one after the other; in JSON several are a list. */
export const renderTaps = (
  format: Format,
  reports: readonly TapReport[],
  options: RenderOptions,
): string => RENDERERS[format](reports, options)
