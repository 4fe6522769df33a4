import type { CaptureLedger } from '../../model/report/tap/captured.ts'
import { jsonText } from '../document/json-text.ts'
import { renderAsMarkdown } from '../document/markdown.ts'
import { renderAsTable } from '../document/terminal-table.ts'
import type { RenderOptions } from '../exporter.ts'
import type { CaptureFormat } from '../inspect/formats.ts'
import { renderCaptureCsv } from './csv.ts'
import { captureDocument } from './document.ts'

export interface CaptureRenderOptions extends Pick<RenderOptions, 'columns' | 'colour'> {
  /** `short` if left out. */
  extent?: 'short' | 'full'
}

const RENDERERS: Record<
  CaptureFormat,
  (capture: CaptureLedger, options: CaptureRenderOptions) => string
> = {
  table: (capture, options) =>
    renderAsTable(captureDocument(capture, options.extent ?? 'short'), options),
  markdown: (capture, { extent = 'short' }) => renderAsMarkdown(captureDocument(capture, extent)),
  json: jsonText,
  csv: renderCaptureCsv,
}

/** The ledgers of a capture file. */
export const renderCapture = (
  format: CaptureFormat,
  capture: CaptureLedger,
  options: CaptureRenderOptions,
): string => RENDERERS[format](capture, options)
