import type { CommandModule } from 'yargs'
import { REPORT_FLAGS, REPORT_POSITIONALS, type ReportArguments } from './flags/report.ts'

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report [file]',
  describe: 'Render a stored report again, or several of one plan as one',
  builder: (yargs) =>
    yargs
      .options(REPORT_FLAGS)
      .positional('file', REPORT_POSITIONALS.file)
      .example('$0 report results/mine', 'the comparison of an earlier run')
      .example('$0 report results/mine/report.json --format markdown', 'for a document')
      .example('$0 report --merge a b c --out fleet', 'three generators as one result'),
  handler: async (argv) => {
    const { renderStoredReport } = await import('./handlers/report.ts')
    await renderStoredReport(argv)
  },
}
