import type { Direction, Layer, Phase } from '../../vocabulary.ts'
import type { ByteTotals, LedgerEntry } from '../../wire/ledger.ts'

/** How a connection ended: in order, broken by whom, or before the target was reached. */
export const CONNECTION_ENDS = ['closed', 'client', 'target', 'unreachable'] as const
export type ConnectionEnd = (typeof CONNECTION_ENDS)[number]

/** Why bytes are in no layer; the report says it in full. */
export const UNREAD_CAUSES = ['encrypted', 'too_fast', 'unexplained', 'others'] as const
export type UnreadCause = (typeof UNREAD_CAUSES)[number]

/** Quality of service of MQTT; empty where a message has none. */
export const QOS_LABELS = ['0', '1', '2', ''] as const

/** Upper bounds of the histogram of payloads, in bytes: powers of four. */
export const PAYLOAD_BOUNDS = [0, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576]

/** What crossed under the same labels. None of its figures ever falls while a tap runs. */
export interface MeteredTraffic {
  protocol: string
  /** `1.3`, `1.2`; empty in the clear. */
  tls: string
  ledger: LedgerEntry[]
  unread: { direction: Direction; cause: UnreadCause; bytes: number }[]
  messages: { direction: Direction; qos: string; count: number }[]
  roundTrips: { phase: Phase; count: number }[]
  /** `counts` by `PAYLOAD_BOUNDS`, each message once, the last those beyond; `bytes` of all together. */
  payloads: { direction: Direction; counts: number[]; bytes: number }[]
  ended: Record<ConnectionEnd, number>
}

export interface MeteredTopic {
  direction: Direction
  topic: string
  messages: number
  /** Wire bytes of the units that carried them, without what answered. */
  bytes: number
}

/** Units that are not as the baseline has them; `topic` is `none` where a unit is about nothing. */
export interface MeteredChange {
  direction: Direction
  topic: string
  /** Units that are none of those in the baseline: larger, smaller, or of another kind. */
  units: number
  /** By how many bytes they are larger than the nearest that it has; each layer, be it 0. */
  excess: { layer: Layer; bytes: number }[]
}

/**
 * What a tap tells while it runs. With `pending` its bytes are those that crossed:
 * these are of units that are not over, or of connections of which it is not known
 * yet what they speak.
 */
export interface MeterFigures {
  traffic: MeteredTraffic[]
  pending: ByteTotals
  topics: MeteredTopic[]
  /** Where there is a baseline, all topics that were met. */
  changes: MeteredChange[]
}
