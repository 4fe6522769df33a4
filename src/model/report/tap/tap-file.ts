import * as z from 'zod'

/** A port alone is a number in YAML. */
const word = z.union([z.string().min(1), z.int().nonnegative().transform(String)])

const own = {
  pcap: z.string().optional().describe('write what crosses as packets too'),
  'pcap-limit': z.int().optional().describe('cut that file off at so many bytes'),
  connections: z.int().optional().describe('take so many connections'),
  host: z.string().optional().describe('read only connections of this address'),
  protocol: z.string().optional().describe('tell only of what speaks it'),
}

const either = {
  topics: z.array(z.string()).optional().describe('tell apart topics and paths like plant/+/temp'),
  baseline: z.string().optional().describe('hold each unit against this file'),
  name: z.string().optional().describe('under which it stands in the baseline'),
}

/** Several taps in one process, as they are written: the flags of `tap` by their names. */
export const tapFileSchema = z.strictObject({
  taps: z
    .array(
      z.strictObject({
        listen: word.describe('where the devices connect: PORT, HOST:PORT, udp: before it'),
        to: z.string().min(1).describe('the server, HOST:PORT'),
        ...own,
        ...either,
      }),
    )
    .min(1),
  metrics: word.optional().describe('serve figures for Prometheus: PORT or HOST:PORT'),
  out: z.string().optional().describe('folder, with one of its own for each of several taps'),
  rotate: z.string().optional().describe('1h, 1d, 100MB'),
  keep: word.optional().describe('168, 10GB'),
  for: z.string().optional().describe('end after so long'),
  ...either,
})
