import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import type { DeploymentOptions } from '../../plan/options.ts'
import { OBSERVED_FLAGS } from './observed.ts'
import { TARGET_FLAGS } from './target.ts'

export const CHECK_POSITIONALS = {
  scenario: {
    describe:
      'names of built-in scenarios, paths of scenario files, or "all", the published comparison (default: the built-in ones that the baseline has)',
    type: 'string',
    array: true,
    default: [] as string[],
  },
} as const satisfies Record<string, PositionalOptions>

export const CHECK_FLAGS = {
  ...TARGET_FLAGS,
  ...OBSERVED_FLAGS,
  transports: {
    alias: 't',
    describe: 'ids or groups (default: what each scenario names, and what the baseline has)',
    type: 'string',
    requiresArg: true,
  },
  baseline: {
    alias: 'b',
    describe: 'the stored bytes',
    type: 'string',
    default: 'results/baseline.json',
    requiresArg: true,
  },
  update: {
    describe: 'write the baseline; --update=new only adds the cells that it lacks',
    type: 'string',
    coerce: (value: string | undefined) => (value === '' ? 'all' : value),
    choices: ['all', 'new'],
  },
  'allow-smaller': {
    describe: 'let a cell pass that only shrank',
    type: 'boolean',
    default: false,
  },
  'self-test': {
    describe: 'one byte more in each place, a delay of 25 %: fails unless the gate finds each',
    type: 'boolean',
    default: false,
  },
  latency: {
    describe: 'compare latency with a reference instead of bytes with a baseline',
    type: 'boolean',
    default: false,
  },
  reference: {
    describe: '--latency: folder of another installed version of this package',
    type: 'string',
    requiresArg: true,
  },
  'reference-http-url': {
    describe: '--latency: the HTTP server that --http-url is held against',
    type: 'string',
    requiresArg: true,
  },
  'reference-mqtt-url': {
    describe: '--latency: the broker that --mqtt-url is held against',
    type: 'string',
    requiresArg: true,
  },
  messages: {
    describe:
      'of the byte pass at a server of your own; --latency: of each arm in a fork (default: 9920; 100 to a server elsewhere)',
    type: 'number',
    requiresArg: true,
  },
  strict: {
    describe: '--latency: end with 3 where there is no verdict',
    type: 'boolean',
    default: false,
  },
  format: {
    describe: 'what to print on stdout',
    choices: ['text', 'json', 'markdown', 'junit'],
    default: 'text',
    requiresArg: true,
  },
  junit: {
    describe: 'write JUnit XML to this file too',
    type: 'string',
    requiresArg: true,
  },
} as const satisfies Record<keyof DeploymentOptions, Options> & Record<string, Options>

export type CheckArguments = InferredOptionTypes<typeof CHECK_POSITIONALS & typeof CHECK_FLAGS>
