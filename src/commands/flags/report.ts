import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { CSV_DECIMALS, CSV_SEPARATORS } from '../../export/document/csv.ts'
import { FORMATS, SECTIONS } from '../../export/exporter.ts'
import { off, oneOf, text } from './kinds.ts'

export const REPORT_POSITIONALS = {
  file: {
    describe: 'report.json of a run, or the folder of the run (default: the last run in results/)',
    type: 'string',
  },
} as const satisfies Record<string, PositionalOptions>

const namesOf = <Name extends string>(given: Readonly<Record<Name, string>>): readonly Name[] =>
  Object.keys(given) as Name[]

export const OPEN_FLAGS = {
  open: off('show report.html in the browser too'),
} as const satisfies Record<string, Options>

/** How a report is printed, fresh or stored. */
export const RENDERING_FLAGS = {
  format: { ...oneOf('what to print on stdout', FORMATS), default: 'table' },
  'break-even': off('print every pair of transports: from how many messages one costs less'),
  full: off('print every section, not only the answer and the comparison'),
  section: text(`print only these, separated by commas: ${SECTIONS.join(', ')}`),
  ...OPEN_FLAGS,
  'csv-separator': oneOf(
    '--format csv: what stands between fields (default: comma)',
    namesOf(CSV_SEPARATORS),
  ),
  'csv-decimal': oneOf(
    '--format csv: the decimal mark; with comma, fields are parted by semicolons',
    namesOf(CSV_DECIMALS),
  ),
} as const satisfies Record<string, Options>

export const REPORT_FLAGS = {
  merge: {
    describe: 'merge reports of one plan: of several machines, or runs; histograms are added',
    type: 'string',
    array: true,
    requiresArg: true,
  },
  out: { alias: 'o', ...text('folder to write the merged report to') },
  plots: text('folder to write every picture to, as SVG with names that stay'),
  ...RENDERING_FLAGS,
} as const satisfies Record<string, Options>

export type ReportArguments = InferredOptionTypes<typeof REPORT_POSITIONALS & typeof REPORT_FLAGS>
