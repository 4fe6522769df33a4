import type { TapProtocol } from '../../model/report/tap/tap-report.ts'
import { DIRECTIONS, type Direction } from '../../model/vocabulary.ts'
import type { ByteTotals } from '../../model/wire/ledger.ts'
import type { TapFigures } from '../tap-book.ts'

const NOBODY: Omit<TapFigures, 'connections'> = {
  ...{ protocols: [], notable: [], meter: null, settled: [] },
}

/** The last figures that there are, and all that crossed since as bytes that nobody has read. */
export function unreadFigures(
  latest: TapFigures | null,
  totals: ByteTotals,
  { connections, reason }: Pick<TapFigures, 'connections'> & { reason: string },
): TapFigures {
  const { protocols, notable, meter, settled } = latest ?? NOBODY
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
  const pending = meter && {
    up: meter.pending.up + wireBytes.up,
    down: meter.pending.down + wireBytes.down,
  }
  return {
    ...{ connections, notable, settled, meter: meter && pending && { ...meter, pending } },
    protocols: [...protocols, ...(unread.length > 0 ? [rest] : [])],
  }
}
