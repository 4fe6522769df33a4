import { renderComparison } from '../../export/compare/index.ts'
import { renderFleets } from '../../export/fleet/compare.ts'
import { compareReports } from '../../stats/compare-reports.ts'
import { renderOptions, writeOutput } from '../../terminal/output.ts'
import type { CompareArguments } from '../flags/compare.ts'
import { fleetFileAt, readFleetReport } from './fleet/read-fleet.ts'
import { readReport } from './report.ts'
import { showText } from './show-page.ts'

/** `compare`: read both, compare, print. A difference is a finding, not a failure. */
export async function compareStoredReports({
  a,
  b,
  format,
  open,
}: CompareArguments): Promise<void> {
  const [fleetA, fleetB] = [fleetFileAt(a), fleetFileAt(b)]
  if (fleetA !== null && fleetB !== null) {
    const fleets = { a: await readFleetReport(fleetA), b: await readFleetReport(fleetB) }
    await writeOutput(renderFleets(format, fleets, renderOptions()))
    if (open) await showText(renderFleets('html', fleets, renderOptions()))
    return
  }
  const comparison = compareReports(
    { name: a, report: await readReport(a) },
    { name: b, report: await readReport(b) },
  )
  await writeOutput(renderComparison(format, comparison, renderOptions()))
  if (open) await showText(renderComparison('html', comparison, renderOptions()))
}
