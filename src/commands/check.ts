import type { CommandModule } from 'yargs'
import { listenForStop } from '../terminal/stop-signals.ts'
import { addTargetFlags, type TargetArguments } from './flags/target-flags.ts'

export interface CheckArguments extends TargetArguments {
  scenario: string[]
  transports: string | undefined
  baseline: string
  update: string | undefined
  'allow-smaller': boolean
  'self-test': boolean
  latency: boolean
  reference: string | undefined
  messages?: number | undefined
  'reference-http-url': string | undefined
  'reference-mqtt-url': string | undefined
  strict: boolean
  format: 'text' | 'json' | 'markdown' | 'junit'
  junit: string | undefined
}

export const checkCommand: CommandModule<object, CheckArguments> = {
  command: 'check [scenario..]',
  describe: 'Hold a fresh run against a baseline: the command for CI',
  builder: (yargs) =>
    addTargetFlags(yargs)
      .positional('scenario', {
        describe:
          '"all" (the published comparison), names of built-in scenarios, or paths of scenario files',
        type: 'string',
        array: true,
        default: ['all'],
      })
      .option('transports', {
        alias: 't',
        describe: 'ids or groups (default: what each scenario names, and what the baseline has)',
        type: 'string',
        requiresArg: true,
      })
      .option('baseline', {
        alias: 'b',
        describe: 'the stored bytes',
        type: 'string',
        default: 'results/baseline.json',
        requiresArg: true,
      })
      .option('update', {
        describe: 'write the baseline; --update=new only adds the cells that it lacks',
        type: 'string',
        coerce: (value: string | undefined) => (value === '' ? 'all' : value),
        choices: ['all', 'new'],
      })
      .option('allow-smaller', {
        describe: 'let a cell pass that only shrank',
        type: 'boolean',
        default: false,
      })
      .option('self-test', {
        describe: 'one byte more in each place, a delay of 25 %: fails unless the gate finds each',
        type: 'boolean',
        default: false,
      })
      .option('latency', {
        describe: 'compare latency with a reference instead of bytes with a baseline',
        type: 'boolean',
        default: false,
      })
      .option('reference', {
        describe: '--latency: folder of another installed version of this package',
        type: 'string',
        requiresArg: true,
      })
      .option('reference-http-url', {
        describe: '--latency: the HTTP server that --http-url is held against',
        type: 'string',
        requiresArg: true,
      })
      .option('reference-mqtt-url', {
        describe: '--latency: the broker that --mqtt-url is held against',
        type: 'string',
        requiresArg: true,
      })
      .option('messages', {
        describe:
          '--latency: messages of each arm in a fork (default: 9920; 100 to a server elsewhere)',
        type: 'number',
        requiresArg: true,
      })
      .option('strict', {
        describe: '--latency: end with 3 where there is no verdict',
        type: 'boolean',
        default: false,
      })
      .option('format', {
        describe: 'what to print on stdout',
        choices: ['text', 'json', 'markdown', 'junit'] as const,
        default: 'text' as const,
        requiresArg: true,
      })
      .option('junit', {
        describe: 'write JUnit XML to this file too',
        type: 'string',
        requiresArg: true,
      })
      .example('$0 check', 'every built-in scenario against results/baseline.json')
      .example('$0 check --update', 'take what is measured as the new baseline')
      .example('$0 check --latency --reference ../released', 'latency against another version')
      .example(
        '$0 check --latency --http-url https://new --reference-http-url https://old',
        'two deployments',
      ),
  handler: async (argv) => {
    const stop = listenForStop()
    const { runCheck } = await import('./handlers/check.ts')
    await runCheck(argv, stop)
  },
}
