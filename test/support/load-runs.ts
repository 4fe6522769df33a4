import type { LoadRun, LoadStretch } from '../../src/model/report/load-result.ts'
import type { Cell, Report } from '../../src/model/report/report.ts'

export const BOTH = ['-t', 'http1,mqtt-qos1']
/** Enough to see what is asked for, on a machine however slow. */
export const SMALL = ['--connections', '4', '--in-flight', '3', '--clients', 'library', '--quick']

export function runOf(cell: Cell | undefined): LoadRun {
  const run = cell?.status === 'measured' || cell?.status === 'failed' ? cell.load?.runs[0] : null
  if (run == null) throw new Error(`nothing was measured under load: ${JSON.stringify(cell)}`)
  return run
}

export const stretchesOf = (report: Report): LoadStretch[] =>
  report.cells.flatMap((cell) => runOf(cell).stretches)
