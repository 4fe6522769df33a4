import type { CommandModule } from 'yargs'
import { listenForStop } from '../terminal/stop-signals.ts'
import { TAP_FLAGS, type TapArguments } from './flags/tap.ts'

export const tapCommand: CommandModule<object, TapArguments> = {
  command: 'tap',
  describe: 'Stand between your devices and your server, and account for every byte that crosses',
  builder: (yargs) =>
    yargs
      .options(TAP_FLAGS)
      .example('$0 tap --listen 1884 --to broker:1883', 'until ctrl-C, which writes the report')
      .example('$0 tap --listen 0.0.0.0:8080 --to [2001:db8::1]:80 --for 5min', 'off this machine')
      .epilogue('Ctrl-C is how a tap is meant to end: its exit status is 0.'),
  handler: async (argv) => {
    const stop = listenForStop()
    const { tapTraffic } = await import('./handlers/tap.ts')
    await tapTraffic(argv, stop)
  },
}
