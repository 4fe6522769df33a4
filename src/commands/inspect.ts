import type { CommandModule } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { listenForStop } from '../terminal/stop-signals.ts'
import { INSPECT, told } from './flags/chinese.ts'
import { INSPECT_FLAGS, INSPECT_POSITIONALS, type InspectArguments } from './flags/inspect.ts'
import { withLayout } from './help-layout.ts'

const say = catalogue({
  en: {
    describe:
      'Every byte of one exchange, each named with its clause; or the ledger of a capture file',
    whyOneIs: 'why one is large and the other small',
    whatTcpdumpOr: 'what tcpdump or Wireshark saw',
    theSameFrom: 'the same from a pipe',
  },
  'zh-TW': {
    describe: '一次往來的每個位元組，各附規範條文；或擷取檔的明細',
    whyOneIs: '為何一個大、另一個小',
    whatTcpdumpOr: 'tcpdump 或 Wireshark 所見',
    theSameFrom: '同上，從管線讀入',
  },
})

export const inspectCommand: CommandModule<object, InspectArguments> = {
  command: 'inspect <what>',
  get describe() {
    return say.describe
  },
  builder: (yargs) =>
    withLayout(yargs, [
      ['$0 inspect json -t http1,mqtt-qos1', say.whyOneIs],
      ['$0 inspect trace.pcapng', say.whatTcpdumpOr],
      ['tcpdump -w - port 1883 | $0 inspect -', say.theSameFrom],
    ])
      .options(told(INSPECT_FLAGS, INSPECT))
      .positional('what', told(INSPECT_POSITIONALS, INSPECT).what),
  handler: async (given) => {
    const stop = listenForStop()
    // Of a lone dash yargs makes an option without a name.
    const what = given.what === '' && process.argv.includes('-') ? '-' : given.what
    const argv = { ...given, what }
    const { isCapture } = await import('./handlers/capture-input.ts')
    if (await isCapture(argv.what)) {
      const { inspectCapture } = await import('./handlers/inspect-capture.ts')
      await inspectCapture(argv, stop.signal)
      return
    }
    const { inspectScenario } = await import('./handlers/inspect-scenario.ts')
    await inspectScenario(argv, stop)
  },
}
