import * as z from 'zod'
import { refuse } from '../../text/refuse.ts'
import type { Direction, Phase } from '../../vocabulary.ts'
import { DIRECTIONS, NAME, PHASES, WIRE_LAYERS } from '../../vocabulary.ts'
import { parseFrameShape } from '../../wire/frame-shape.ts'
import { sayWrong } from './words.ts'

/** The stored form of a baseline. A reader refuses a version that it does not know. */
export const BASELINE_SCHEMA_VERSION = 1

/** One phase in one direction, as a baseline names it: `steady up`. */
export type PhaseDirection = `${Phase} ${Direction}`

export const PHASE_DIRECTIONS: readonly PhaseDirection[] = PHASES.flatMap((phase) =>
  DIRECTIONS.map((direction): PhaseDirection => `${phase} ${direction}`),
)

const bytes = z
  .int({ error: () => sayWrong.wholeBytes })
  .min(0, { error: () => sayWrong.negativeBytes })
const version = z.string({ error: () => sayWrong.version })
const versions = z.record(z.string(), version, { error: () => sayWrong.versions })

const frameShape = z.string({ error: () => sayWrong.frame }).superRefine((text, context) => {
  const shape = parseFrameShape(text)
  if (shape === null) {
    refuse(context, [], sayWrong.noFrame)
    return
  }
  const sum = shape.parts.reduce((total, part) => total + part.lengthBytes, 0)
  if (sum !== shape.lengthBytes) {
    refuse(context, [], sayWrong.parts(shape.lengthBytes, sum))
  }
})

/** The bytes of one phase in one direction, and below them the frames that show which field they are. */
const exchange = z
  .strictObject(
    {
      layers: z.partialRecord(z.enum(WIRE_LAYERS), bytes, { error: () => sayWrong.layers }),
      frames: z
        .array(frameShape, { error: () => sayWrong.frames })
        .describe(
          'every frame of setup, idle and close, those of the first message, and of the second where they are of other sizes, as far as a run keeps them',
        ),
    },
    { error: objectError(() => sayWrong.exchange) },
  )
  .superRefine(({ layers, frames }, context) => {
    const counted = Object.values(layers).reduce((total, layer) => total + layer, 0)
    const shown = frames.reduce((sum, text) => sum + (parseFrameShape(text)?.lengthBytes ?? 0), 0)
    // Not every frame is kept, so fewer bytes are possible; more are not.
    if (shown > counted) {
      refuse(context, ['frames'], sayWrong.more(shown, counted))
    }
  })

function objectError(wanted: () => string) {
  return (issue: z.core.$ZodRawIssue): string | undefined => {
    if (issue.code !== 'invalid_type') return undefined
    return issue.input === undefined ? sayWrong.missing : wanted()
  }
}

const cell = z.strictObject(
  {
    messages: z
      .int({ error: () => sayWrong.wholeMessages })
      .min(0, { error: () => sayWrong.negative })
      .describe('messages of the steady phase'),
    versions: versions
      .optional()
      .describe('those that differ from the ones on top: the cell was updated by itself'),
    ...(Object.fromEntries(PHASE_DIRECTIONS.map((key) => [key, exchange.optional()])) as Record<
      PhaseDirection,
      z.ZodOptional<typeof exchange>
    >),
  },
  { error: objectError(() => sayWrong.cell) },
)

export const baselineSchema = z
  .strictObject({
    schemaVersion: z.literal(BASELINE_SCHEMA_VERSION),
    tool: z.literal('mqtt-vs-http', { error: () => sayWrong.tool }),
    versions: versions.describe('of this tool, Node, OpenSSL and each protocol library'),
    cells: z
      .record(
        z.string().regex(NAME, { error: () => sayWrong.noScenario }),
        z.record(z.string().regex(NAME, { error: () => sayWrong.noTransport }), cell, {
          error: () => sayWrong.cells,
        }),
        { error: () => sayWrong.transports },
      )
      .describe('scenario → transport → cell'),
  })
  .describe('The bytes that later runs of mqtt-vs-http are held against')

export type Baseline = z.output<typeof baselineSchema>
export type BaselineCell = z.output<typeof cell>
export type BaselineExchange = z.output<typeof exchange>
/** Name → version; `mqtt-vs-http`, `node` and `openssl` stand beside the libraries. */
export type Versions = z.output<typeof versions>

/** What names a cell. */
export interface CellName {
  readonly scenario: string
  readonly transport: string
}

export const isSameCell = (a: CellName, b: CellName): boolean =>
  a.scenario === b.scenario && a.transport === b.transport

/** The cell of this name; a scenario may be called `constructor`. */
export function findBaselineCell(
  { cells }: Baseline,
  { scenario, transport }: CellName,
): BaselineCell | undefined {
  const transports = Object.hasOwn(cells, scenario) ? cells[scenario] : undefined
  if (transports === undefined || !Object.hasOwn(transports, transport)) return undefined
  return transports[transport]
}

/** The versions that a cell of this baseline was measured with. */
export function versionsOfCell(baseline: Baseline, { versions: own }: BaselineCell): Versions {
  return { ...baseline.versions, ...own }
}
