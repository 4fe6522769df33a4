import { said } from '../../model/said/said.ts'
import type { TransportTraits } from '../../transports/transport.ts'
import type { ServedCell } from '../cells/running-cell.ts'

/** Whether there is a latency to measure; where there is none, the cell has a warning that says why. */
export function hasLatency(
  { draft, transport, target, arrivals }: ServedCell,
  traits: ReadonlyMap<string, TransportTraits>,
): boolean {
  const { completion, pacedBy, startsPrograms } = traits.get(transport) ?? {}
  if (startsPrograms) {
    draft.warnings.push(said('startsPrograms', { transport }))
    return false
  }
  if (target === undefined) return true
  const { flow } = draft.identity
  const reason =
    completion === 'flushed' && arrivals === 'untold' && flow === 'uplink'
      ? said('unansweredUntold', { transport })
      : pacedBy === 'itself' && target.pauseMs > 0
        ? said('tooFast', { transport })
        : null
  if (reason === null) return true
  draft.warnings.push(reason)
  return false
}
