import type { CommandModule } from 'yargs'
import { listenForStop } from '../terminal/stop-signals.ts'
import { RUN_FLAGS, RUN_POSITIONALS, type RunArguments } from './flags/run.ts'

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run [scenario..]',
  describe: 'Measure scenarios on transports and judge their claims',
  builder: (yargs) =>
    yargs
      .options(RUN_FLAGS)
      .positional('scenario', RUN_POSITIONALS.scenario)
      .example('$0 run all', 'the whole comparison, about half a minute')
      .example('$0 run json -t http1,mqtt-qos1 --measure bytes', 'bytes only, two transports')
      .example('$0 run command-delivery --poll-interval 5s', 'app → device → app')
      .example('$0 run stream-1000 --link 3G --quick', 'what users feel on a mobile link')
      .example('$0 run json --loss 2%', 'what lost packets do to the tail of latency')
      .example('$0 run json --mqtt-url mqtts://broker:8883 --ca ca.pem', 'your own broker')
      .example('$0 run json -t http1,mqtt-qos1 --measure throughput', 'how much each can carry')
      .example('$0 run json -t http1,mqtt-qos1 --rate 1000', 'latency at 1,000 messages a second')
      .example('$0 run ./my-sensor.yaml --out results/mine', 'your own payload'),
  handler: async (argv) => {
    // First of all: a signal while the rest is still loading must leave a report too.
    const stop = listenForStop()
    const { runScenarios } = await import('./handlers/run.ts')
    await runScenarios(argv, stop)
  },
}
