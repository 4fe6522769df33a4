import type { Direction, Phase } from '../../model/vocabulary.ts'
import { type Frame, frameEnd } from '../../model/wire/frame.ts'
import type { LedgerBook } from '../../model/wire/ledger.ts'

/** Packets whose payload is in no frame yet, at most; then those behind one another are taken together. */
const MAX_WAITING = 1024

/** Headers of a packet with payload, and of those without that came after it. */
interface Waiting {
  direction: Direction
  offset: number
  headers: Record<Direction, number>
}

/**
 * Gives the headers of packets to the phase of what they carried, which is known
 * when that is in a frame. A packet without payload is of the phase of the last
 * that had some.
 */
export class NetworkPhases {
  readonly #book: LedgerBook
  readonly #phases = new PhaseRuns()
  readonly #framedBytes: Record<Direction, number> = { up: 0, down: 0 }
  #latest: Phase = 'setup'
  /** In the order of the packets. */
  #waiting: Waiting[] = []

  constructor(book: LedgerBook) {
    this.#book = book
  }

  frame(frame: Frame): void {
    this.#phases.add(frame)
    this.#framedBytes[frame.direction] = frameEnd(frame)
    this.#settle()
  }

  /** @param offset of the packet's payload in its stream; null where it has none */
  packet(direction: Direction, networkBytes: number, offset: number | null): void {
    const last = this.#waiting.at(-1)
    const isLate = this.#waiting.length >= MAX_WAITING && last?.direction === direction
    if (offset === null || isLate) {
      if (last === undefined) this.#add(direction, networkBytes, this.#latest)
      else last.headers[direction] += networkBytes
      return
    }
    if (last === undefined && offset < this.#framedBytes[direction]) {
      this.#latest = this.#phases.at(direction, offset)
      this.#add(direction, networkBytes, this.#latest)
      return
    }
    const headers = { up: 0, down: 0 }
    headers[direction] = networkBytes
    this.#waiting.push({ direction, offset, headers })
  }

  /** FIN or RST without payload. */
  goodbye(direction: Direction, networkBytes: number): void {
    this.#add(direction, networkBytes, 'close')
  }

  /** No further frame comes. */
  end(): void {
    this.#framedBytes.up = Number.POSITIVE_INFINITY
    this.#framedBytes.down = Number.POSITIVE_INFINITY
    this.#settle()
  }

  #settle(): void {
    if (this.#waiting.length === 0) return
    let settled = 0
    for (const { direction, offset, headers } of this.#waiting) {
      if (offset >= this.#framedBytes[direction]) break
      settled += 1
      this.#latest = this.#phases.at(direction, offset)
      this.#add('up', headers.up, this.#latest)
      this.#add('down', headers.down, this.#latest)
    }
    if (settled > 0) this.#waiting.splice(0, settled)
  }

  #add(direction: Direction, bytes: number, phase: Phase): void {
    this.#book.addBytes({ phase, direction }, 'network', bytes)
  }
}

/** What is sent again is not from further back; a capture may have millions of frames. */
const MAX_RUNS = 2048

/** Which phase each byte of a stream belongs to, kept as runs; the oldest are forgotten. */
class PhaseRuns {
  readonly #runs: Record<Direction, { until: number; phase: Phase }[]> = { up: [], down: [] }

  /** Frames come in the order of their stream. */
  add(frame: Frame): void {
    const { direction, phase } = frame
    const runs = this.#runs[direction]
    const last = runs.at(-1)
    const until = frameEnd(frame)
    if (last?.phase === phase) last.until = until
    else runs.push({ until, phase })
    if (runs.length > MAX_RUNS) runs.splice(0, MAX_RUNS / 2)
  }

  /** Of a byte that is in no frame, `steady`. */
  at(direction: Direction, offset: number): Phase {
    const runs = this.#runs[direction]
    let [low, high] = [0, runs.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((runs[middle]?.until ?? 0) > offset) high = middle
      else low = middle + 1
    }
    return runs[low]?.phase ?? 'steady'
  }
}
