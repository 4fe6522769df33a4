import type { LoadRun, LoadStretch } from '../../model/report/load-result.ts'
import type { Report } from '../../model/report/report.ts'
import type { RunCell } from '../report/scenario-cells.ts'

/** One stretch under load with what it belongs to: a row of a table or of a file. */
export interface LoadRow {
  cell: RunCell
  run: LoadRun
  stretch: LoadStretch
}

/** Every stretch of a report, in the order of its cells, clients and rates. */
export function loadRowsOf(report: Report): LoadRow[] {
  return loadRunsOf(report).flatMap(({ cell, run }) =>
    run.stretches.map((stretch) => ({ cell, run, stretch })),
  )
}

export function loadRunsOf({ cells }: Report): { cell: RunCell; run: LoadRun }[] {
  return cells.flatMap((cell) =>
    cell.status === 'skipped' ? [] : (cell.load?.runs ?? []).map((run) => ({ cell, run })),
  )
}

/** The stretch of a cell that `results.csv` has a row for: that of its own client, and no step of a sweep. */
export function ownStretch(cell: RunCell, kind: LoadStretch['kind']): LoadStretch | null {
  const runs = cell.load?.runs ?? []
  const own = runs.find(({ client }) => client === cell.client) ?? runs[0]
  const found = own?.stretches.filter((stretch) => stretch.kind === kind) ?? []
  return found.length === 1 ? (found[0] as LoadStretch) : null
}
