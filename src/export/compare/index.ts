import type { ReportComparison } from '../../model/report/comparison.ts'
import { saidInEnglish } from '../../model/said/said.ts'
import { catalogue } from '../../model/text/language.ts'
import { jsonText } from '../document/json-text.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { withAnswerAgain } from '../document/terminal-table.ts'
import type { Format, RenderOptions } from '../exporter.ts'
import { renderPage } from '../html/page.ts'
import { renderComparisonCsv } from './csv.ts'
import { comparisonAnswer, comparisonDocument } from './document.ts'

const say = catalogue({
  en: { page: 'Two runs compared', differences: 'Differences' },
  'zh-TW': { page: '兩次測量的比較', differences: '差異' },
})

const RENDERERS: Record<Format, (comparison: ReportComparison, options: RenderOptions) => string> =
  {
    table: (comparison, options) =>
      withAnswerAgain(comparisonDocument(comparison), comparisonAnswer(comparison), options),
    markdown: (comparison) => renderAsMarkdown(comparisonDocument(comparison)),
    csv: renderComparisonCsv,
    json: (comparison) =>
      jsonText({ ...comparison, warnings: comparison.warnings.map(saidInEnglish) }),
    html: (comparison) =>
      renderPage(say.page, [
        { title: say.differences, look: 'open', blocks: comparisonDocument(comparison) },
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
