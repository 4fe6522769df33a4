import * as z from 'zod'

const loadMs = z.number().min(0)

/** What else there was while something was measured. */
export const machineSchema = z.strictObject({
  elapsedMs: loadMs,
  cpus: z.int().min(1).nullable().describe('of the machine'),
  loadAverage: z.number().min(0).nullable().describe('over the last minute, at the end of it'),
  othersCpus: z
    .number()
    .min(0)
    .nullable()
    .describe('CPUs that other programs used; null where that is not known or the time too short'),
  stealShare: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe('of the machine’s CPU time: what its host gave to others'),
  throttledMs: loadMs
    .nullable()
    .describe('for which a limit on CPU time (cgroup) kept us from going on'),
})
