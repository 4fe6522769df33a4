import type { ReportComparison } from '../../model/report/comparison.ts'
import { jsonText } from '../document/json-text.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { renderAsTable } from '../document/terminal-table.ts'
import type { Format, RenderOptions } from '../exporter.ts'
import { renderPage } from '../html/page.ts'
import { renderComparisonCsv } from './csv.ts'
import { comparisonDocument } from './document.ts'

const RENDERERS: Record<Format, (comparison: ReportComparison, options: RenderOptions) => string> =
  {
    table: (comparison, options) => renderAsTable(comparisonDocument(comparison), options),
    markdown: (comparison) => renderAsMarkdown(comparisonDocument(comparison)),
    csv: renderComparisonCsv,
    json: (comparison) => jsonText(comparison),
    html: (comparison) =>
      renderPage('Two runs compared', 'en', [
        { title: 'Differences', look: 'open', blocks: comparisonDocument(comparison) },
      ]),
  }

/** Two reports side by side in one of the formats of a report. */
export function renderComparison(
  format: Format,
  comparison: ReportComparison,
  options: RenderOptions,
): string {
  return RENDERERS[format](comparison, options)
}
