import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { LINK_BYTES } from '../../model/vocabulary.ts'
import type { RunOptions } from '../../plan/options.ts'
import { BROKERS } from '../../transports/mqtt/brokers.ts'
import { number, off, oneOf, text } from './kinds.ts'
import { LOAD_FLAGS } from './load.ts'
import { RENDERING_FLAGS } from './report.ts'
import { TARGET_FLAGS } from './target.ts'

export const RUN_POSITIONALS = {
  scenario: {
    describe:
      '"all" (the published comparison), names of built-in scenarios, or paths of scenario files',
    type: 'string',
    array: true,
    default: ['all'] as string[],
  },
} as const satisfies Record<string, PositionalOptions>

export const RUN_FLAGS = {
  ...TARGET_FLAGS,
  ...LOAD_FLAGS,
  transports: {
    alias: 't',
    ...text('ids or groups, separated by commas (default: what each scenario names)'),
  },
  measure: text(
    'bytes, latency, throughput, separated by commas (default: bytes,latency; throughput where an option of the load is given)',
  ),
  quick: off('fewer latency samples: a p99, but no p99.9'),
  rounds: number('measured rounds of the latency pass (default: 20, quick 8)'),
  'per-round': number('messages per round and transport (default: 200, quick 60)'),
  messages: number(
    'messages of the byte pass, or of each load phase (default: the scenario’s, or its duration)',
  ),
  out: {
    alias: 'o',
    ...text('folder for report.json, results.csv, ledger.csv (default: results/<UTC time>)'),
  },
  ...RENDERING_FLAGS,
  'header-set': text(
    'replay the heads of other HTTP clients too: all, or some of minimal,curl,browser,…',
  ),
  'answer-set': text('the heads that answer them: all, or some of minimal,nginx,express,…'),
  broker: oneOf(
    'what MQTT 3.1.1 runs on (default: aedes); MQTT 5 always runs on mosquitto',
    BROKERS,
  ),
  tls: text(
    'TLS profiles of list tls, separated by commas (default: what the scenario says, or device)',
  ),
  'poll-interval': text('how often a polling device asks for commands (default: 1s)'),
  'hold-time': text('how long a server holds a long poll (default: 30s)'),
  'per-wake': number('messages of a device each time that it wakes up, on *-wake (default: 5)'),
  link: text('a slow link for the latency pass: a profile of list links, or rtt=…,down=…,up=…'),
  loss: text('lose real packets in the latency pass, such as 2%; Linux only, not with --link'),
  raw: off('write raw.csv too: the instants of every measured message'),
  'link-bytes': oneOf(
    'bytes with the headers of TCP and IP (default: measured where possible)',
    LINK_BYTES,
  ),
  pcap: text(
    'write the byte passes as packets too, for Wireshark: with the TLS keys of its own servers; of yours, without keys, and credentials sent in the clear written over',
  ),
  inject: {
    describe: 'put in a fault, to see that it is seen: delay=20ms, drop=3, stray-byte=up, …',
    type: 'string',
    array: true,
    // One value each time it is given: what follows is a scenario again.
    nargs: 1,
    default: [] as string[],
  },
} as const satisfies Record<Exclude<keyof RunOptions, 'scenario'>, Options> &
  Record<string, Options>

export type RunArguments = InferredOptionTypes<typeof RUN_POSITIONALS & typeof RUN_FLAGS>
