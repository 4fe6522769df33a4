import type { CommandModule } from 'yargs'
import { listenForStop } from '../terminal/stop-signals.ts'
import { CHECK_FLAGS, type CheckArguments } from './flags/check.ts'
import { RUN_POSITIONALS } from './flags/run.ts'

export const checkCommand: CommandModule<object, CheckArguments> = {
  command: 'check [scenario..]',
  describe: 'Hold a fresh run against a baseline: the command for CI',
  builder: (yargs) =>
    yargs
      .options(CHECK_FLAGS)
      .positional('scenario', RUN_POSITIONALS.scenario)
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
