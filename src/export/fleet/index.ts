import type { FleetReport } from '../../model/fleet/fleet-report.ts'
import { paragraph } from '../document/document.ts'
import { jsonText } from '../document/json-text.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { withAnswerAgain } from '../document/terminal-table.ts'
import type { Format, RenderOptions } from '../exporter.ts'
import { renderPage } from '../html/page.ts'
import { answerLines } from './answer.ts'
import { onBasis } from './basis.ts'
import { renderFleetCsv } from './csv.ts'
import { fleetDocument, fleetInFull } from './document.ts'
import { fleetPictures } from './pictures.ts'
import { renderScreen } from './screen.ts'
import { sayPage } from './words/page-words.ts'
import { say } from './words/words.ts'

/** A fleet's month in one of the formats of a report; `summary` is a screen of it. */
export function renderFleet(format: Format, report: FleetReport, options: RenderOptions): string {
  switch (format) {
    case 'table':
      return options.summary === undefined
        ? withAnswerAgain(fleetInFull(report), answerLines(report), options)
        : renderScreen(report, options)
    case 'markdown':
      return renderAsMarkdown(fleetDocument(report))
    case 'csv':
      return renderFleetCsv(report)
    case 'json':
      return jsonText(report)
    case 'html':
      return pageOf(report)
  }
}

function pageOf(report: FleetReport): string {
  const title = sayPage.page(report.fleet.name)
  return renderPage(title, [
    {
      ...{ title: say.title(report.fleet.name, report.fleet.devices), look: 'answer' },
      blocks: answerLines(report).map((text) => paragraph(text)),
    },
    {
      title: onBasis(report, say.bytes, 'modelled'),
      look: 'open',
      blocks: [],
      pictures: fleetPictures(report),
    },
    { title, look: 'open', blocks: fleetDocument(report) },
  ])
}
