import { describeError } from '../model/errors.ts'
import { askLoad } from './byte-stage.ts'
import type { LatencyStage } from './latency-stage.ts'
import type { ServedCell } from './served-cell.ts'

/** What a latency pass of each flow opens in the load process. */
export type OpenCommand = 'openCell' | 'openCommandCell' | 'openFanout'

/** Connects the load's side of a cell; one that cannot be connected fails that cell alone. */
export async function openInLoad(
  command: OpenCommand,
  cell: ServedCell,
  { load, plan, checkpoint }: LatencyStage,
  deadlineMs: number,
): Promise<void> {
  checkpoint()
  const { transport, planned, address, certificate, noticePort } = cell
  const request = {
    ...{ transport, scenario: planned.scenario, fileBytes: planned.fileBytes },
    ...{ options: plan.options, injection: plan.injection },
    ...{ address, certificate, noticePort, deadlineMs },
  }
  try {
    await askLoad(load, command, request, deadlineMs)
  } catch (error) {
    cell.fail(describeError(error))
  }
}
