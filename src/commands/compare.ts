import type { CommandModule } from 'yargs'
import { FORMATS, type Format } from '../export/exporter.ts'

export interface CompareArguments {
  a: string
  b: string
  format: Format
}

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <a> <b>',
  describe: 'Two stored reports, side by side',
  builder: (yargs) =>
    yargs
      .positional('a', {
        describe: 'report.json of a run, or its folder; as a rule the older one',
        type: 'string',
        demandOption: true,
      })
      .positional('b', {
        describe: 'the other one',
        type: 'string',
        demandOption: true,
      })
      .option('format', {
        describe: 'what to print on stdout',
        choices: FORMATS,
        default: 'table' as const,
        requiresArg: true,
      })
      .example('$0 compare results/before results/after', 'what moved, and what is noise'),
  handler: async (argv) => {
    const { compareStoredReports } = await import('./handlers/compare.ts')
    await compareStoredReports(argv)
  },
}
