import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { CSV_DECIMALS, CSV_SEPARATORS } from '../../export/document/csv.ts'
import { FORMATS, SECTIONS } from '../../export/exporter.ts'

export const REPORT_POSITIONALS = {
  file: {
    describe: 'report.json of a run, or the folder of the run (default: the last run in results/)',
    type: 'string',
  },
} as const satisfies Record<string, PositionalOptions>

const namesOf = <Name extends string>(given: Readonly<Record<Name, string>>): readonly Name[] =>
  Object.keys(given) as Name[]

export const OPEN_FLAGS = {
  open: {
    describe: 'show report.html in the browser too',
    type: 'boolean',
    default: false,
  },
} as const satisfies Record<string, Options>

/** How a report is printed, fresh or stored. */
export const RENDERING_FLAGS = {
  format: {
    describe: 'what to print on stdout',
    choices: FORMATS,
    default: 'table',
    requiresArg: true,
  },
  'break-even': {
    describe: 'print every pair of transports: from how many messages one costs less',
    type: 'boolean',
    default: false,
  },
  full: {
    describe: 'print every section, not only the answer and the comparison',
    type: 'boolean',
    default: false,
  },
  section: {
    describe: `print only these, separated by commas: ${SECTIONS.join(', ')}`,
    type: 'string',
    requiresArg: true,
  },
  ...OPEN_FLAGS,
  'csv-separator': {
    describe: '--format csv: what stands between fields (default: comma)',
    choices: namesOf(CSV_SEPARATORS),
    requiresArg: true,
  },
  'csv-decimal': {
    describe: '--format csv: the decimal mark; with comma, fields are parted by semicolons',
    choices: namesOf(CSV_DECIMALS),
    requiresArg: true,
  },
} as const satisfies Record<string, Options>

export const REPORT_FLAGS = {
  merge: {
    describe: 'merge reports of one plan: of several machines, or runs; histograms are added',
    type: 'string',
    array: true,
    requiresArg: true,
  },
  out: {
    alias: 'o',
    describe: 'folder to write the merged report to',
    type: 'string',
    requiresArg: true,
  },
  plots: {
    describe: 'folder to write every picture to, as SVG with names that stay',
    type: 'string',
    requiresArg: true,
  },
  ...RENDERING_FLAGS,
} as const satisfies Record<string, Options>

export type ReportArguments = InferredOptionTypes<typeof REPORT_POSITIONALS & typeof REPORT_FLAGS>
