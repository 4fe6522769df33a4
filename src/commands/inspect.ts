import type { CommandModule } from 'yargs'
import { INSPECT_FORMATS, type InspectFormat } from '../export/inspect/formats.ts'
import { listenForStop } from '../terminal/stop-signals.ts'
import { BROKERS, type Broker } from '../transports/mqtt/brokers.ts'
import { addTargetFlags, type TargetArguments } from './flags/target-flags.ts'

export interface InspectArguments extends TargetArguments {
  what: string
  transports: string | undefined
  messages: number | undefined
  format: InspectFormat
  pcap: string | undefined
  keylog: string | undefined
  broker?: Broker | undefined
}

export const inspectCommand: CommandModule<object, InspectArguments> = {
  command: 'inspect <what>',
  describe:
    'Every byte of one exchange, each named with its clause; or the ledger of a capture file',
  builder: (yargs) =>
    addTargetFlags(yargs)
      .positional('what', {
        describe: 'a built-in scenario, a scenario file, or a capture (pcap, pcapng)',
        type: 'string',
        demandOption: true,
      })
      .option('transports', {
        alias: 't',
        describe: 'ids or groups, separated by commas (default: what the scenario names)',
        type: 'string',
        requiresArg: true,
      })
      .option('messages', {
        describe: 'how many messages to send on each transport (default: 1)',
        type: 'number',
        requiresArg: true,
      })
      .option('format', {
        describe: 'what to print on stdout',
        choices: INSPECT_FORMATS,
        default: 'table' as const,
        requiresArg: true,
      })
      .option('pcap', {
        describe: 'write the exchange as packets too, for Wireshark',
        type: 'string',
        requiresArg: true,
      })
      .option('keylog', {
        describe: 'of a capture: the secrets of its TLS connections (SSLKEYLOGFILE)',
        type: 'string',
        requiresArg: true,
      })
      .option('broker', {
        describe: 'what MQTT 3.1.1 runs on (default: aedes)',
        choices: BROKERS,
        requiresArg: true,
      })
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
