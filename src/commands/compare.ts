import type { CommandModule } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { COMPARE, told } from './flags/chinese.ts'
import { COMPARE_FLAGS, COMPARE_POSITIONALS, type CompareArguments } from './flags/compare.ts'
import { withLayout } from './help-layout.ts'

const say = catalogue({
  en: {
    describe: 'Two stored reports, or two fleets, side by side',
    whatMovedAnd: 'what moved, and what is noise',
  },
  'zh-TW': {
    describe: '兩份存下的報告或兩批裝置並列',
    whatMovedAnd: '什麼變了，什麼是雜訊',
  },
})

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <a> <b>',
  get describe() {
    return say.describe
  },
  builder: (yargs) =>
    withLayout(yargs, [['$0 compare results/before results/after', say.whatMovedAnd]])
      .options(told(COMPARE_FLAGS, COMPARE))
      .positional('a', told(COMPARE_POSITIONALS, COMPARE).a)
      .positional('b', told(COMPARE_POSITIONALS, COMPARE).b),
  handler: async (argv) => {
    const { compareStoredReports } = await import('./handlers/compare.ts')
    await compareStoredReports(argv)
  },
}
