import type { CommandModule } from 'yargs'
import { listenForStop } from '../terminal/stop-signals.ts'
import { INSPECT_FLAGS, INSPECT_POSITIONALS, type InspectArguments } from './flags/inspect.ts'

export const inspectCommand: CommandModule<object, InspectArguments> = {
  command: 'inspect <what>',
  describe:
    'Every byte of one exchange, each named with its clause; or the ledger of a capture file',
  builder: (yargs) =>
    yargs
      .options(INSPECT_FLAGS)
      .positional('what', INSPECT_POSITIONALS.what)
      .example('$0 inspect json -t http1,mqtt-qos1', 'why one is large and the other small')
      .example('$0 inspect trace.pcapng', 'what tcpdump or Wireshark saw')
      .example('tcpdump -w - port 1883 | $0 inspect -', 'the same from a pipe'),
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
