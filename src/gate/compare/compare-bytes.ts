import type { Baseline, BaselineCell, CellName } from '../../model/report/check/baseline.ts'
import { findBaselineCell, isSameCell, versionsOfCell } from '../../model/report/check/baseline.ts'
import type {
  ByteDifference,
  CellVerdict,
  Comparison,
  FrameChange,
  VariedCell,
  VersionAllowance,
} from '../../model/report/check/check.ts'
import type { Report } from '../../model/report/report.ts'
import { said } from '../../model/said/said.ts'
import { DIRECTIONS, PHASES, WIRE_LAYERS } from '../../model/vocabulary.ts'
import type { Library } from '../../model/wire/library.ts'
import { baselineCellOf, type CountedBytes, versionsOfReport } from '../baseline.ts'
import { allowancesBetween, compressionAllowance, withAllowances } from '../version-allowances.ts'
import { explainByVersions } from '../version-explanations.ts'
import { findFrameChange } from './compare-frames.ts'

export interface ByteCheckOptions {
  /** A cell that only shrank passes, and is reported so that the baseline can move. */
  readonly allowSmaller: boolean
  /** The cells that were asked for. */
  readonly scope: readonly CellName[]
  /** Everything that exists was asked for: what only the baseline has is gone. */
  readonly wholeSet: boolean
  /** Cells whose byte passes differ among themselves; none if left out. */
  readonly varied?: readonly VariedCell[]
  /** What a transport speaks through, by its id, to explain a difference by; nothing if left out. */
  readonly librariesOf?: (transport: string) => readonly Library[]
}

/**
 * Holds every cell that was asked for against the baseline: wire bytes by
 * phase, direction and layer, exactly. Cells without a wire have no verdict.
 */
export function checkAgainstBaseline(
  baseline: Baseline,
  report: Report,
  options: ByteCheckOptions,
): CellVerdict[] {
  const asked = options.scope.flatMap((name) => judgeCell(name, baseline, report, options) ?? [])
  if (!options.wholeSet) return asked
  const exists = (name: CellName): boolean =>
    [...report.cells, ...options.scope].some((each) => isSameCell(each, name))
  const gone = Object.entries(baseline.cells).flatMap(([scenario, transports]) =>
    Object.keys(transports)
      .map((transport): CellName => ({ scenario, transport }))
      .filter((name) => !exists(name))
      .map((name): CellVerdict => ({ ...name, finding: 'gone', verdict: 'fail' })),
  )
  return [...asked, ...gone]
}

/** Null where there is nothing to judge: no bytes to compare, on either side. */
function judgeCell(
  { scenario, transport }: CellName,
  baseline: Baseline,
  report: Report,
  { allowSmaller, varied = [], librariesOf = () => [] }: ByteCheckOptions,
): CellVerdict | null {
  const name = { scenario, transport }
  const was = findBaselineCell(baseline, name)
  const cell = report.cells.find((each) => isSameCell(each, name))
  if (cell === undefined) {
    const reason = said('endedBefore')
    return { ...name, finding: 'failed', verdict: 'no-verdict', reason }
  }
  if (cell.status === 'skipped' && was === undefined) return null
  if (cell.status !== 'measured') {
    return { ...name, finding: cell.status, verdict: 'no-verdict', reason: cell.reason }
  }
  const variation = varied.find((each) => isSameCell(each, name))
  if (variation !== undefined) return variation
  if (cell.bytes === null) {
    return was === undefined ? null : { ...name, finding: 'gone', verdict: 'fail' }
  }
  if (was === undefined) return { ...name, finding: 'missing-in-baseline', verdict: 'fail' }
  const versions = [versionsOfCell(baseline, was), versionsOfReport(report)] as const
  return compareCell(cell, cell.bytes, was, {
    allowSmaller,
    allowed: [
      ...allowancesBetween(cell, cell.bytes, ...versions),
      ...compressionAllowance(cell, cell.bytes, was, ...versions),
    ],
    explain: (differences) =>
      explainByVersions(cell, differences, ...versions, librariesOf(transport)),
  })
}

/** Whether one pass gave what is stored, to the byte, with nothing to allow for. */
export function isAsStored(bytes: CountedBytes, was: BaselineCell): boolean {
  const is = baselineCellOf(bytes)
  return was.messages === is.messages && listDifferences(was, is).length === 0
}

/** Holds the bytes of one cell against those that are stored. */
export function compareCell(
  { scenario, transport }: CellName,
  bytes: CountedBytes,
  was: BaselineCell,
  {
    allowSmaller,
    allowed = [],
    explain,
  }: {
    allowSmaller: boolean
    /** What versions are known to move. */
    allowed?: readonly VersionAllowance[]
    explain: (differences: readonly ByteDifference[]) => Comparison['explainedBy']
  },
): CellVerdict {
  const name = { scenario, transport }
  const is = baselineCellOf(bytes)
  const sameMessages = was.messages === is.messages
  // Another number of messages moves every figure of the steady phase: it would only hide the rest.
  const differences = listDifferences(withAllowances(was, allowed), is).filter(
    ({ phase }) => sameMessages || phase !== 'steady',
  )
  if (sameMessages && differences.length === 0) {
    return allowed.length === 0
      ? { ...name, finding: 'unchanged', verdict: 'pass' }
      : { ...name, finding: 'version', verdict: 'pass', allowed: [...allowed] }
  }
  const comparison = {
    ...name,
    messages: { was: was.messages, is: is.messages },
    differences,
    frame: findFirstFrameChange(was, bytes, differences),
    explainedBy: explain(differences),
    ...(allowed.length > 0 && { allowed: [...allowed] }),
  }
  if (!sameMessages) return { ...comparison, finding: 'messages', verdict: 'fail' }
  const onlySmaller = differences.every((difference) => difference.is < difference.was)
  return allowSmaller && onlySmaller
    ? { ...comparison, finding: 'smaller', verdict: 'pass' }
    : { ...comparison, finding: 'changed', verdict: 'fail' }
}

function listDifferences(was: BaselineCell, is: BaselineCell): ByteDifference[] {
  const differences: ByteDifference[] = []
  for (const phase of PHASES) {
    for (const direction of DIRECTIONS) {
      const key = `${phase} ${direction}` as const
      for (const layer of WIRE_LAYERS) {
        const before = was[key]?.layers[layer] ?? 0
        const now = is[key]?.layers[layer] ?? 0
        if (before !== now) differences.push({ phase, direction, layer, was: before, is: now })
      }
    }
  }
  return differences
}

/** Where figures differ, and there only: a frame that is merely cut up otherwise is no finding. */
function findFirstFrameChange(
  was: BaselineCell,
  bytes: CountedBytes,
  differences: readonly ByteDifference[],
): FrameChange | null {
  for (const { phase, direction } of differences) {
    const frames = bytes.exchange.filter(
      (frame) => frame.phase === phase && frame.direction === direction,
    )
    const change = findFrameChange(
      { phase, direction },
      was[`${phase} ${direction}`]?.frames ?? [],
      frames,
    )
    if (change !== null) return change
  }
  return null
}
