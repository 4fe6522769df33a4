import type { CommandModule } from 'yargs'

export interface ReportArguments {
  file: string
  format: 'table' | 'csv' | 'json' | 'markdown'
  'break-even': boolean
}

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <file>',
  describe: 'Render a stored report again',
  builder: (yargs) =>
    yargs
      .positional('file', {
        describe: 'report.json of a run, or the folder of the run',
        type: 'string',
        demandOption: true,
      })
      .option('format', {
        describe: 'what to print on stdout',
        choices: ['table', 'csv', 'json', 'markdown'] as const,
        default: 'table' as const,
        requiresArg: true,
      })
      .option('break-even', {
        describe: 'print every pair of transports: from how many messages one costs less',
        type: 'boolean',
        default: false,
      })
      .example('$0 report results/mine', 'the comparison of an earlier run')
      .example('$0 report results/mine/report.json --format markdown', 'for a document'),
  handler: async (argv) => {
    const { renderStoredReport } = await import('./render-stored-report.ts')
    await renderStoredReport(argv)
  },
}
