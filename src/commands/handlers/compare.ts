import { renderComparison } from '../../export/compare/index.ts'
import { compareReports } from '../../stats/compare-reports.ts'
import { renderOptions, writeOutput } from '../../terminal/output.ts'
import type { CompareArguments } from '../flags/compare.ts'
import { readReport } from './report.ts'

/** `compare`: read both, compare, print. A difference is a finding, not a failure. */
export async function compareStoredReports({ a, b, format }: CompareArguments): Promise<void> {
  const comparison = compareReports(
    { name: a, report: await readReport(a) },
    { name: b, report: await readReport(b) },
  )
  await writeOutput(renderComparison(format, comparison, renderOptions()))
}
