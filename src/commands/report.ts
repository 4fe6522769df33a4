import type { CommandModule } from 'yargs'
import { FORMATS, type Format } from '../export/exporter.ts'

export interface ReportArguments {
  file: string | undefined
  merge?: string[] | undefined
  out?: string | undefined
  format: Format
  'break-even': boolean
}

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report [file]',
  describe: 'Render a stored report again, or several of one plan as one',
  builder: (yargs) =>
    yargs
      .positional('file', {
        describe: 'report.json of a run, or the folder of the run',
        type: 'string',
      })
      .option('merge', {
        describe: 'merge reports of one plan: of several machines, or runs; histograms are added',
        type: 'string',
        array: true,
        requiresArg: true,
      })
      .option('out', {
        alias: 'o',
        describe: 'folder to write the merged report to',
        type: 'string',
        requiresArg: true,
      })
      .option('format', {
        describe: 'what to print on stdout',
        choices: FORMATS,
        default: 'table' as const,
        requiresArg: true,
      })
      .option('break-even', {
        describe: 'print every pair of transports: from how many messages one costs less',
        type: 'boolean',
        default: false,
      })
      .example('$0 report results/mine', 'the comparison of an earlier run')
      .example('$0 report results/mine/report.json --format markdown', 'for a document')
      .example('$0 report --merge a b c --out fleet', 'three generators as one result'),
  handler: async (argv) => {
    const { renderStoredReport } = await import('./handlers/report.ts')
    await renderStoredReport(argv)
  },
}
