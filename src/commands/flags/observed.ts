import type { Options } from 'yargs'

const GROUP = 'What a device of your own sends:'

/** Of a check of what real devices send; `tap` has those of the relay alike. */
export const OBSERVED_FLAGS = {
  capture: {
    describe: 'hold what is in this pcap or pcapng against the baseline, in place of scenarios',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  keylog: {
    describe: '--capture: the secrets of its TLS connections (SSLKEYLOGFILE)',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  tap: {
    describe: 'the same of what crosses between --listen and --to, until it ends',
    type: 'boolean',
    default: false,
    group: GROUP,
  },
  listen: {
    describe: '--tap: where the device connects, PORT or HOST:PORT',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  to: {
    describe: '--tap: the server, HOST:PORT',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  for: {
    describe: '--tap: end after so long, such as 30s (default: until ctrl-C)',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
  connections: {
    describe: '--tap: take so many connections, and end with the last of them',
    type: 'number',
    requiresArg: true,
    group: GROUP,
  },
  name: {
    describe: 'under which it stands in the baseline (default: that of the file, or "tap")',
    type: 'string',
    requiresArg: true,
    group: GROUP,
  },
} as const satisfies Record<string, Options>
