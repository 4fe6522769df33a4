import type { InferredOptionTypes, Options } from 'yargs'
import { FORMATS } from '../../export/exporter.ts'
import type { TapOptions } from '../../plan/options.ts'

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
    describe: 'folder for report.json, ledger.csv and topics.csv (default: results/<UTC time>)',
    type: 'string',
    requiresArg: true,
  },
  format: {
    describe: 'what to print on stdout at the end',
    choices: FORMATS,
    default: 'table',
    requiresArg: true,
  },
  pcap: {
    describe: 'write what crosses as packets too, for Wireshark; it holds all of it, passwords too',
    type: 'string',
    requiresArg: true,
  },
  'pcap-limit': {
    describe: 'cut that file off at so many bytes (default: 1073741824)',
    type: 'number',
    requiresArg: true,
  },
  host: {
    describe: 'read only connections of this address; the others are passed on and counted',
    type: 'string',
    requiresArg: true,
  },
  protocol: {
    describe: 'tell only of what speaks it, such as mqtt, http/1.1, TLS; the rest is counted',
    type: 'string',
    requiresArg: true,
  },
  metrics: {
    describe: 'serve figures for Prometheus at /metrics: PORT (loopback; 0 for any) or HOST:PORT',
    type: 'string',
    requiresArg: true,
  },
  topics: {
    describe: '--metrics: tell apart topics and paths like plant/+/temp; may be repeated',
    type: 'string',
    array: true,
    default: [],
    requiresArg: true,
  },
  baseline: {
    describe: '--metrics: hold each unit against this file of check --tap or check --capture',
    type: 'string',
    requiresArg: true,
  },
  name: {
    describe: '--baseline: under which it stands there (default: the only one, or "tap")',
    type: 'string',
    requiresArg: true,
  },
  rotate: {
    describe: 'a report, and a capture, of its own for each such time or size: 1h, 1d, 100MB',
    type: 'string',
    requiresArg: true,
  },
  keep: {
    describe: '--rotate: keep so many, or so much: 168, 10GB (default: all)',
    type: 'string',
    requiresArg: true,
  },
  for: {
    describe: 'end after so long, such as 30s or 5min (default: until ctrl-C)',
    type: 'string',
    requiresArg: true,
  },
  connections: {
    describe: 'take so many connections, and end with the last of them',
    type: 'number',
    requiresArg: true,
  },
} as const satisfies Record<keyof TapOptions, Options> & Record<string, Options>

export type TapArguments = InferredOptionTypes<typeof TAP_POSITIONALS & typeof TAP_FLAGS>
