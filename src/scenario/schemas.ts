import * as z from 'zod'
import { cloudFileSchema } from '../model/fleet/cloud-file.ts'
import { fleetFileSchema } from '../model/fleet/fleet-file.ts'
import { fleetReportSchema } from '../model/fleet/fleet-report.ts'
import { planFileSchema } from '../model/fleet/plan-file.ts'
import { radioFileSchema } from '../model/fleet/radio-file.ts'
import { reportSchema } from '../model/report/report.ts'
import { tapFileSchema } from '../model/report/tap/tap-file.ts'
import { tapReportSchema } from '../model/report/tap/tap-report.ts'
import { scenarioFileSchema } from '../model/scenario/scenario.ts'

/** A JSON schema, draft 2020-12. */
export type JsonSchema = Record<string, unknown>

const TARGET = 'draft-2020-12'

function convert(schema: z.ZodType, io: 'input' | 'output', title: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: TARGET, io })
  return { $schema, title, ...rest }
}

/**
 * The schemas that editors and scripts use, by file name. What the program
 * checks and what the schema says come from one source.
 */
export function buildSchemas(): Record<string, JsonSchema> {
  return {
    // As it is written: what has a default may be left out.
    'scenario.schema.json': convert(scenarioFileSchema, 'input', 'mqtt-vs-http scenario'),
    'fleet.schema.json': convert(fleetFileSchema, 'input', 'mqtt-vs-http fleet'),
    'fleet-report.schema.json': convert(fleetReportSchema, 'output', 'mqtt-vs-http fleet report'),
    'plan.schema.json': convert(planFileSchema, 'input', 'mqtt-vs-http data plan'),
    'cloud.schema.json': convert(cloudFileSchema, 'input', 'mqtt-vs-http cloud service'),
    'radio.schema.json': convert(radioFileSchema, 'input', 'mqtt-vs-http radio model'),
    'report.schema.json': convert(reportSchema, 'output', 'mqtt-vs-http report'),
    'taps.schema.json': convert(tapFileSchema, 'input', 'mqtt-vs-http taps'),
    'tap.schema.json': convert(tapReportSchema, 'output', 'mqtt-vs-http tap report'),
  }
}

/** The text of a schema file. */
export function formatSchema(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}
