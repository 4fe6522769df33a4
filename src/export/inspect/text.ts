import type { Inspection } from '../../model/report/tap/inspection.ts'
import { paragraph } from '../document/document.ts'
import { renderAsTable } from '../document/terminal-table.ts'
import type { RenderOptions } from '../exporter.ts'
import { frameLines } from './frame-lines.ts'
import { cellFootBlocks, cellHeadBlocks, comparisonBlocks, legend } from './sections.ts'

/** For a terminal: every byte of every transport in turn, then all side by side. */
export function renderInspectionText(inspection: Inspection, options: RenderOptions): string {
  const sections = [
    renderAsTable([paragraph(legend(), 'faint')], options),
    ...inspection.cells.flatMap((cell) => [
      renderAsTable(cellHeadBlocks(inspection, cell), options),
      ...(cell.exchange?.frames ?? []).map((frame) => {
        const lines = frameLines(frame, cell.exchange?.connections ?? 1, options)
        return `${lines.join('\n')}\n`
      }),
      renderAsTable(cellFootBlocks(cell), options),
    ]),
    renderAsTable(comparisonBlocks(inspection), options),
  ]
  return sections.filter((section) => section.trim() !== '').join('\n')
}
