import type { Befallen, LoadStretch } from '../../../model/report/load-result.ts'
import { formatCount } from '../../../model/text/format.ts'

/** Why a run's connections are not those that were asked for; null where they are. */
export function connectFailure(asked: number, opened: number, failed: Befallen): string | null {
  if (opened >= asked) return null
  const none =
    opened === 0
      ? 'no connection'
      : `${formatCount(asked - opened)} of ${formatCount(asked)} connections`
  return `${none} could${opened === 0 ? '' : ' not'} be opened: ${describeBefallen(failed)}`
}

/** Why the figures of a stretch are not to be trusted; null where they are. What happened is in the counts, whatever it was. */
export function stretchFailure(stretch: LoadStretch, connections: number): string | null {
  const { sent, completed, unacknowledged, refused, lostConnections, arrivals } = stretch
  const lost = lostConnections.reduce((sum, entry) => sum + entry.connections, 0)
  const balance = `${formatCount(sent)} sent = ${formatCount(completed)} completed + ${formatCount(unacknowledged)} unacknowledged`
  if (lost > 0) {
    const what = describeLost(lost, connections, stretch.reopenedConnections ?? 0)
    return `${what}: ${describeBefallen(lostConnections)}; ${balance}`
  }
  if (completed === 0) return `nothing was completed; ${balance}`
  if (unacknowledged > 0) return `not everything was answered in time: ${balance}`
  if (refused > 0)
    return `${formatCount(refused)} of ${formatCount(completed)} messages were refused`
  const corrupted = arrivals?.corrupted ?? 0
  return corrupted > 0 ? `${formatCount(corrupted)} messages arrived with other bytes` : null
}

/** One that was opened again may have been lost again: then there are more losses than connections. */
function describeLost(lost: number, connections: number, reopened: number): string {
  const losses =
    lost > connections
      ? `connections were lost ${formatCount(lost)} times`
      : `${formatCount(lost)} of ${formatCount(connections)} connections were lost`
  return reopened === 0 ? losses : `${losses}, and ${formatCount(reopened)} opened again`
}

/** `was reset by the peer (9), timed out (1)`. */
export const describeBefallen = (befallen: Befallen): string =>
  befallen.map(({ what, connections }) => `${what} (${formatCount(connections)})`).join(', ')
