import type { InferredOptionTypes, Options } from 'yargs'
import { FORMATS } from '../../export/exporter.ts'
import type { TapOptions } from '../../plan/options.ts'
import { number, oneOf, text } from './kinds.ts'

export const TAP_POSITIONALS = {
  file: {
    describe: 'YAML file with several of --listen and --to, and what else they take',
    type: 'string',
  },
} as const satisfies Record<string, Options>

export const TAP_FLAGS = {
  listen: {
    describe:
      'where the devices connect: PORT (loopback; 0 for any) or HOST:PORT; udp: before it for CoAP',
    type: 'string',
    array: true,
    requiresArg: true,
  },
  to: {
    describe: 'the server, HOST:PORT; IPv6 in brackets; of several, one for each --listen in order',
    type: 'string',
    array: true,
    requiresArg: true,
  },
  out: {
    alias: 'o',
    ...text('folder for report.json, ledger.csv and topics.csv (default: results/<UTC time>)'),
  },
  format: { ...oneOf('what to print on stdout at the end', FORMATS), default: 'table' },
  pcap: text('write what crosses as packets too, for Wireshark; it holds all of it, passwords too'),
  'pcap-limit': number('cut that file off at so many bytes (default: 1073741824)'),
  host: text('read only connections of this address; the others are passed on and counted'),
  protocol: text('tell only of what speaks it, such as mqtt, http/1.1, TLS; the rest is counted'),
  metrics: text(
    'serve figures for Prometheus at /metrics: PORT (loopback; 0 for any) or HOST:PORT',
  ),
  topics: {
    describe: '--metrics: tell apart topics and paths like plant/+/temp; may be repeated',
    type: 'string',
    array: true,
    default: [],
    requiresArg: true,
  },
  baseline: text('--metrics: hold each unit against this file of check --tap or check --capture'),
  name: text('--baseline: under which it stands there (default: the only one, or "tap")'),
  rotate: text('a report, and a capture, of its own for each such time or size: 1h, 1d, 100MB'),
  keep: text('--rotate: keep so many, or so much: 168, 10GB (default: all)'),
  for: text('end after so long, such as 30s or 5min (default: until ctrl-C)'),
  connections: number('take so many connections, and end with the last of them'),
} as const satisfies Record<keyof TapOptions, Options> & Record<string, Options>

export type TapArguments = InferredOptionTypes<typeof TAP_POSITIONALS & typeof TAP_FLAGS>
