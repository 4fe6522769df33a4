import type { TransportTraits } from '../../transports/transport.ts'
import type { ServedCell } from '../cells/running-cell.ts'

/**
 * Whether there is a latency to measure. Against a server that is not ours there
 * may be none; the cell then has a warning that says why.
 */
export function hasLatency(
  { draft, transport, target, arrivals }: ServedCell,
  traits: ReadonlyMap<string, TransportTraits>,
): boolean {
  if (target === undefined) return true
  const { completion, pacedBy } = traits.get(transport) ?? {}
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
