import type { CommandModule } from 'yargs'
import { FORMATS, type Format } from '../export/exporter.ts'
import { listenForStop } from '../terminal/stop-signals.ts'

export interface TapArguments {
  listen: string
  to: string
  out: string | undefined
  format: Format
  pcap: string | undefined
  'pcap-limit': number | undefined
  for: string | undefined
  connections: number | undefined
}

export const tapCommand: CommandModule<object, TapArguments> = {
  command: 'tap',
  describe: 'Stand between your devices and your server, and account for every byte that crosses',
  builder: (yargs) =>
    yargs
      .option('listen', {
        describe: 'where the devices connect: PORT (loopback; 0 for any) or HOST:PORT',
        type: 'string',
        demandOption: true,
        requiresArg: true,
      })
      .option('to', {
        describe: 'the server, HOST:PORT; IPv6 in brackets',
        type: 'string',
        demandOption: true,
        requiresArg: true,
      })
      .option('out', {
        alias: 'o',
        describe: 'folder for report.json and ledger.csv (default: results/<UTC time>)',
        type: 'string',
        requiresArg: true,
      })
      .option('format', {
        describe: 'what to print on stdout at the end',
        choices: FORMATS,
        default: 'table' as const,
        requiresArg: true,
      })
      .option('pcap', {
        describe:
          'write what crosses as packets too, for Wireshark; it holds all of it, passwords too',
        type: 'string',
        requiresArg: true,
      })
      .option('pcap-limit', {
        describe: 'cut that file off at so many bytes (default: 1073741824)',
        type: 'number',
        requiresArg: true,
      })
      .option('for', {
        describe: 'end after so long, such as 30s or 5min (default: until ctrl-C)',
        type: 'string',
        requiresArg: true,
      })
      .option('connections', {
        describe: 'take so many connections, and end with the last of them',
        type: 'number',
        requiresArg: true,
      })
      .example('$0 tap --listen 1884 --to broker:1883', 'until ctrl-C, which writes the report')
      .example('$0 tap --listen 0.0.0.0:8080 --to [2001:db8::1]:80 --for 5min', 'off this machine')
      .epilogue('Ctrl-C is how a tap is meant to end: its exit status is 0.'),
  handler: async (argv) => {
    const stop = listenForStop()
    const { tapTraffic } = await import('./handlers/tap.ts')
    await tapTraffic(argv, stop)
  },
}
