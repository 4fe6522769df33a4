import type { CapturedProtocol } from '../../model/report/tap/captured.ts'
import { formatBytes, formatCount, formatRatio } from '../../model/text/format.ts'
import { type LedgerFilter, sumLedger } from '../../model/wire/ledger.ts'
import { LAYER_WORDS } from './layer-words.ts'

/** What a message takes in the steady phase, all that belongs to it included; null where none was seen. */
export interface MessageCost {
  protocol: string
  messages: number
  wire: number
  link: number
  /** Wire bytes by layer, the largest first. */
  layers: readonly [word: string, bytes: number][]
}

export function messageCost({ protocol, messages, ledger }: CapturedProtocol): MessageCost | null {
  const count = messages === null ? 0 : messages.up + messages.down
  if (count === 0) return null
  const each = (filter: LedgerFilter): number =>
    sumLedger(ledger, { phase: 'steady', ...filter }) / count
  const layers = LAYER_WORDS.map(([layer, word]): [string, number] => [word, each({ layer })])
  return {
    protocol,
    messages: count,
    wire: each({}),
    link: each({}) + each({ layer: 'network' }),
    layers: layers.filter(([, bytes]) => bytes > 0).sort((a, b) => b[1] - a[1]),
  }
}

/** What a message takes and why, by protocol; then how the two that are asked about compare. */
export function conclusionLines(protocols: readonly CapturedProtocol[]): string[] {
  const costs = protocols.map(messageCost).filter((cost) => cost !== null)
  if (costs.length === 0) {
    return [
      'No message could be seen: what was captured is encrypted, or of no protocol that is read.',
    ]
  }
  return [...costs.map(costLine), ...comparisonLines(costs)]
}

function costLine({ protocol, messages, wire, link, layers }: MessageCost): string {
  const because = layers.map(([word, bytes]) => `${formatBytes(bytes)} ${word}`).join(', ')
  const packets = link > wire ? `, ${formatBytes(link)} with the headers of its packets` : ''
  return `${protocol}: a message takes ${formatBytes(wire)}${packets}, because of ${because} (${formatCount(messages)} message${messages === 1 ? '' : 's'}, once connected).`
}

function comparisonLines(costs: readonly MessageCost[]): string[] {
  const most = (pattern: RegExp): MessageCost | undefined =>
    costs
      .filter(({ protocol }) => pattern.test(protocol))
      .sort((a, b) => b.messages - a.messages)[0]
  const [http, mqtt] = [most(/^http/), most(/^mqtt/)]
  if (http === undefined || mqtt === undefined) return []
  return [
    `A message in ${http.protocol} is ${formatRatio(http.wire / mqtt.wire)} times one in ${mqtt.protocol} here, ${formatRatio(http.link / mqtt.link)} times with the headers of packets; their payloads may differ.`,
  ]
}
