import type { CommandModule } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { LIST, told } from './flags/chinese.ts'
import { LIST_FLAGS, LIST_POSITIONALS, type ListArguments } from './flags/list.ts'
import { withLayout } from './help-layout.ts'

const say = catalogue({
  en: {
    describe:
      'List the built-in scenarios, transports, links and TLS profiles, and what fleet bills by',
    everythingThatRun: 'everything that run and fleet can name',
    forAScript: 'for a script',
  },
  'zh-TW': {
    describe: '列出內建情境、傳輸方式、鏈路、TLS 設定檔，以及 fleet 計費所依',
    everythingThatRun: 'run 與 fleet 能指名的一切',
    forAScript: '給腳本用',
  },
})

export const listCommand: CommandModule<object, ListArguments> = {
  command: 'list [what]',
  get describe() {
    return say.describe
  },
  builder: (yargs) =>
    withLayout(yargs, [
      ['$0 list', say.everythingThatRun],
      ['$0 list transports --format json', say.forAScript],
    ])
      .options(told(LIST_FLAGS, LIST))
      .positional('what', told(LIST_POSITIONALS, LIST).what),
  handler: async (argv) => {
    const { listContents } = await import('./handlers/list.ts')
    await listContents(argv)
  },
}
