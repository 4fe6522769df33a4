import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { LINK_BYTES } from '../../model/vocabulary.ts'
import type { RunOptions } from '../../plan/options.ts'
import { BROKERS } from '../../transports/mqtt/brokers.ts'
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
    describe: 'ids or groups, separated by commas (default: what each scenario names)',
    type: 'string',
    requiresArg: true,
  },
  measure: {
    describe:
      'bytes, latency, throughput, separated by commas (default: bytes,latency; throughput where an option of the load is given)',
    type: 'string',
    requiresArg: true,
  },
  quick: {
    describe: 'fewer latency samples: a p99, but no p99.9',
    type: 'boolean',
    default: false,
  },
  rounds: {
    describe: 'measured rounds of the latency pass (default: 20, quick 8)',
    type: 'number',
    requiresArg: true,
  },
  'per-round': {
    describe: 'messages per round and transport (default: 200, quick 60)',
    type: 'number',
    requiresArg: true,
  },
  messages: {
    describe:
      'messages of the byte pass, or of each load phase (default: the scenario’s, or its duration)',
    type: 'number',
    requiresArg: true,
  },
  out: {
    alias: 'o',
    describe: 'folder for report.json, results.csv, ledger.csv (default: results/<UTC time>)',
    type: 'string',
    requiresArg: true,
  },
  ...RENDERING_FLAGS,
  'header-set': {
    describe: 'replay the heads of other HTTP clients too: all, or some of minimal,curl,browser,…',
    type: 'string',
    requiresArg: true,
  },
  'answer-set': {
    describe: 'the heads that answer them: all, or some of minimal,nginx,express,…',
    type: 'string',
    requiresArg: true,
  },
  broker: {
    describe: 'what MQTT 3.1.1 runs on (default: aedes); MQTT 5 always runs on mosquitto',
    choices: BROKERS,
    requiresArg: true,
  },
  tls: {
    describe:
      'TLS profiles of list tls, separated by commas (default: what the scenario says, or device)',
    type: 'string',
    requiresArg: true,
  },
  'poll-interval': {
    describe: 'how often a polling device asks for commands (default: 1s)',
    type: 'string',
    requiresArg: true,
  },
  'hold-time': {
    describe: 'how long a server holds a long poll (default: 30s)',
    type: 'string',
    requiresArg: true,
  },
  'per-wake': {
    describe: 'messages of a device each time that it wakes up, on *-wake (default: 5)',
    type: 'number',
    requiresArg: true,
  },
  link: {
    describe: 'a slow link for the latency pass: a profile of list links, or rtt=…,down=…,up=…',
    type: 'string',
    requiresArg: true,
  },
  loss: {
    describe: 'lose real packets in the latency pass, such as 2%; Linux only, not with --link',
    type: 'string',
    requiresArg: true,
  },
  raw: {
    describe: 'write raw.csv too: the instants of every measured message',
    type: 'boolean',
    default: false,
  },
  'link-bytes': {
    describe: 'bytes with the headers of TCP and IP (default: measured where possible)',
    choices: LINK_BYTES,
    requiresArg: true,
  },
  pcap: {
    describe:
      'write the byte passes as packets too, for Wireshark: with the TLS keys of its own servers; of yours, without keys, and credentials sent in the clear written over',
    type: 'string',
    requiresArg: true,
  },
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
