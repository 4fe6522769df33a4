import type { TapProtocol, TapReport } from '../../model/report/tap/tap-report.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { elapsedText } from './elapsed.ts'

/** The ledger while it grows: one line for all of it, then one a protocol. */
export function tapLiveLines(report: TapReport): string[] {
  const { connections, wireBytes, protocols, durationMs } = report
  const { accepted, open, unreachable } = connections
  const parts = [
    elapsedText(durationMs),
    `${formatCount(open)} of ${formatCount(accepted)} connections open`,
    ...(unreachable === 0 ? [] : [`${formatCount(unreachable)} unreachable`]),
    `→ ${formatBytes(wireBytes.up)}`,
    `← ${formatBytes(wireBytes.down)}`,
  ]
  return [parts.join(', '), ...protocols.map(protocolLine)]
}

function protocolLine(totals: TapProtocol): string {
  const { protocol, connections, messages, steadyWireBytesPerMessage, wireBytes } = totals
  const all = connections.open + connections.closed + connections.broken
  return [
    `  ${protocol}: ${formatCount(all)} connection${all === 1 ? '' : 's'}`,
    ...(messages === null
      ? []
      : [`messages → ${formatCount(messages.up)} ← ${formatCount(messages.down)}`]),
    formatBytes(wireBytes.up + wireBytes.down),
    ...(steadyWireBytesPerMessage === null
      ? []
      : [`${formatBytes(steadyWireBytesPerMessage)} a message`]),
  ].join(', ')
}
