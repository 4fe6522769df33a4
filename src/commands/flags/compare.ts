import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { FORMATS } from '../../export/exporter.ts'
import { oneOf } from './kinds.ts'
import { OPEN_FLAGS } from './report.ts'

export const COMPARE_POSITIONALS = {
  a: {
    describe: 'report.json of a run, or its folder; as a rule the older one',
    type: 'string',
    demandOption: true,
  },
  b: {
    describe: 'the other one',
    type: 'string',
    demandOption: true,
  },
} as const satisfies Record<string, PositionalOptions>

export const COMPARE_FLAGS = {
  ...OPEN_FLAGS,
  format: { ...oneOf('what to print on stdout', FORMATS), default: 'table' },
} as const satisfies Record<string, Options>

export type CompareArguments = InferredOptionTypes<
  typeof COMPARE_POSITIONALS & typeof COMPARE_FLAGS
>
