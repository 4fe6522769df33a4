import type { TapProtocol, TapReport } from '../../model/report/tap/tap-report.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { catalogue, plural } from '../../model/text/language.ts'
import { WORDS } from '../words.ts'
import { elapsedText } from './elapsed.ts'

const say = catalogue({
  en: {
    open: (open: string, all: string) => `${open} of ${all} connections open`,
    unreachable: (count: string) => `${count} unreachable`,
    connections: (count: number) =>
      `${formatCount(count)} ${plural(count, 'connection', 'connections')}`,
    messages: (up: string, down: string) => `messages → ${up} ← ${down}`,
    aMessage: (bytes: string) => `${bytes} a message`,
  },
  'zh-TW': {
    open: (open, all) => `${all} 條連線中 ${open} 條開啟`,
    unreachable: (count) => `${count} 條連不到`,
    connections: (count) => `${formatCount(count)} 條連線`,
    messages: (up, down) => `訊息 → ${up} ← ${down}`,
    aMessage: (bytes) => `每則訊息 ${bytes}`,
  },
})

/** The ledger while it grows: one line for all of it, then one a protocol. */
export function tapLiveLines(report: TapReport): string[] {
  const { connections, wireBytes, protocols, durationMs } = report
  const { accepted, open, unreachable } = connections
  const parts = [
    elapsedText(durationMs),
    say.open(formatCount(open), formatCount(accepted)),
    ...(unreachable === 0 ? [] : [say.unreachable(formatCount(unreachable))]),
    `→ ${formatBytes(wireBytes.up)}`,
    `← ${formatBytes(wireBytes.down)}`,
  ]
  return [parts.join(WORDS.comma), ...protocols.map(protocolLine)]
}

function protocolLine(totals: TapProtocol): string {
  const { protocol, connections, messages, steadyWireBytesPerMessage, wireBytes } = totals
  const all = connections.open + connections.closed + connections.broken
  return [
    `  ${WORDS.named(protocol, say.connections(all))}`,
    ...(messages === null
      ? []
      : [say.messages(formatCount(messages.up), formatCount(messages.down))]),
    formatBytes(wireBytes.up + wireBytes.down),
    ...(steadyWireBytesPerMessage === null
      ? []
      : [say.aMessage(formatBytes(steadyWireBytesPerMessage))]),
  ].join(WORDS.comma)
}
