import type { CommandModule } from 'yargs'
import { FORMATS, type Format } from '../export/exporter.ts'
import { LINK_BYTES, type LinkBytes } from '../model/vocabulary.ts'
import { type LoadArguments, withLoadOptions } from '../plan/load.ts'
import { listenForStop } from '../terminal/stop-signals.ts'
import { BROKERS, type Broker } from '../transports/mqtt/brokers.ts'
import { addTargetFlags, type TargetArguments } from './flags/target-flags.ts'

export interface RunArguments extends TargetArguments, LoadArguments {
  scenario: string[]
  transports: string | undefined
  measure: string | undefined
  quick: boolean
  rounds: number | undefined
  'per-round': number | undefined
  /** Of the byte pass; and of the latency pass, at a server that is not on this machine. */
  messages?: number | undefined
  out: string | undefined
  format: Format
  /** Every pair of transports, not only MQTT against HTTP. */
  'break-even'?: boolean
  'header-set'?: string | undefined
  'answer-set'?: string | undefined
  broker?: Broker | undefined
  'poll-interval'?: string | undefined
  'hold-time'?: string | undefined
  link?: string | undefined
  loss?: string | undefined
  raw: boolean
  pcap?: string | undefined
  /** Modelled if left out; the command itself measures them where it can. */
  'link-bytes'?: LinkBytes | 'where-possible' | undefined
  inject: string[]
}

export const runCommand: CommandModule<object, RunArguments> = {
  command: 'run [scenario..]',
  describe: 'Measure scenarios on transports and judge their claims',
  builder: (yargs) =>
    withLoadOptions(addTargetFlags(yargs))
      .positional('scenario', {
        describe:
          '"all" (the published comparison), names of built-in scenarios, or paths of scenario files',
        type: 'string',
        array: true,
        default: ['all'],
      })
      .option('transports', {
        alias: 't',
        describe: 'ids or groups, separated by commas (default: what each scenario names)',
        type: 'string',
        requiresArg: true,
      })
      .option('measure', {
        describe:
          'bytes, latency, throughput, separated by commas (default: bytes,latency; throughput where an option of the load is given)',
        type: 'string',
        requiresArg: true,
      })
      .option('quick', {
        describe: 'fewer latency samples: a p99, but no p99.9',
        type: 'boolean',
        default: false,
      })
      .option('rounds', {
        describe: 'measured rounds of the latency pass (default: 20, quick 8)',
        type: 'number',
        requiresArg: true,
      })
      .option('per-round', {
        describe: 'messages a round and transport (default: 200, quick 60)',
        type: 'number',
        requiresArg: true,
      })
      .option('messages', {
        describe:
          'messages of the byte pass, or of a stretch under load (default: the scenario’s, or its duration)',
        type: 'number',
        requiresArg: true,
      })
      .option('out', {
        alias: 'o',
        describe: 'folder for report.json, results.csv, ledger.csv (default: results/<UTC time>)',
        type: 'string',
        requiresArg: true,
      })
      .option('format', {
        describe: 'what to print on stdout',
        choices: FORMATS,
        default: 'table' as const,
        requiresArg: true,
      })
      .option('break-even', {
        describe: 'print every pair of transports: from how many messages one costs less',
        type: 'boolean',
        default: false,
      })
      .option('header-set', {
        describe:
          'replay the heads of other HTTP clients too: all, or some of minimal,curl,browser,…',
        type: 'string',
        requiresArg: true,
      })
      .option('answer-set', {
        describe: 'the heads that answer them: all, or some of minimal,nginx,express,…',
        type: 'string',
        requiresArg: true,
      })
      .option('broker', {
        describe: 'what MQTT 3.1.1 runs on (default: aedes); MQTT 5 always runs on mosquitto',
        choices: BROKERS,
        requiresArg: true,
      })
      .option('poll-interval', {
        describe: 'how often a polling device asks for commands (default: 1s)',
        type: 'string',
        requiresArg: true,
      })
      .option('hold-time', {
        describe: 'how long a server holds a long poll (default: 30s)',
        type: 'string',
        requiresArg: true,
      })
      .option('link', {
        describe: 'a slow link for the latency pass: a profile of list links, or rtt=…,down=…,up=…',
        type: 'string',
        requiresArg: true,
      })
      .option('loss', {
        describe: 'lose real packets in the latency pass, such as 2%; Linux only, not with --link',
        type: 'string',
        requiresArg: true,
      })
      .option('raw', {
        describe: 'write raw.csv too: the instants of every measured message',
        type: 'boolean',
        default: false,
      })
      .option('link-bytes', {
        describe: 'bytes with the headers of TCP and IP (default: measured where possible)',
        choices: LINK_BYTES,
        requiresArg: true,
      })
      .option('pcap', {
        describe: 'write the byte passes as packets too, for Wireshark',
        type: 'string',
        requiresArg: true,
      })
      .option('inject', {
        describe: 'put in a fault, to see that it is seen: delay=20ms, drop=3, stray-byte=up, …',
        type: 'string',
        array: true,
        // One value each time it is given: what follows is a scenario again.
        nargs: 1,
        default: [],
      })
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
