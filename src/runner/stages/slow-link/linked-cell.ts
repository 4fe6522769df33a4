import { matchArrivals } from '../../../delivery/match-arrivals.ts'
import { columnsToArrivals, sentDigests } from '../../../delivery/sent-digests.ts'
import { askEndpoint } from '../../ask.ts'
import type { ServedCell } from '../../cells/running-cell.ts'
import type { LatencyStage } from '../latency.ts'
import type { DeviceWay } from './network-path.ts'

export interface OverLinkStage extends LatencyStage {
  way: DeviceWay
  onCell(cell: ServedCell, what: string): void
}

/** A cell whose device has a link to it. */
export interface LinkedCell {
  readonly cell: ServedCell
  /** Where the device connects. */
  readonly address: string
  /** Of its first message: they are of about one size. */
  readonly payloadBytes: number
}

/** What arrived at the endpoint of the messages from `first` on, counted into the cell. */
export async function collectArrivals(
  cell: ServedCell,
  { first, sent, completed }: { first: number; sent: number; completed: number },
  waitMs: number,
): Promise<(bigint | null)[]> {
  const deadlineMs = Math.ceil(waitMs)
  const arrivals = await askEndpoint(cell, 'collect', { expected: sent, deadlineMs }, deadlineMs)
  const match = matchArrivals(sentDigests(cell.planned, first, sent), columnsToArrivals(arrivals))
  cell.draft.count(sent, completed, match)
  return match.deliveredNs
}
