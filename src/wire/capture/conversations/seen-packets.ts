import type { TcpSegmentHead } from '../packets/tcp-segment.ts'

/** What tells a packet from all others of its sender, besides its identification. */
interface Fingerprint
  extends Pick<TcpSegmentHead, 'sequence' | 'acknowledgement' | 'payloadBytes'> {
  /** Not to be relied on alone: where the network card sums up, it is the same in all. */
  checksum: number
  atNs: bigint | null
}

/** Two queues, a bridge and its port, a cable and a mirror port: the second copy is never far. */
const KEPT = 16
/** No sender repeats itself within it (Linux's TCP_RTO_MIN), in nanoseconds. */
const MAX_DISTANCE_NS = 200_000_000n

/**
 * Packets of one sender that a capture has twice, as it has where it was made on
 * several interfaces. What is sent again has a number of its own (RFC 6864 §4);
 * a packet that has none (0, or IPv6) is never told to be a copy.
 */
export class SeenPackets {
  readonly #latest: Fingerprint[] = []
  /** Of the same, 0 where there is none yet: what is looked at first, of every packet. */
  readonly #identifications = new Uint16Array(KEPT)
  #next = 0

  /** @returns whether it came before, a moment ago */
  isCopy(
    identification: number,
    { sequence, acknowledgement, payloadBytes, checksum }: TcpSegmentHead,
    atNs: bigint | null,
  ): boolean {
    if (identification === 0) return false
    for (let place = 0; place < KEPT; place += 1) {
      if (this.#identifications[place] !== identification) continue
      const known = this.#latest[place]
      if (
        known?.sequence === sequence &&
        known.acknowledgement === acknowledgement &&
        known.payloadBytes === payloadBytes &&
        known.checksum === checksum &&
        isClose(known.atNs, atNs)
      ) {
        return true
      }
    }
    this.#identifications[this.#next] = identification
    this.#latest[this.#next] = { sequence, acknowledgement, payloadBytes, checksum, atNs }
    this.#next = (this.#next + 1) % KEPT
    return false
  }
}

function isClose(a: bigint | null, b: bigint | null): boolean {
  if (a === null || b === null) return true
  const distance = b - a
  return distance < MAX_DISTANCE_NS && distance > -MAX_DISTANCE_NS
}
