import type { CommandModule } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { listenForStop } from '../terminal/stop-signals.ts'
import { TAP, told } from './flags/chinese.ts'
import { TAP_FLAGS, TAP_POSITIONALS, type TapArguments } from './flags/tap.ts'
import { withLayout } from './help-layout.ts'

const say = catalogue({
  en: {
    describe: 'Stand between your devices and your server, and account for every byte that crosses',
    untilCtrlcWhich: 'until ctrl-C, which writes the report',
    offThisMachine: 'off this machine',
    several: 'several in one process',
    ctrlcIsHow: 'Ctrl-C is how a tap is meant to end: its exit status is 0.',
  },
  'zh-TW': {
    describe: '站在您的裝置與伺服器之間，計算通過的每個位元組',
    untilCtrlcWhich: '直到 ctrl-C，那時寫出報告',
    offThisMachine: '開放給這台機器之外',
    several: '一個程序裡有數個',
    ctrlcIsHow: 'tap 本來就以 ctrl-C 結束：結束狀態為 0。',
  },
})

export const tapCommand: CommandModule<object, TapArguments> = {
  command: 'tap [file]',
  get describe() {
    return say.describe
  },
  builder: (yargs) =>
    withLayout(yargs, [
      ['$0 tap --listen 1884 --to broker:1883', say.untilCtrlcWhich],
      ['$0 tap --listen 0.0.0.0:8080 --to [2001:db8::1]:80 --for 5min', say.offThisMachine],
      ['$0 tap --listen 1884 --to broker:1883 --listen 8080 --to web:80', say.several],
    ])
      .options(told(TAP_FLAGS, TAP))
      .positional('file', told(TAP_POSITIONALS, TAP).file)
      .epilogue(say.ctrlcIsHow),
  handler: async (argv) => {
    const stop = listenForStop()
    const { tapTraffic } = await import('./handlers/tap.ts')
    await tapTraffic(argv, stop)
  },
}
