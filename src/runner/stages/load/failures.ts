import type { Befallen, LoadStretch } from '../../../model/report/load-result.ts'
import { quoted, type Said, said } from '../../../model/said/said.ts'

/** Why a run's connections are not those that were asked for; null where they are. */
export function connectFailure(asked: number, opened: number, failed: Befallen): Said | null {
  if (opened >= asked) return null
  const reasons = describeBefallen(failed)
  return opened === 0
    ? said('noneOpened', { reasons })
    : said('notAllOpened', { missing: asked - opened, of: asked, reasons })
}

/** Why the figures of a stretch are not to be trusted; null where they are. What happened is in the counts, whatever it was. */
export function stretchFailure(stretch: LoadStretch, connections: number): Said | null {
  const { sent, completed, unacknowledged, refused, lostConnections, arrivals } = stretch
  // One that was opened again may have been lost again: then there are more losses than connections.
  const lost = lostConnections.reduce((sum, entry) => sum + entry.connections, 0)
  const balance = said('balance', { sent, completed, unacknowledged })
  if (lost > 0) {
    const [of, reopened] = [connections, stretch.reopenedConnections ?? 0]
    const reasons = describeBefallen(lostConnections)
    return said('connectionsLost', { lost, of, reopened, reasons, balance })
  }
  if (completed === 0) return said('nothingCompleted', { balance })
  if (unacknowledged > 0) return said('notAllAnswered', { balance })
  if (refused > 0) return said('someRefused', { refused, completed })
  const corrupted = arrivals?.corrupted ?? 0
  return corrupted > 0 ? said('someCorrupted', { corrupted }) : null
}

/** `was reset by the peer (9), timed out (1)`. */
const describeBefallen = (befallen: Befallen): Said[] =>
  befallen.map(({ what, connections }) => said('befell', { what: quoted(what), connections }))
