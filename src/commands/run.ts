import type { CommandModule } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { listenForStop } from '../terminal/stop-signals.ts'
import { RUN, told } from './flags/chinese.ts'
import { RUN_FLAGS, RUN_POSITIONALS, type RunArguments } from './flags/run.ts'
import { withLayout } from './help-layout.ts'

const say = catalogue({
  en: {
    describe: 'Measure scenarios on transports and judge their claims',
    theWholeComparison: 'the whole comparison, about half a minute',
    bytesOnlyTwo: 'bytes only, two transports',
    appDeviceApp: 'app → device → app',
    whatUsersFeel: 'what users feel on a mobile link',
    whatLostPackets: 'what lost packets do to the tail of latency',
    yourOwnBroker: 'your own broker',
    howMuchEach: 'how much each can carry',
    latencyAtMessages: 'latency at 1,000 messages a second',
    yourOwnPayload: 'your own payload',
  },
  'zh-TW': {
    describe: '以各種傳輸方式測量情境，並判定其說法',
    theWholeComparison: '完整的比較，約半分鐘',
    bytesOnlyTwo: '只測位元組，兩種傳輸方式',
    appDeviceApp: '應用程式 → 裝置 → 應用程式',
    whatUsersFeel: '使用者在行動網路上的感受',
    whatLostPackets: '遺失的封包對延遲尾端的影響',
    yourOwnBroker: '您自己的代理伺服器',
    howMuchEach: '各能承載多少',
    latencyAtMessages: '每秒 1,000 則訊息時的延遲',
    yourOwnPayload: '您自己的負載',
  },
})

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run [scenario..]',
  get describe() {
    return say.describe
  },
  builder: (yargs) =>
    withLayout(yargs, [
      ['$0 run all', say.theWholeComparison],
      ['$0 run json -t http1,mqtt-qos1 --measure bytes', say.bytesOnlyTwo],
      ['$0 run command-delivery --poll-interval 5s', say.appDeviceApp],
      ['$0 run stream-1000 --link 3G --quick', say.whatUsersFeel],
      ['$0 run json --loss 2%', say.whatLostPackets],
      ['$0 run json --mqtt-url mqtts://broker:8883 --ca ca.pem', say.yourOwnBroker],
      ['$0 run json -t http1,mqtt-qos1 --measure throughput', say.howMuchEach],
      ['$0 run json -t http1,mqtt-qos1 --rate 1000', say.latencyAtMessages],
      ['$0 run ./my-sensor.yaml --out results/mine', say.yourOwnPayload],
    ])
      .options(told(RUN_FLAGS, RUN))
      .positional('scenario', told(RUN_POSITIONALS, RUN).scenario),
  handler: async (argv) => {
    // First of all: a signal while the rest is still loading must leave a report too.
    const stop = listenForStop()
    const { runScenarios } = await import('./handlers/run.ts')
    await runScenarios(argv, stop)
  },
}
