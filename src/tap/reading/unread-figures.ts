import type { MeterFigures } from '../../model/report/tap/meter-figures.ts'
import type { TapProtocol } from '../../model/report/tap/tap-report.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import { type ByteTotals, sumLedger } from '../../model/wire/ledger.ts'
import type { TapFigures } from '../tap-book.ts'

/** The last figures that there are, and all that crossed since as bytes that nobody has read. */
export function unreadFigures(
  latest: TapFigures | null,
  totals: ByteTotals,
  { connections, reason }: Pick<TapFigures, 'connections'> & { reason: string },
): TapFigures {
  const { protocols, notable } = latest ?? { protocols: [], notable: [] }
  const left = (direction: Direction): number =>
    protocols.reduce((bytes, { wireBytes }) => bytes - wireBytes[direction], totals[direction])
  const wireBytes = { up: left('up'), down: left('down') }
  const unread = DIRECTIONS.filter((direction) => wireBytes[direction] > 0).map((direction) => ({
    ...{ direction, bytes: wireBytes[direction], connections: connections.accepted, reason },
  }))
  const rest: TapProtocol = {
    protocol: 'unread',
    connections: { open: 0, closed: 0, broken: 0 },
    ...{ wireBytes, messages: null, steadyWireBytesPerMessage: null, ledger: [], units: [] },
    ...{ unread, remarks: [], outcomes: [], subjects: [] },
  }
  return {
    ...{ connections, notable },
    protocols: [...protocols, ...(unread.length > 0 ? [rest] : [])],
  }
}

/** The last that was told: what crossed since is pending for ever. */
export function unreadMeter(latest: MeterFigures | null, totals: ByteTotals): MeterFigures | null {
  if (latest === null) return null
  const pending = { ...totals }
  for (const { ledger, unread } of latest.traffic) {
    for (const direction of DIRECTIONS) pending[direction] -= sumLedger(ledger, { direction })
    for (const { direction, bytes } of unread) pending[direction] -= bytes
  }
  return { ...latest, pending }
}
