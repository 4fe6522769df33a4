import type { LoadPlan } from '../../../plan/load-plan.ts'
import type { Plan } from '../../../plan/plan.ts'
import type { LoadWorker } from '../../process-pool.ts'
import type { CommonStart } from './common-start.ts'

/** What everything under load is done with. */
export interface LoadStage {
  plan: Plan
  load: LoadPlan
  workers: readonly LoadWorker[]
  endpointCpu: number | null
  /** The instant that all parts of a load wait for. */
  start: CommonStart
  /** Throws when the run was stopped. */
  checkpoint(): void
  /** Called between stretches, never within one. */
  onProgress(what: string): void
  /** Called when something was measured. */
  onMeasured(): Promise<void>
}
