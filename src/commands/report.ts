import type { CommandModule } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { REPORT, told } from './flags/chinese.ts'
import { REPORT_FLAGS, REPORT_POSITIONALS, type ReportArguments } from './flags/report.ts'
import { withLayout } from './help-layout.ts'

const say = catalogue({
  en: {
    describe: 'Render a stored report again, or several of one plan as one',
    theComparisonOf: 'the comparison of an earlier run',
    forADocument: 'for a document',
    threeGeneratorsAs: 'three generators as one result',
  },
  'zh-TW': {
    describe: '再次印出存下的報告，或把同一計畫的多份合而為一',
    theComparisonOf: '較早一次測量的比較',
    forADocument: '給文件用',
    threeGeneratorsAs: '三個產生器合成一個結果',
  },
})

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report [file]',
  get describe() {
    return say.describe
  },
  builder: (yargs) =>
    withLayout(yargs, [
      ['$0 report results/mine', say.theComparisonOf],
      ['$0 report results/mine/report.json --format markdown', say.forADocument],
      ['$0 report --merge a b c --out fleet', say.threeGeneratorsAs],
    ])
      .options(told(REPORT_FLAGS, REPORT))
      .positional('file', told(REPORT_POSITIONALS, REPORT).file),
  handler: async (argv) => {
    const { renderStoredReport } = await import('./handlers/report.ts')
    await renderStoredReport(argv)
  },
}
