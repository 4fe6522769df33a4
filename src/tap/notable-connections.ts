import type { TapConnection } from '../model/report/tap/tap-report.ts'
import type { TappedConnection } from './tapped-connection.ts'

const MOST_LARGEST = 10
const MOST_BROKEN = 20
const MOST_UNEXPLAINED = 20

/**
 * The connections worth a look of their own: those with the most bytes, the
 * first that broke, the first that could not be explained. There may have been
 * millions.
 */
export class NotableConnections {
  #largest: TapConnection[] = []
  readonly #broken: TapConnection[] = []
  readonly #unexplained: TapConnection[] = []

  add(connection: TappedConnection): void {
    const isBroken = connection.fault !== null && this.#broken.length < MOST_BROKEN
    const isUnexplained = connection.isUnexplained && this.#unexplained.length < MOST_UNEXPLAINED
    const isLarge = connection.totalBytes > this.#leastOfLargest()
    if (!isBroken && !isUnexplained && !isLarge) return
    const described = connection.describe()
    if (isBroken) this.#broken.push(described)
    if (isUnexplained) this.#unexplained.push(described)
    if (isLarge) {
      this.#largest.push(described)
      this.#largest.sort((a, b) => bytesOf(b) - bytesOf(a))
      this.#largest = this.#largest.slice(0, MOST_LARGEST)
    }
  }

  /** In the order in which they were accepted. */
  list(): TapConnection[] {
    const all = new Set([...this.#largest, ...this.#broken, ...this.#unexplained])
    return [...all].sort((a, b) => a.number - b.number)
  }

  copy(): NotableConnections {
    const copy = new NotableConnections()
    copy.#largest = [...this.#largest]
    copy.#broken.push(...this.#broken)
    copy.#unexplained.push(...this.#unexplained)
    return copy
  }

  #leastOfLargest(): number {
    const least = this.#largest[MOST_LARGEST - 1]
    return least === undefined ? 0 : bytesOf(least)
  }
}

const bytesOf = ({ wireBytes }: TapConnection): number => wireBytes.up + wireBytes.down
