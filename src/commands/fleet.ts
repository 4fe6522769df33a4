import type { CommandModule } from 'yargs'
import { catalogue } from '../model/text/language.ts'
import { listenForStop } from '../terminal/stop-signals.ts'
import { FLEET, told } from './flags/chinese.ts'
import { FLEET_FLAGS, FLEET_POSITIONALS, type FleetArguments } from './flags/fleet.ts'
import { withLayout } from './help-layout.ts'

const say = catalogue({
  en: {
    describe: 'From one message to a fleet: megabytes, bills, wake-ups, and what to change',
    measured: 'measure what it needs, and work it out',
    stored: 'with the bytes of a stored report',
    whole: 'all of it, for a document',
  },
  'zh-TW': {
    describe: '從一則訊息到一批裝置：流量、帳單、喚醒次數，以及可以改變什麼',
    measured: '測量所需，再推算',
    stored: '位元組取自存下的報告',
    whole: '全文，給文件用',
  },
})

export const fleetCommand: CommandModule<object, FleetArguments> = {
  command: 'fleet <file>',
  get describe() {
    return say.describe
  },
  builder: (yargs) =>
    withLayout(yargs, [
      ['$0 fleet my-fleet.yaml', say.measured],
      ['$0 fleet my-fleet.yaml --from results/mine', say.stored],
      ['$0 fleet my-fleet.yaml --full --format markdown', say.whole],
    ])
      .options(told(FLEET_FLAGS, FLEET))
      .positional('file', told(FLEET_POSITIONALS, FLEET).file),
  handler: async (argv) => {
    const stop = listenForStop()
    const { workOutFleet } = await import('./handlers/fleet/fleet.ts')
    await workOutFleet(argv, stop)
  },
}
