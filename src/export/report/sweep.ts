import type { LoadRun, LoadStretch } from '../../model/report/load-result.ts'
import type { Report } from '../../model/report/report.ts'
import { loadRunsOf } from '../files/load-rows.ts'
import type { RunCell } from './scenario-cells.ts'

/** A client's steps of rising rate, and where it stops keeping up: the knee of its curve. */
export interface Sweep {
  readonly cell: RunCell
  readonly run: LoadRun
  /** From slow to fast; each with a rate that was offered. */
  readonly steps: readonly Step[]
  /** The fastest step before the first whose rate was not met; null where not even the slowest was. */
  readonly kept: Step | null
  /** The first step whose rate was not met; null where each was. */
  readonly missed: Step | null
}

export interface Step {
  readonly stretch: LoadStretch
  readonly offeredPerS: number
}

export function sweepsOf(report: Report): Sweep[] {
  if ((report.plan.load?.sweep ?? null) === null) return []
  return loadRunsOf(report).flatMap(({ cell, run }) => {
    const steps = run.stretches.flatMap((stretch): Step[] =>
      stretch.kind === 'open loop' && stretch.offeredPerS !== null
        ? [{ stretch, offeredPerS: stretch.offeredPerS }]
        : [],
    )
    if (steps.length < 2) return []
    const at = steps.findIndex(({ stretch }) => stretch.rateMet === 'not met')
    const kept = steps.at(at - 1) as Step
    return [
      {
        cell,
        run,
        steps,
        kept: at === 0 ? null : kept,
        missed: at === -1 ? null : (steps[at] as Step),
      },
    ]
  })
}
