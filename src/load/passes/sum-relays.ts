import type { BytesResult, RoundTrips } from '../../model/report/report.ts'
import { mergeLedgers } from '../../model/wire/ledger.ts'

/**
 * One result of all links of a fan-out, in which the subscribers' part can still
 * be told from the publisher's. To read, it has the frames of the publisher's
 * link and of the first subscriber's: the others say the same again.
 */
export function sumLinks(publisher: BytesResult, subscribers: readonly BytesResult[]): BytesResult {
  const links = [publisher, ...subscribers]
  const ledger = mergeLedgers(links.map((link) => link.ledger))
  return {
    messages: publisher.messages,
    payloadBytes: publisher.payloadBytes,
    totals: {
      up: sum(links.map(({ totals }) => totals.up)),
      down: sum(links.map(({ totals }) => totals.down)),
    },
    ledger,
    exchange: [...publisher.exchange, ...(subscribers[0]?.exchange ?? [])],
    roundTrips: sumRoundTrips(links, publisher.messages),
    subscriberLinks: mergeLedgers(subscribers.map((link) => link.ledger)),
  }
}

/** Null where those of one link are unknown. */
function sumRoundTrips(links: readonly BytesResult[], messages: number): RoundTrips | null {
  const known = links.flatMap(({ roundTrips }) => roundTrips ?? [])
  if (known.length < links.length) return null
  const total = (of: (trips: RoundTrips) => number): number => sum(known.map(of))
  const steady = total((trips) => trips.steady)
  return {
    setup: total((trips) => trips.setup),
    steady,
    steadyPerMessage: messages === 0 ? null : steady / messages,
    idle: total((trips) => trips.idle),
    close: total((trips) => trips.close),
    connections: total((trips) => trips.connections),
    tcp: { roundTrips: total((trips) => trips.tcp.roundTrips), basis: 'derived' },
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
