import type { Inspection } from '../../model/report/tap/inspection.ts'
import type { RenderOptions } from '../exporter.ts'
import type { InspectFormat } from './formats.ts'
import { renderInspectionJson } from './json.ts'
import { renderInspectionMarkdown } from './markdown.ts'
import { renderInspectionText } from './text.ts'

const RENDERERS: Record<InspectFormat, (inspection: Inspection, options: RenderOptions) => string> =
  {
    table: renderInspectionText,
    markdown: renderInspectionMarkdown,
    json: renderInspectionJson,
  }

/** What was said on some transports, byte by byte. */
export const renderInspection = (
  format: InspectFormat,
  inspection: Inspection,
  options: RenderOptions,
): string => RENDERERS[format](inspection, options)
