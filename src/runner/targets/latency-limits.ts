import type { TransportTraits } from '../../transports/transport.ts'
import type { ServedCell } from '../cells/running-cell.ts'

/** Whether there is a latency to measure; where there is none, the cell has a warning that says why. */
export function hasLatency(
  { draft, transport, target, arrivals }: ServedCell,
  traits: ReadonlyMap<string, TransportTraits>,
): boolean {
  const { completion, pacedBy, startsPrograms } = traits.get(transport) ?? {}
  if (startsPrograms) {
    draft.warnings.push(
      `${transport} starts a program for each message, which takes longer than the message: it has no latency`,
    )
    return false
  }
  if (target === undefined) return true
  const { flow } = draft.identity
  const reason =
    completion === 'flushed' && arrivals === 'untold' && flow === 'uplink'
      ? `${transport} is not answered, and nobody tells what arrived: it has no latency`
      : pacedBy === 'itself' && target.pauseMs > 0
        ? `${transport} sends as fast as it is answered, which is too fast for a server elsewhere: its latency is left out`
        : null
  if (reason === null) return true
  draft.warnings.push(reason)
  return false
}
