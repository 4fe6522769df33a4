import type { CommandModule } from 'yargs'
import { listenForStop } from '../terminal/stop-signals.ts'
import { CHECK_FLAGS, CHECK_POSITIONALS, type CheckArguments } from './flags/check.ts'

export const checkCommand: CommandModule<object, CheckArguments> = {
  command: 'check [scenario..]',
  describe: 'Hold a fresh run against a baseline: the command for CI',
  builder: (yargs) =>
    yargs
      .options(CHECK_FLAGS)
      .positional('scenario', CHECK_POSITIONALS.scenario)
      .example('$0 check', 'what results/baseline.json has of the built-in scenarios')
      .example('$0 check --update', 'take what is measured as the new baseline')
      .example('$0 check --capture sensor.pcapng', 'what a real device sent, against what it sent')
      .example(
        '$0 check json --http-url https://mine/readings -b mine.json --update',
        'bytes at a server of your own; without --update held against them',
      )
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
