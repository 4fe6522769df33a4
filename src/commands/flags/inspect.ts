import type { InferredOptionTypes, Options, PositionalOptions } from 'yargs'
import { CAPTURE_FORMATS } from '../../export/inspect/formats.ts'
import { BROKERS } from '../../transports/mqtt/brokers.ts'
import { number, off, oneOf, text } from './kinds.ts'
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
    ...text('ids or groups, separated by commas (default: what the scenario names)'),
  },
  messages: number('how many messages to send on each transport (default: 1)'),
  format: {
    ...oneOf('what to print on stdout; csv of a capture', CAPTURE_FORMATS),
    default: 'table',
  },
  pcap: text('write the exchange as packets too, for Wireshark'),
  keylog: text('of a capture: the secrets of its TLS connections (SSLKEYLOGFILE)'),
  port: number('of a capture: only connections with this port'),
  host: text('of a capture: only connections with this address'),
  protocol: text('of a capture: only what speaks it, such as mqtt, http/1.1, TLS'),
  full: off('of a capture: every connection, each with its ledger'),
  'save-heads': text(
    'of a capture: write its HTTP/1.1 heads there, secrets blanked, for http.request.head',
  ),
  broker: oneOf('what MQTT 3.1.1 runs on (default: aedes)', BROKERS),
  tls: text('a TLS profile of list tls (default: what the scenario says, or device)'),
} as const satisfies Record<string, Options>

export type InspectArguments = InferredOptionTypes<
  typeof INSPECT_POSITIONALS & typeof INSPECT_FLAGS
>
