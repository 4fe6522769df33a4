import type { ArrivalColumns } from './arrival-recorder.ts'
import { type DeliveryCounts, type DeliveryMatch, matchArrivals } from './match-arrivals.ts'
import { columnsToArrivals, type SentMessages, sentDigests } from './sent-digests.ts'

/** What became of the messages from `first` on at each subscriber. */
export function matchDeliveries(
  planned: SentMessages,
  first: number,
  sent: number,
  arrivals: readonly ArrivalColumns[],
): DeliveryMatch[] {
  const digests = sentDigests(planned, first, sent)
  return arrivals.map((columns) => matchArrivals(digests, columnsToArrivals(columns)))
}

/** Over all subscribers: `sent × subscribers = delivered + lost + corrupted`. */
export function sumCounts(all: readonly DeliveryCounts[]): DeliveryCounts {
  const total = (key: keyof DeliveryCounts): number =>
    all.reduce((sum, counts) => sum + counts[key], 0)
  return {
    delivered: total('delivered'),
    lost: total('lost'),
    duplicated: total('duplicated'),
    corrupted: total('corrupted'),
  }
}

export const isClean = ({ lost, duplicated, corrupted }: DeliveryCounts): boolean =>
  lost + duplicated + corrupted === 0

export interface DeliverySpan {
  /** The first subscriber that had the message; null where one did not get it. */
  firstNs: (bigint | null)[]
  /** The last one. */
  lastNs: (bigint | null)[]
}

/** When the first and when the last subscriber had each message, in the order of sending. */
export function spanOfDeliveries(matches: readonly DeliveryMatch[], sent: number): DeliverySpan {
  const span: DeliverySpan = { firstNs: [], lastNs: [] }
  for (let index = 0; index < sent; index += 1) {
    const instants = BigInt64Array.from(
      matches.flatMap(({ deliveredNs }) => deliveredNs[index] ?? []),
    ).sort()
    const isComplete = instants.length === matches.length
    span.firstNs.push(isComplete ? (instants[0] ?? null) : null)
    span.lastNs.push(isComplete ? (instants.at(-1) ?? null) : null)
  }
  return span
}
