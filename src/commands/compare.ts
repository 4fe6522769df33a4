import type { CommandModule } from 'yargs'
import { COMPARE_FLAGS, COMPARE_POSITIONALS, type CompareArguments } from './flags/compare.ts'

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <a> <b>',
  describe: 'Two stored reports, side by side',
  builder: (yargs) =>
    yargs
      .options(COMPARE_FLAGS)
      .positional('a', COMPARE_POSITIONALS.a)
      .positional('b', COMPARE_POSITIONALS.b)
      .example('$0 compare results/before results/after', 'what moved, and what is noise'),
  handler: async (argv) => {
    const { compareStoredReports } = await import('./handlers/compare.ts')
    await compareStoredReports(argv)
  },
}
