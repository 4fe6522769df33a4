import type { CaptureLedger } from '../../model/report/captured.ts'
import { jsonText } from '../document/json-text.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { renderAsTable } from '../document/terminal-table.ts'
import type { RenderOptions } from '../exporter.ts'
import type { InspectFormat } from '../inspect/formats.ts'
import { captureDocument } from './document.ts'

const RENDERERS: Record<InspectFormat, (capture: CaptureLedger, options: RenderOptions) => string> =
  {
    table: (capture, options) => renderAsTable(captureDocument(capture), options),
    markdown: (capture) => renderAsMarkdown(captureDocument(capture)),
    json: (capture) => jsonText(capture),
  }

/** The ledgers of a capture file. */
export const renderCapture = (
  format: InspectFormat,
  capture: CaptureLedger,
  options: RenderOptions,
): string => RENDERERS[format](capture, options)
