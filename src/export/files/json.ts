import { jsonText } from '../document/json-text.ts'
import type { Exporter } from '../exporter.ts'

/** The report itself, as it is stored: indented, keys in the order of the schema. */
export const json: Exporter = {
  extension: 'json',
  render: (report) => jsonText(report),
}
