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
      .example('$0 inspect trace.pcapng', 'what tcpdump or Wireshark saw'),
  handler: async (argv) => {
    const stop = listenForStop()
    const { inspectCapture, isCapture } = await import('./handlers/inspect-capture.ts')
    if (await isCapture(argv.what)) {
      await inspectCapture(argv)
      return
    }
    const { inspectScenario } = await import('./handlers/inspect-scenario.ts')
    await inspectScenario(argv, stop)
  },
}
