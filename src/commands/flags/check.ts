import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import type { DeploymentOptions } from '../../plan/options.ts'
import { number, off, oneOf, text } from './kinds.ts'
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

export const DEFAULT_BASELINE = 'results/baseline.json'

export const CHECK_FLAGS = {
  ...TARGET_FLAGS,
  ...OBSERVED_FLAGS,
  transports: {
    alias: 't',
    ...text('ids or groups (default: what each scenario names, and what the baseline has)'),
  },
  baseline: { alias: 'b', ...text('the stored bytes'), default: DEFAULT_BASELINE },
  update: {
    describe: 'write the baseline; --update=new only adds the cells that it lacks',
    type: 'string',
    coerce: (value: string | undefined) => (value === '' ? 'all' : value),
    choices: ['all', 'new'],
  },
  'allow-smaller': off('let a cell pass that only shrank'),
  'self-test': off(
    'one byte more in each place, a delay of 25 %: fails unless the gate finds each',
  ),
  latency: off('compare latency with a reference instead of bytes with a baseline'),
  reference: text('--latency: folder of another installed version of this package'),
  'reference-http-url': text('--latency: the HTTP server that --http-url is held against'),
  'reference-mqtt-url': text('--latency: the broker that --mqtt-url is held against'),
  messages: number(
    'of the byte pass at a server of your own; --latency: of each arm in a fork (default: 9920; 100 to a server elsewhere)',
  ),
  strict: off('--latency: end with 3 where there is no verdict'),
  format: {
    ...oneOf('what to print on stdout', ['text', 'json', 'markdown', 'junit']),
    default: 'text',
  },
  junit: text('write JUnit XML to this file too'),
} as const satisfies Record<keyof DeploymentOptions, Options> & Record<string, Options>

export type CheckArguments = InferredOptionTypes<typeof CHECK_POSITIONALS & typeof CHECK_FLAGS>
