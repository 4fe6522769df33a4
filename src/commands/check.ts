import type { CommandModule } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { listenForStop } from '../terminal/stop-signals.ts'
import { CHECK_FLAGS, CHECK_POSITIONALS, type CheckArguments } from './flags/check.ts'
import { CHECK, told } from './flags/chinese.ts'
import { withLayout } from './help-layout.ts'

const say = catalogue({
  en: {
    describe: 'Hold a fresh run against a baseline: the command for CI',
    whatResultsbaselinejsonHas: 'what results/baseline.json has of the built-in scenarios',
    takeWhatIs: 'take what is measured as the new baseline',
    whatAReal: 'what a real device sent, against what it sent',
    bytesAtA: 'bytes at a server of your own; without --update held against them',
    latencyAgainstAnother: 'latency against another version',
    twoDeployments: 'two deployments',
  },
  'zh-TW': {
    describe: '用新的一次測量對照基準：給 CI 的命令',
    whatResultsbaselinejsonHas: 'results/baseline.json 裡的內建情境',
    takeWhatIs: '把測得的當作新的基準',
    whatAReal: '真實裝置這次所送，對照它以前所送',
    bytesAtA: '您自己伺服器上的位元組；不加 --update 則與之比較',
    latencyAgainstAnother: '與另一個版本比較延遲',
    twoDeployments: '兩個部署',
  },
})

export const checkCommand: CommandModule<object, CheckArguments> = {
  command: 'check [scenario..]',
  get describe() {
    return say.describe
  },
  builder: (yargs) =>
    withLayout(yargs, [
      ['$0 check', say.whatResultsbaselinejsonHas],
      ['$0 check --update', say.takeWhatIs],
      ['$0 check --capture sensor.pcapng', say.whatAReal],
      ['$0 check json --http-url https://mine/readings -b mine.json --update', say.bytesAtA],
      ['$0 check --latency --reference ../released', say.latencyAgainstAnother],
      [
        '$0 check --latency --http-url https://new --reference-http-url https://old',
        say.twoDeployments,
      ],
    ])
      .options(told(CHECK_FLAGS, CHECK))
      .positional('scenario', told(CHECK_POSITIONALS, CHECK).scenario),
  handler: async (argv) => {
    const stop = listenForStop()
    const { runCheck } = await import('./handlers/check.ts')
    await runCheck(argv, stop)
  },
}
