import { groupBy } from '../model/group-by.ts'

/** What became of the messages of a block. `sent = delivered + lost + corrupted`. */
export interface DeliveryMatch {
  /** Arrived once or more, byte for byte. */
  delivered: number
  lost: number
  /** Arrivals beyond the first of a message. */
  duplicated: number
  /** Arrived, but with bytes that were never sent. */
  corrupted: number
  /** The first arrival of each message in the order of sending; null where there was none. */
  deliveredNs: (bigint | null)[]
}

/** What became of deliveries, without the instants. */
export type DeliveryCounts = Omit<DeliveryMatch, 'deliveredNs'>

/** One arrival: what it held, by digest, and when. */
export interface Arrival {
  digest: bigint
  deliveredNs: bigint
}

/**
 * Matches arrivals to messages by content. Messages of equal content are
 * matched in order; one of them lost and another doubled cannot be told from
 * none of it, unless the payload carries a sequence number.
 */
export function matchArrivals(
  sentDigests: readonly bigint[],
  arrivals: readonly Arrival[],
): DeliveryMatch {
  // The last is first in its queue, so that the next is taken from the end.
  const waiting = groupBy([...sentDigests.keys()].reverse(), (index) => sentDigests[index])
  const deliveredNs: (bigint | null)[] = sentDigests.map(() => null)
  let delivered = 0
  let duplicated = 0
  let unknown = 0
  for (const arrival of arrivals) {
    const queue = waiting.get(arrival.digest)
    const index = queue?.pop()
    if (queue === undefined) unknown += 1
    else if (index === undefined) duplicated += 1
    else {
      delivered += 1
      deliveredNs[index] = arrival.deliveredNs
    }
  }
  const missing = sentDigests.length - delivered
  // A message that came with other bytes is corrupted, not lost as well; what
  // came on top of all messages is corrupted too, and nothing is then missing.
  const corrupted = unknown
  return { delivered, lost: Math.max(0, missing - corrupted), duplicated, corrupted, deliveredNs }
}
