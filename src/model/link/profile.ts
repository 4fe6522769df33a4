import type { Wording } from '../text/wording.ts'
/** How a link between device and server behaves, in both directions. */
export interface LinkProfile {
  /** Stands in reports and CSV files as the cell's `link`. */
  readonly name: string
  readonly title: Wording
  /** Milliseconds of propagation there and back; half of them each way. */
  readonly rttMs: number
  /** Bits a second towards the device, headers of IP packets included; null: unlimited. */
  readonly downBitsPerS: number | null
  /** Bits a second from the device, headers of IP packets included; null: unlimited. */
  readonly upBitsPerS: number | null
  /** The most by which one packet's one-way delay differs from half the RTT, either way. */
  readonly jitterMs: number
  /** What waits for the link, in each direction, before it takes no more. */
  readonly queue: QueueLimit
  /** Who published the figures. */
  readonly publisher: string
  /** In which document, figure by figure where they come from several. */
  readonly source: string
  /** What the source has besides, and this link has not. */
  readonly leftOut?: string
}

export type QueueLimit =
  | { readonly kind: 'bytes'; readonly bytes: number }
  /** As much as the link sends in this time. */
  | { readonly kind: 'time'; readonly ms: number }
  /** What the link sends in one RTT, and at least `LEAST_QUEUE_BYTES`. */
  | { readonly kind: 'one-rtt' }

/** Ten full packets: less would keep a sender waiting for room between two of them. */
const LEAST_QUEUE_BYTES = 15_000

const BITS_PER_BYTE = 8
const MS_PER_S = 1_000

/** Bytes that may wait in one direction; infinite where the rate is. */
export function queueBytes({ queue, rttMs }: LinkProfile, bitsPerS: number | null): number {
  if (queue.kind === 'bytes') return queue.bytes
  if (bitsPerS === null) return Number.POSITIVE_INFINITY
  const perMs = bitsPerS / BITS_PER_BYTE / MS_PER_S
  if (queue.kind === 'time') return Math.max(1, Math.round(queue.ms * perMs))
  return Math.max(LEAST_QUEUE_BYTES, Math.round(rttMs * perMs))
}

/** How long a packet of so many bytes, its headers included, keeps one direction busy, in milliseconds. */
export const serialisationMs = (bytes: number, bitsPerS: number | null): number =>
  bitsPerS === null ? 0 : (bytes * BITS_PER_BYTE * MS_PER_S) / bitsPerS
