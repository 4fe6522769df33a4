import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { oneOf } from './kinds.ts'

export const LIST_POSITIONALS = {
  what: {
    describe: 'only these (default: all)',
    choices: ['scenarios', 'transports', 'links', 'tls', 'plans', 'clouds', 'radios'],
  },
} as const satisfies Record<string, PositionalOptions>

export const LIST_FLAGS = {
  format: { ...oneOf('what to print on stdout', ['table', 'json']), default: 'table' },
} as const satisfies Record<string, Options>

export type ListArguments = InferredOptionTypes<typeof LIST_POSITIONALS & typeof LIST_FLAGS>
