import type { Inspection } from '../../model/inspection.ts'
import type { RenderOptions } from '../exporter.ts'
import { renderInspectionJson } from './json.ts'
import { renderInspectionMarkdown } from './markdown.ts'
import { renderInspectionText } from './text.ts'

export const INSPECT_FORMATS = ['table', 'json', 'markdown'] as const
export type InspectFormat = (typeof INSPECT_FORMATS)[number]

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
