import type { ConnectionFault } from '../../wire/relay/tcp-relay.ts'
import type { TapFigures } from '../tap-book.ts'

type Counts = TapFigures['connections']

/** How many connections there were, and what became of them. */
export class ConnectionCounts {
  readonly #counts: Counts = {
    ...{ accepted: 0, open: 0, closed: 0, broken: 0, unreachable: 0, lost: 0, peakConcurrent: 0 },
  }

  get accepted(): number {
    return this.#counts.accepted
  }

  get open(): number {
    return this.#counts.open
  }

  /** @returns its number */
  accept(): number {
    const counts = this.#counts
    counts.accepted += 1
    counts.open += 1
    counts.peakConcurrent = Math.max(counts.peakConcurrent, counts.open)
    return counts.accepted
  }

  end(fault: ConnectionFault | null): void {
    this.#counts.open -= 1
    if (fault === null) this.#counts.closed += 1
    else this.#counts[fault.side === 'unreachable' ? 'unreachable' : 'broken'] += 1
  }

  lose(): void {
    this.#counts.lost += 1
  }

  figures(): Counts {
    return { ...this.#counts }
  }
}
