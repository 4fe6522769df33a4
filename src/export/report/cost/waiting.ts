import type { Report } from '../../../model/report/report.ts'
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
 * as often as the scenario's keep-alive asks for (MQTT 3.1.1 §3.1.2.10). Told
 * by the first scenario of each keep-alive, since a ping does not depend on what
 * else is sent. A device that sends more often pings less.
 */
export const waitingBlocks = (report: Report): Block[] => {
  const firstOf = new Map<number, string>()
  for (const entry of scenarioCellsOf(report, 'uplink')) {
    const { keepAlive } = entry.scenario.mqtt
    const told = listNames(hoursOf(entry))
    if (told !== '' && !firstOf.has(keepAlive)) firstOf.set(keepAlive, told)
  }
  const lines = Array.from(firstOf, ([keepAlive, told]) => say.hour(formatCount(keepAlive), told))
  return lines.length === 0 ? [] : [list(lines, 'faint')]
}

/** Of each transport that pings. */
function hoursOf({ scenario, cells }: ScenarioCells): string[] {
  const { keepAlive } = scenario.mqtt
  if (keepAlive === 0) return []
  const perHour = SECONDS_PER_HOUR / keepAlive
  return cells.flatMap((cell) => {
    if (cell.status !== 'measured' || cell.bytes === null || !isMqtt(cell)) return []
    const { ledger, exchange } = cell.bytes
    const pings = exchange.filter(({ label }) => label === 'PINGREQ').length
    if (pings === 0) return []
    const wire = (sumLedger(ledger, { phase: 'idle' }) / pings) * perHour
    const { transport } = cell
    if (linkBasisOf(ledger) === null) return [say.wire(transport, formatBytes(wire))]
    const network = sumLedger(ledger, { phase: 'idle', layer: 'network' }) / pings
    const onLink = formatBytes(wire + network * perHour)
    return [say.link(transport, formatBytes(wire), linkWord([cell]), onLink)]
  })
}
