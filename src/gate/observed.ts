import type { Baseline, BaselineCell, CellName, Versions } from '../model/report/check/baseline.ts'
import { BASELINE_SCHEMA_VERSION, findBaselineCell } from '../model/report/check/baseline.ts'
import type { CellVerdict, FrameChange } from '../model/report/check/check.ts'
import { idOf } from '../model/report/check/observed-id.ts'
import { type Said, said } from '../model/said/said.ts'
import { DIRECTIONS, PHASES } from '../model/vocabulary.ts'
import type { Frame } from '../model/wire/frame.ts'
import { formatFrameShape, shapeOf } from '../model/wire/frame-shape.ts'
import { LedgerBook } from '../model/wire/ledger.ts'
import { baselineCellOf, type CountedBytes } from './baseline.ts'
import { compareCell } from './compare/compare-bytes.ts'
import { findFrameChange } from './compare/compare-frames.ts'

/** Who sends units of ever new sizes cannot be held by their sizes. */
const MOST_KINDS = 500

/**
 * What somebody's own programs said, one frame of each kind: how often a device
 * speaks while it is watched depends on when one looks, how large what it says is
 * does not. Kinds are told apart by protocol, phase, direction and the size of
 * every field, and stand in the order in which they were seen first.
 */
export class ObservedKinds {
  readonly #kinds = new Map<string, Map<string, Frame>>()

  /** @param protocol as it is called: `mqtt/3.1.1` */
  add(protocol: string, frame: Frame): void {
    const id = idOf(protocol)
    const kinds = this.#kinds.get(id) ?? new Map<string, Frame>()
    this.#kinds.set(id, kinds)
    const { phase, direction } = frame
    const kind = `${phase} ${direction} ${lineOf(frame)}`
    if (kinds.size <= MOST_KINDS && !kinds.has(kind)) kinds.set(kind, frame)
  }

  get ids(): string[] {
    return [...this.#kinds.keys()]
  }

  /** Why the kinds of a protocol cannot be held; null where they can. */
  obstacle(id: string): Said | null {
    const count = this.#kinds.get(id)?.size ?? 0
    if (count <= MOST_KINDS) return null
    return said('tooManyKinds', { most: MOST_KINDS })
  }

  /** One frame of each kind, as if that had been all; the number of messages means nothing here. */
  bytesOf(id: string): CountedBytes {
    const exchange = [...(this.#kinds.get(id)?.values() ?? [])]
    const book = new LedgerBook()
    for (const frame of exchange) book.add(frame)
    return { messages: 1, ledger: book.entries(), exchange }
  }
}

/** Something that was there and could not be read, of one protocol. */
export interface ObservedProblem {
  id: string
  reason: Said
}

/**
 * Holds what was observed against what is stored under its name, protocol by
 * protocol. What could not be read has no verdict.
 */
export function judgeObserved(
  scenario: string,
  observed: ObservedKinds,
  problems: readonly ObservedProblem[],
  baseline: Baseline,
  { allowSmaller }: { allowSmaller: boolean },
): CellVerdict[] {
  const stored = Object.hasOwn(baseline.cells, scenario)
    ? Object.keys(baseline.cells[scenario] ?? {})
    : []
  const ids = new Set([...stored, ...observed.ids, ...problems.map(({ id }) => id)])
  return [...ids].map((transport): CellVerdict => {
    const name = { scenario, transport }
    const problem = problems.find(({ id }) => id === transport)
    const reason = problem?.reason ?? observed.obstacle(transport)
    if (reason !== null) return { ...name, finding: 'failed', verdict: 'no-verdict', reason }
    const was = findBaselineCell(baseline, name)
    if (was === undefined) return { ...name, finding: 'missing-in-baseline', verdict: 'fail' }
    if (!observed.ids.includes(transport)) return { ...name, finding: 'gone', verdict: 'fail' }
    return compareKinds(name, observed.bytesOf(transport), was, allowSmaller)
  })
}

function compareKinds(
  name: CellName,
  bytes: CountedBytes,
  was: BaselineCell,
  allowSmaller: boolean,
): CellVerdict {
  // A version of ours moves nothing that others send.
  const verdict = compareCell(name, bytes, was, { allowSmaller, explain: () => [] })
  const frame = verdict.finding === 'unchanged' ? firstChange(bytes, was) : null
  if (frame === null) return verdict
  // Kinds that grew and shrank by as much as each other: the sums do not show it.
  const { phase, direction } = frame
  const difference = { phase, direction, layer: 'framing' as const }
  return {
    ...{ ...name, finding: 'changed', verdict: 'fail', frame, explainedBy: [] },
    messages: { was: 1, is: 1 },
    differences: [{ ...difference, was: frame.was ?? 0, is: frame.is ?? 0 }],
  }
}

function firstChange({ exchange }: CountedBytes, was: BaselineCell): FrameChange | null {
  for (const phase of PHASES) {
    for (const direction of DIRECTIONS) {
      const stored = was[`${phase} ${direction}`]?.frames ?? []
      const frames = exchange.filter((each) => each.phase === phase && each.direction === direction)
      // In which order kinds were seen first is no difference.
      const [before, now] = [new Set(stored), new Set(frames.map(lineOf))]
      const change = findFrameChange(
        { phase, direction },
        stored.filter((line) => !now.has(line)),
        frames.filter((frame) => !before.has(lineOf(frame))),
      )
      if (change !== null && change.was !== change.is) return change
    }
  }
  return null
}

const lineOf = (frame: Frame): string => formatFrameShape(shapeOf(frame))

/** What was observed as a baseline of its own. */
export function baselineOfObserved(
  scenario: string,
  observed: ObservedKinds,
  versions: Versions,
): Baseline {
  const cells = observed.ids.map((id) => [id, baselineCellOf(observed.bytesOf(id))] as const)
  return {
    schemaVersion: BASELINE_SCHEMA_VERSION,
    tool: 'mqtt-vs-http',
    versions,
    cells: { [scenario]: Object.fromEntries(cells) },
  }
}
