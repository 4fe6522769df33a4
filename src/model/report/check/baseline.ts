import * as z from 'zod'
import type { Direction, Phase } from '../../vocabulary.ts'
import { DIRECTIONS, LAYERS, PHASES } from '../../vocabulary.ts'
import { parseFrameShape } from '../../wire/frame-shape.ts'

/** What compresses payloads: a compressed size is exact within one version of it. */
export const ZLIB = 'zlib (in Node)'

/** The stored form of a baseline. A reader refuses a version that it does not know. */
export const BASELINE_SCHEMA_VERSION = 1

/** One phase in one direction, as a baseline names it: `steady up`. */
export type PhaseDirection = `${Phase} ${Direction}`

export const PHASE_DIRECTIONS: readonly PhaseDirection[] = PHASES.flatMap((phase) =>
  DIRECTIONS.map((direction): PhaseDirection => `${phase} ${direction}`),
)

/** The layers of the byte stream; `network` lies below it, and depends on the kernel. */
export const WIRE_LAYERS = LAYERS.filter((layer) => layer !== 'network')

/** Scenario names and transport ids: what may stand as a key of `cells`. */
const NAME = /^[a-z0-9][a-z0-9-]*$/

const bytes = z.int('must be a whole number of bytes').min(0, 'must not be below 0 bytes')
const version = z.string('must be a version, as text')
const versions = z.record(z.string(), version, 'must map names to versions')

const frameShape = z.string('must be a frame, as text').superRefine((text, context) => {
  const shape = parseFrameShape(text)
  if (shape === null) {
    const example = '"PUBACK 4: packet type and flags 1, Remaining Length 1, Packet Identifier 2"'
    context.addIssue({ code: 'custom', message: `is no frame with its sizes, such as ${example}` })
    return
  }
  const sum = shape.parts.reduce((total, part) => total + part.lengthBytes, 0)
  if (sum !== shape.lengthBytes) {
    context.addIssue({
      code: 'custom',
      message: `is a frame of ${shape.lengthBytes} bytes, but its parts are ${sum}`,
    })
  }
})

/** The bytes of one phase in one direction, and below them the frames that show which field they are. */
const exchange = z
  .strictObject(
    {
      layers: z.partialRecord(z.enum(WIRE_LAYERS), bytes, 'must map layers to bytes'),
      frames: z
        .array(frameShape, 'must be a list of frames')
        .describe(
          'every frame of setup, idle and close, those of the first message, and of the second where they are of other sizes, as far as a run keeps them',
        ),
    },
    { error: objectError('layers and frames') },
  )
  .superRefine(({ layers, frames }, context) => {
    const counted = Object.values(layers).reduce((total, layer) => total + layer, 0)
    const shown = frames.reduce((sum, text) => sum + (parseFrameShape(text)?.lengthBytes ?? 0), 0)
    // Not every frame is kept, so fewer bytes are possible; more are not.
    if (shown > counted) {
      context.addIssue({
        code: 'custom',
        path: ['frames'],
        message: `are ${shown} bytes, but all layers together only ${counted}`,
      })
    }
  })

function objectError(content: string) {
  return (issue: z.core.$ZodRawIssue): string | undefined => {
    if (issue.code !== 'invalid_type') return undefined
    return issue.input === undefined ? 'is missing' : `must be a mapping with ${content}`
  }
}

const cell = z.strictObject(
  {
    messages: z
      .int('must be a whole number of messages')
      .min(0, 'must not be below 0')
      .describe('messages of the steady phase'),
    versions: versions
      .optional()
      .describe('those that differ from the ones on top: the cell was updated by itself'),
    ...(Object.fromEntries(PHASE_DIRECTIONS.map((key) => [key, exchange.optional()])) as Record<
      PhaseDirection,
      z.ZodOptional<typeof exchange>
    >),
  },
  { error: objectError('messages and bytes by phase and direction') },
)

export const baselineSchema = z
  .strictObject({
    schemaVersion: z.literal(BASELINE_SCHEMA_VERSION),
    tool: z.literal('mqtt-vs-http', 'must be mqtt-vs-http'),
    versions: versions.describe('of this tool, Node, OpenSSL and each protocol library'),
    cells: z
      .record(
        z.string().regex(NAME, 'is no scenario name'),
        z.record(
          z.string().regex(NAME, 'is no transport id'),
          cell,
          'must map transports to cells',
        ),
        'must map scenarios to transports',
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
