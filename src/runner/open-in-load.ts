import { describeError } from '../model/errors.ts'
import type { ServedCell } from './cells/running-cell.ts'
import { askLoad } from './stages/bytes.ts'
import type { LatencyStage } from './stages/latency.ts'

/** A device and an app, or what takes longer than one of them. */
const OPENED_AT_ONCE = 2

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
  const { transport, planned, address, certificate, noticePort, target } = cell
  const request = {
    ...{ transport, scenario: planned.scenario, fileBytes: planned.fileBytes },
    ...{ options: plan.options, injection: plan.injection },
    ...{ address, certificate, noticePort, target },
    // Connections to somebody else's server have deadlines of their own.
    deadlineMs: deadlineMs + (target === undefined ? 0 : OPENED_AT_ONCE * target.answerMs),
  }
  try {
    await askLoad(load, command, request, request.deadlineMs)
  } catch (error) {
    cell.fail(describeError(error))
  }
}
