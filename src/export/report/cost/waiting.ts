import type { BytesResult, Report } from '../../../model/report/report.ts'
import { formatBytes, formatCount } from '../../../model/text/format.ts'
import { catalogue, listNames } from '../../../model/text/language.ts'
import { linkBasisOf, sumLedger } from '../../../model/wire/ledger.ts'
import { type Block, list } from '../../document/document.ts'
import { linkWord } from '../claims/figures.ts'
import { isMqtt, type ScenarioCells, scenarioCellsOf } from '../scenario-cells.ts'

const SECONDS_PER_HOUR = 3_600

const say = catalogue({
  en: {
    hour: (seconds: string, told: string) =>
      `An hour of waiting on a kept connection, with a ping every ${seconds} s: ${told}.`,
    wire: (transport: string, bytes: string) => `${transport} ${bytes}`,
    link: (transport: string, bytes: string, link: string, onLink: string) =>
      `${transport} ${bytes} (${onLink} on the ${link})`,
  },
  'zh-TW': {
    hour: (seconds, told) => `保持連線等待一小時，每 ${seconds} 秒一次 ping：${told}。`,
    wire: (transport, bytes) => `${transport} ${bytes}`,
    link: (transport, bytes, link, onLink) => `${transport} ${bytes}（${link}上 ${onLink}）`,
  },
})

/**
 * What an uplink's connection costs while nothing is sent: the measured ping,
 * as often as the keep-alive asks for, the server's where it has one of its own
 * (MQTT 3.1.1 §3.1.2.10, [MQTT-3.2.2-21]). Told by the first scenario of each
 * keep-alive, since a ping does not depend on what else is sent. A device that
 * sends more often pings less.
 */
export const waitingBlocks = (report: Report): Block[] => {
  const firstOf = new Map<number, string>()
  for (const entry of scenarioCellsOf(report, 'uplink')) {
    for (const [keepAlive, told] of hoursOf(entry)) {
      if (!firstOf.has(keepAlive)) firstOf.set(keepAlive, listNames(told))
    }
  }
  const lines = Array.from(firstOf, ([keepAlive, told]) => say.hour(formatCount(keepAlive), told))
  return lines.length === 0 ? [] : [list(lines, 'faint')]
}

/** Of each transport that pings, by the seconds from one ping to the next. */
function hoursOf({ scenario, cells }: ScenarioCells): Map<number, string[]> {
  const hours = new Map<number, string[]>()
  for (const cell of cells) {
    if (cell.status !== 'measured' || cell.bytes === null || !isMqtt(cell)) continue
    const { ledger, exchange } = cell.bytes
    const pings = exchange.filter(({ label }) => label === 'PINGREQ').length
    const keepAlive = serverKeepAliveOf(exchange) ?? scenario.mqtt.keepAlive
    if (pings === 0 || keepAlive === 0) continue
    const perHour = SECONDS_PER_HOUR / keepAlive
    const wire = (sumLedger(ledger, { phase: 'idle' }) / pings) * perHour
    const network = sumLedger(ledger, { phase: 'idle', layer: 'network' }) / pings
    const onLink = formatBytes(wire + network * perHour)
    const { transport } = cell
    const told =
      linkBasisOf(ledger) === null
        ? say.wire(transport, formatBytes(wire))
        : say.link(transport, formatBytes(wire), linkWord([cell]), onLink)
    hours.set(keepAlive, [...(hours.get(keepAlive) ?? []), told])
  }
  return hours
}

/** MQTT 5.0 §3.2.2.3.14, in seconds; null where the server leaves it to the client. */
function serverKeepAliveOf(exchange: BytesResult['exchange']): number | null {
  const connack = exchange.find(({ label }) => label === 'CONNACK')
  const said = connack?.parts.find(({ label }) => label === 'Server Keep Alive')
  return said?.text === undefined ? null : Number(said.text)
}
