import type {
  Baseline,
  BaselineCell,
  BaselineExchange,
  CellName,
  Versions,
} from '../model/report/check/baseline.ts'
import {
  BASELINE_SCHEMA_VERSION,
  findBaselineCell,
  isSameCell,
  PHASE_DIRECTIONS,
  versionsOfCell,
} from '../model/report/check/baseline.ts'
import type { BytesResult, Report } from '../model/report/report.ts'
import type { Direction, Phase } from '../model/vocabulary.ts'
import { DIRECTIONS, PHASES, WIRE_LAYERS } from '../model/vocabulary.ts'
import { formatFrameShape, shapeOf } from '../model/wire/frame-shape.ts'
import { sumLedger } from '../model/wire/ledger.ts'

/** A cell on its way into a baseline, with all of its versions. */
interface Entry extends CellName {
  readonly cell: BaselineCell
  readonly versions: Versions
}

/** Everything in a report that can move a byte by being another version. */
export function versionsOfReport({ tool, environment }: Report): Versions {
  const { node, openssl, libraries } = environment
  return { 'mqtt-vs-http': tool.version, node, openssl, ...libraries }
}

/** As much of a byte pass as a baseline holds. */
export type CountedBytes = Pick<BytesResult, 'messages' | 'ledger' | 'exchange'>

/** The bytes of one cell in the form of a baseline, without versions. */
export function baselineCellOf(bytes: CountedBytes): BaselineCell {
  const cell: BaselineCell = { messages: bytes.messages }
  for (const phase of PHASES) {
    for (const direction of DIRECTIONS) {
      const exchange = exchangeOf(bytes, phase, direction)
      if (exchange !== null) cell[`${phase} ${direction}`] = exchange
    }
  }
  return cell
}

function exchangeOf(
  { ledger, exchange }: CountedBytes,
  phase: Phase,
  direction: Direction,
): BaselineExchange | null {
  const layers: BaselineExchange['layers'] = {}
  for (const layer of WIRE_LAYERS) {
    const bytes = sumLedger(ledger, { phase, direction, layer })
    if (bytes > 0) layers[layer] = bytes
  }
  if (Object.keys(layers).length === 0) return null
  const frames = exchange
    .filter((frame) => frame.phase === phase && frame.direction === direction)
    .map((frame) => formatFrameShape(shapeOf(frame)))
  return { layers, frames }
}

/** A baseline of every cell of the report that was measured and has bytes. */
export function createBaseline(report: Report): Baseline {
  const versions = versionsOfReport(report)
  const entries = report.cells.flatMap((cell): Entry[] => {
    if (cell.status !== 'measured' || cell.bytes === null) return []
    const { scenario, transport, bytes } = cell
    return [{ scenario, transport, cell: baselineCellOf(bytes), versions }]
  })
  return assemble(versions, entries)
}

/** The baseline with the cells of the fresh one that it lacks; those that it has stay as they are. */
export function addMissingCells(baseline: Baseline, fresh: Baseline): Baseline {
  const lacking = listEntries(fresh).filter((entry) => !findBaselineCell(baseline, entry))
  return assemble(baseline.versions, [...listEntries(baseline), ...lacking])
}

/**
 * The baseline with every cell of the fresh one in place of its own.
 * @param existing every cell that exists, measured or not, where the whole set
 *   was run: others are dropped, and the versions on top become the fresh ones.
 *   Null where a part was run: then all others stay.
 */
export function replaceCells(
  baseline: Baseline,
  fresh: Baseline,
  existing: readonly CellName[] | null,
): Baseline {
  const others = listEntries(baseline).filter(
    (entry) =>
      !findBaselineCell(fresh, entry) &&
      (existing === null || existing.some((name) => isSameCell(name, entry))),
  )
  const versions = existing !== null || others.length === 0 ? fresh.versions : baseline.versions
  return assemble(versions, [...others, ...listEntries(fresh)])
}

function listEntries(baseline: Baseline): Entry[] {
  return Object.entries(baseline.cells).flatMap(([scenario, transports]) =>
    Object.entries(transports).map(([transport, cell]) => ({
      scenario,
      transport,
      cell,
      versions: versionsOfCell(baseline, cell),
    })),
  )
}

/** Cells name only the versions in which they differ from the ones on top. */
function assemble(top: Versions, entries: readonly Entry[]): Baseline {
  const scenarios = new Map<string, Map<string, BaselineCell>>()
  for (const { scenario, transport, cell, versions } of entries) {
    const { versions: _, ...bare } = cell
    const own = Object.entries(versions).filter(([name, value]) => top[name] !== value)
    const transports = scenarios.get(scenario) ?? new Map<string, BaselineCell>()
    transports.set(
      transport,
      own.length === 0 ? bare : { ...bare, versions: Object.fromEntries(own) },
    )
    scenarios.set(scenario, transports)
  }
  return inStableOrder({
    schemaVersion: BASELINE_SCHEMA_VERSION,
    tool: 'mqtt-vs-http',
    versions: top,
    cells: Object.fromEntries(
      Array.from(scenarios, ([name, transports]) => [name, Object.fromEntries(transports)]),
    ),
  })
}

/** By code units, not by the machine's language: the same everywhere. */
const byName = ([a]: [string, unknown], [b]: [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0

const sortKeys = <T>(
  record: Readonly<Record<string, T>>,
  sortValue: (value: T) => T,
): Record<string, T> =>
  Object.fromEntries(
    Object.entries(record)
      .sort(byName)
      .map(([name, value]) => [name, sortValue(value)]),
  )

/** What runs everything first, then the libraries by name. */
function sortVersions({ 'mqtt-vs-http': tool, node, openssl, ...libraries }: Versions): Versions {
  const first = Object.entries({ 'mqtt-vs-http': tool, node, openssl })
  return Object.fromEntries(
    [...first, ...Object.entries(libraries).sort(byName)].filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
}

function sortCell({ messages, versions, ...phases }: BaselineCell): BaselineCell {
  const cell: BaselineCell = { messages }
  if (versions !== undefined) cell.versions = sortVersions(versions)
  for (const key of PHASE_DIRECTIONS) {
    const exchange = phases[key]
    if (exchange === undefined) continue
    const layers: BaselineExchange['layers'] = {}
    for (const layer of WIRE_LAYERS) {
      const bytes = exchange.layers[layer]
      if (bytes !== undefined) layers[layer] = bytes
    }
    cell[key] = { layers, frames: exchange.frames }
  }
  return cell
}

function inStableOrder({ schemaVersion, tool, versions, cells }: Baseline): Baseline {
  return {
    schemaVersion,
    tool,
    versions: sortVersions(versions),
    cells: sortKeys(cells, (transports) => sortKeys(transports, sortCell)),
  }
}

/**
 * The text of a baseline file: scenarios and transports by name, phases and
 * layers in the order of the words, one figure a line. The frames stand right
 * below the layers that they explain, so that a byte more is one hunk of a diff.
 */
export function renderBaseline(baseline: Baseline): string {
  return `${JSON.stringify(inStableOrder(baseline), null, 2)}\n`
}
