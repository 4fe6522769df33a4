import type { CapturedProtocol } from '../../model/report/tap/captured.ts'
import { formatBytes, formatCount, formatRatio } from '../../model/text/format.ts'
import { catalogue, plural } from '../../model/text/language.ts'
import { type LedgerFilter, sumLedger } from '../../model/wire/ledger.ts'
import { layerText, steadyLayers } from '../message-why.ts'
import { WORDS } from '../words.ts'

interface Cost {
  protocol: string
  bytes: string
  packets: string | null
  because: string
  messages: number
}

const say = catalogue({
  en: {
    none: 'No message could be seen: what was captured is encrypted, or of no protocol that is read.',
    cost: ({ protocol, bytes, packets, because, messages }: Cost) =>
      `${protocol}: a message takes ${bytes}${packets === null ? '' : `, ${packets} with the headers of its packets`}, because of ${because} (${formatCount(messages)} ${plural(messages, 'message', 'messages')}, once connected).`,
    ratio: ({ http, mqtt, wire, link }: Record<'http' | 'mqtt' | 'wire' | 'link', string>) =>
      `A message in ${http} is ${wire} times one in ${mqtt} here, ${link} times with the headers of packets; their payloads may differ.`,
  },
  'zh-TW': {
    none: '看不到任何訊息：擷取到的內容有加密，或不是讀得懂的協定。',
    cost: ({ protocol, bytes, packets, because, messages }) =>
      `${protocol}：一則訊息要 ${bytes}${packets === null ? '' : `，連同封包標頭 ${packets}`}，因為${because}（${formatCount(messages)} 則訊息，連線之後）。`,
    ratio: ({ http, mqtt, wire, link }) =>
      `這裡一則 ${http} 訊息是 ${mqtt} 的 ${wire} 倍，連同封包標頭為 ${link} 倍；兩者的負載可能不同。`,
  },
})

/** What a message takes in the steady phase, all that belongs to it included; null where none was seen. */
interface MessageCost {
  protocol: string
  messages: number
  wire: number
  link: number
  /** Wire bytes by layer, the largest first. */
  layers: ReturnType<typeof steadyLayers>
}

export function messageCost({ protocol, messages, ledger }: CapturedProtocol): MessageCost | null {
  const count = messages === null ? 0 : messages.up + messages.down
  if (count === 0) return null
  const each = (filter: LedgerFilter): number =>
    sumLedger(ledger, { phase: 'steady', ...filter }) / count
  return {
    protocol,
    messages: count,
    wire: each({}),
    link: each({}) + each({ layer: 'network' }),
    layers: steadyLayers(ledger).map(([layer, bytes]) => [layer, bytes / count]),
  }
}

/** What a message takes and why, by protocol; then how the two that are asked about compare. */
export function conclusionLines(protocols: readonly CapturedProtocol[]): string[] {
  const costs = protocols.map(messageCost).filter((cost) => cost !== null)
  if (costs.length === 0) return [say.none]
  return [...costs.map(costLine), ...comparisonLines(costs)]
}

function costLine({ protocol, messages, wire, link, layers }: MessageCost): string {
  const because = layers.map(([layer, bytes]) => layerText(layer, bytes)).join(WORDS.comma)
  const packets = link > wire ? formatBytes(link) : null
  return say.cost({ protocol, bytes: formatBytes(wire), packets, because, messages })
}

function comparisonLines(costs: readonly MessageCost[]): string[] {
  const most = (pattern: RegExp): MessageCost | undefined =>
    costs
      .filter(({ protocol }) => pattern.test(protocol))
      .sort((a, b) => b.messages - a.messages)[0]
  const [http, mqtt] = [most(/^http/), most(/^mqtt/)]
  if (http === undefined || mqtt === undefined) return []
  return [
    say.ratio({
      http: http.protocol,
      mqtt: mqtt.protocol,
      wire: formatRatio(http.wire / mqtt.wire),
      link: formatRatio(http.link / mqtt.link),
    }),
  ]
}
