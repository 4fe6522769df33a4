import * as z from 'zod'
import { EXIT } from '../../exit-codes.ts'
import { saidSchema } from '../../said/said-schema.ts'
import { DIRECTIONS, LAYERS, PHASES, WIRE_LAYERS } from '../../vocabulary.ts'
import { CHECK_SCHEMA_VERSION } from '../schema-versions.ts'

const count = z.int().min(0)

const cellName = { scenario: z.string(), transport: z.string() }
const place = {
  phase: z.enum(PHASES),
  direction: z.enum(DIRECTIONS),
}

const difference = z
  .strictObject({ ...place, layer: z.enum(LAYERS), was: count, is: count })
  .describe('bytes of one layer, in the baseline and now; 0 where there were none')

const partChange = z
  .strictObject({
    label: z.string(),
    was: count.nullable().describe('bytes; null: the part is new'),
    is: count.nullable().describe('bytes; null: the part is gone'),
    text: z.string().optional().describe('its value now, where it is readable'),
  })
  .describe('a field that grew, shrank, came or went')

const frameChange = z
  .strictObject({
    ...place,
    index: count.describe('position among the frames of its phase and direction'),
    label: z.string(),
    was: count.nullable().describe('bytes; null: the frame is new'),
    is: count.nullable().describe('bytes; null: the frame is gone'),
    parts: z.array(partChange),
  })
  .describe('the first frame that differs')

const explanation = z
  .strictObject({
    name: z.string().describe('of the program or library'),
    was: z.string().describe('its version in the baseline; empty where it had none'),
    is: z.string().describe('its version now; empty where it has none'),
    figures: z.array(z.string()).describe('what it can explain: `steady up framing`'),
  })
  .describe('a version that moved, and can have moved these bytes without being a regression')

const allowance = z
  .strictObject({
    name: z.string().describe('of the program'),
    was: z.string().describe('its version in the baseline'),
    is: z.string().describe('its version now'),
    what: saidSchema.describe('which versions do what'),
    ...place,
    layer: z.enum(WIRE_LAYERS),
    bytes: z.int().describe('by which the figure of the baseline moves'),
  })
  .describe('bytes that a version is known to send more or less')

const comparison = {
  ...cellName,
  messages: z.strictObject({ was: count, is: count }),
  differences: z.array(difference),
  frame: frameChange
    .nullable()
    .describe('null: no stored frame differs; the difference lies in later messages'),
  explainedBy: z.array(explanation),
  allowed: z
    .array(allowance)
    .optional()
    .describe('what versions are known to move: it is in `was` of the differences already'),
}

const variation = z
  .strictObject({ ...place, layer: z.enum(LAYERS), values: z.array(count) })
  .describe('bytes of one layer in each byte pass')

const pass = z.literal('pass')
const fail = z.literal('fail')
const noVerdict = z.literal('no-verdict')

const cellVerdict = z.discriminatedUnion('finding', [
  z.strictObject({ ...cellName, finding: z.literal('unchanged'), verdict: pass }),
  z
    .strictObject({
      ...cellName,
      finding: z.literal('version'),
      verdict: pass,
      allowed: z.array(allowance),
    })
    .describe('as in the baseline but for what versions are known to move'),
  z.strictObject({ ...comparison, finding: z.literal('smaller'), verdict: pass }),
  z.strictObject({ ...comparison, finding: z.literal('changed'), verdict: fail }),
  z
    .strictObject({ ...comparison, finding: z.literal('messages'), verdict: fail })
    .describe('another number of messages was sent, so the steady phase does not compare'),
  z.strictObject({
    ...cellName,
    finding: z.literal('missing-in-baseline'),
    verdict: fail,
  }),
  z
    .strictObject({ ...cellName, finding: z.literal('gone'), verdict: fail })
    .describe('in the baseline, but it no longer exists'),
  z.strictObject({
    ...cellName,
    finding: z.literal('failed'),
    verdict: noVerdict,
    reason: saidSchema,
  }),
  z
    .strictObject({
      ...cellName,
      finding: z.literal('skipped'),
      verdict: noVerdict,
      reason: saidSchema,
    })
    .describe('in the baseline, but this machine lacks what it needs'),
  z
    .strictObject({
      ...cellName,
      finding: z.literal('varied'),
      verdict: noVerdict,
      messages: z.array(count).describe('of each byte pass'),
      variations: z.array(variation),
    })
    .describe('the byte passes of this run differ among themselves'),
])

export const budgetVerdict = z
  .strictObject({
    ...cellName,
    metric: z.string(),
    ratioTo: z.string().nullable().describe('the transport whose metric it is divided by'),
    min: z.number().nullable(),
    max: z.number().nullable(),
    value: z.number().nullable(),
    verdict: z.enum(['pass', 'fail', 'unmeasured']),
    line: saidSchema.describe('the verdict in one sentence'),
  })
  .describe('a gate of a scenario file')

export const checkResultSchema = z
  .strictObject({
    schemaVersion: z.literal(CHECK_SCHEMA_VERSION),
    tool: z.strictObject({ name: z.literal('mqtt-vs-http'), version: z.string() }),
    baseline: z.string().describe('the file of the baseline'),
    command: z
      .string()
      .describe('the check as it was called, to be pasted; `--update` can be added to it'),
    verdict: z.enum(['pass', 'fail', 'no-verdict']),
    exitCode: z.union([z.literal(EXIT.fine), z.literal(EXIT.gateFailed), z.literal(EXIT.failed)]),
    cells: z.array(cellVerdict),
    budgets: z.array(budgetVerdict),
  })
  .describe('A run of mqtt-vs-http held against its baseline')

export type CheckResult = z.output<typeof checkResultSchema>
export type CellVerdict = CheckResult['cells'][number]
export type BudgetVerdict = CheckResult['budgets'][number]
export type ByteDifference = z.output<typeof difference>
export type VersionAllowance = z.output<typeof allowance>
export type FrameChange = z.output<typeof frameChange>
export type PartChange = z.output<typeof partChange>
export type VersionExplanation = z.output<typeof explanation>
export type ByteVariation = z.output<typeof variation>
/** A cell whose bytes were held against those of the baseline, and differ. */
export type Comparison = Extract<CellVerdict, { differences: unknown }>
export type VariedCell = Extract<CellVerdict, { finding: 'varied' }>
