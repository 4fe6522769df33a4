import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { CAPTURE_FORMATS } from '../../export/inspect/formats.ts'
import { BROKERS } from '../../transports/mqtt/brokers.ts'
import { TARGET_FLAGS } from './target.ts'

export const INSPECT_POSITIONALS = {
  what: {
    describe:
      'a built-in scenario, a scenario file, or a capture (pcap, pcapng, gzip of them; - for stdin)',
    type: 'string',
    demandOption: true,
  },
} as const satisfies Record<string, PositionalOptions>

export const INSPECT_FLAGS = {
  ...TARGET_FLAGS,
  transports: {
    alias: 't',
    describe: 'ids or groups, separated by commas (default: what the scenario names)',
    type: 'string',
    requiresArg: true,
  },
  messages: {
    describe: 'how many messages to send on each transport (default: 1)',
    type: 'number',
    requiresArg: true,
  },
  format: {
    describe: 'what to print on stdout; csv of a capture',
    choices: CAPTURE_FORMATS,
    default: 'table',
    requiresArg: true,
  },
  pcap: {
    describe: 'write the exchange as packets too, for Wireshark',
    type: 'string',
    requiresArg: true,
  },
  keylog: {
    describe: 'of a capture: the secrets of its TLS connections (SSLKEYLOGFILE)',
    type: 'string',
    requiresArg: true,
  },
  port: {
    describe: 'of a capture: only connections with this port',
    type: 'number',
    requiresArg: true,
  },
  host: {
    describe: 'of a capture: only connections with this address',
    type: 'string',
    requiresArg: true,
  },
  protocol: {
    describe: 'of a capture: only what speaks it, such as mqtt, http/1.1, TLS',
    type: 'string',
    requiresArg: true,
  },
  full: {
    describe: 'of a capture: every connection, each with its ledger',
    type: 'boolean',
    default: false,
  },
  'save-heads': {
    describe:
      'of a capture: write its HTTP/1.1 heads there, secrets blanked, for http.request.head',
    type: 'string',
    requiresArg: true,
  },
  broker: {
    describe: 'what MQTT 3.1.1 runs on (default: aedes)',
    choices: BROKERS,
    requiresArg: true,
  },
  tls: {
    describe: 'a TLS profile of list tls (default: what the scenario says, or device)',
    type: 'string',
    requiresArg: true,
  },
} as const satisfies Record<string, Options>

export type InspectArguments = InferredOptionTypes<
  typeof INSPECT_POSITIONALS & typeof INSPECT_FLAGS
>
