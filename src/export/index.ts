import type { Exporter, Format } from './exporter.ts'
import { json } from './json.ts'
import { markdown } from './markdown.ts'
import { csv } from './results-csv.ts'
import { table } from './table.ts'

/** Every format by its name. Adding one is a file and a line. */
export const exporters: Readonly<Record<Format, Exporter>> = { table, csv, json, markdown }
