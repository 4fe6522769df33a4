import * as z from 'zod'
import { saidSchema } from '../../said/said-schema.ts'
import { targetSchema } from '../target.ts'

/** The stored form of a latency check. A reader refuses a version that it does not know. */
export const LATENCY_CHECK_SCHEMA_VERSION = 1

/**
 * The arms of a comparison. `control` is the reference once more: what the two
 * differ by is what the machine makes of nothing.
 */
export const LATENCY_ARMS = ['reference', 'candidate', 'control'] as const

/**
 * What one sequence of forks says so far.
 *
 * - `more-forks`: nothing yet, and more forks may be taken.
 * - `fail-pending-confirmation`: fails, if fresh forks fail too.
 */
const LATENCY_STATES = ['pass', 'fail-pending-confirmation', 'more-forks', 'no-verdict'] as const

const LATENCY_VERDICTS = ['pass', 'fail', 'no-verdict'] as const
export type LatencyVerdict = (typeof LATENCY_VERDICTS)[number]

/** Natural logarithms of ratios. A bound is one-sided, 95 %, and null where the forks are too few for one. */
export interface ForkEstimate {
  median: number
  lower: number | null
  upper: number | null
}

const ratio = z.number().positive()
const seconds = z.number().min(0)
const count = z.int().min(0)

const judgement = z.strictObject({
  state: z.enum(LATENCY_STATES),
  forks: count.describe('how many it rests on'),
  nextStage: count.nullable().describe('how many forks to have before judging again'),
  medianRatio: ratio.describe('candidate ÷ reference, median over the forks'),
  lowerBound: ratio.nullable().describe('one-sided 95 % lower bound of the ratio'),
  upperBound: ratio.nullable().describe('one-sided 95 % upper bound of the ratio'),
  controlRatio: ratio.describe('control ÷ reference, median over the forks'),
  reasons: z.array(saidSchema),
})

const fork = z.strictObject({
  sequence: z.enum(['first', 'confirmation']),
  number: count.describe('counted through both sequences, from 0; it turns the order'),
  order: z.array(z.enum(LATENCY_ARMS)).describe('of the first half of a round'),
  candidate: z.number().describe('natural logarithm of candidate ÷ reference'),
  control: z.number().describe('natural logarithm of control ÷ reference'),
  seconds,
})

const transportResult = z.strictObject({
  scenario: z.string(),
  transport: z.string(),
  verdict: z.enum(LATENCY_VERDICTS),
  reasons: z.array(saidSchema),
  advisory: z
    .strictObject({
      isAdvisory: z.boolean(),
      reason: saidSchema.nullable().describe('why a failure here does not fail the build'),
    })
    .refine(({ isAdvisory, reason }) => isAdvisory === (reason !== null), {
      error: 'an advisory verdict has a reason, and no other has',
    }),
  controlSpread: z
    .number()
    .min(0)
    .nullable()
    .describe('standard deviation of a fork in the control arm, as a natural logarithm'),
  first: judgement,
  confirmation: judgement.nullable().describe('on fresh forks; null unless the first failed'),
  forks: z.array(fork),
  seconds,
})

export const latencyCheckSchema = z
  .strictObject({
    schemaVersion: z.literal(LATENCY_CHECK_SCHEMA_VERSION),
    startedAt: z.iso.datetime(),
    pinning: z.strictObject({ pinned: z.boolean(), reason: saidSchema }),
    injected: z.array(z.string()).describe('faults put into the candidate on purpose'),
    servers: z
      .strictObject({ candidate: z.array(targetSchema), reference: z.array(targetSchema) })
      .optional()
      .describe('two deployments that were there; left out where each arm serves itself'),
    transports: z.array(transportResult),
  })
  .describe('A stored latency check of mqtt-vs-http')

export type LatencyCheck = z.output<typeof latencyCheckSchema>
export type LatencyCheckTransport = z.output<typeof transportResult>
export type LatencyCheckFork = z.output<typeof fork>
export type LatencyJudgement = z.output<typeof judgement>
