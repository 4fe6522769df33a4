import { markdown } from './document/markdown.ts'
import { table } from './document/terminal-table.ts'
import type { Exporter, Format } from './exporter.ts'
import { json } from './files/json.ts'
import { csv } from './files/results-csv.ts'
import { html } from './html/html.ts'

/** Every format by its name. Adding one is a file and a line. */
export const exporters: Readonly<Record<Format, Exporter>> = {
  table,
  csv,
  json,
  markdown,
  html,
}
