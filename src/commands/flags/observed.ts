import { inGroup, number, off, text } from './kinds.ts'

/** Of a check of what real devices send; `tap` has those of the relay alike. */
export const OBSERVED_FLAGS = inGroup('What a device of your own sends:', {
  capture: text('hold what is in this pcap or pcapng against the baseline, in place of scenarios'),
  keylog: text('--capture: the secrets of its TLS connections (SSLKEYLOGFILE)'),
  tap: off('the same of what crosses between --listen and --to, until it ends'),
  listen: text('--tap: where the device connects, PORT or HOST:PORT'),
  to: text('--tap: the server, HOST:PORT'),
  for: text('--tap: end after so long, such as 30s (default: until ctrl-C)'),
  connections: number('--tap: take so many connections, and end with the last of them'),
  name: text('under which it stands in the baseline (default: that of the file, or "tap")'),
})
