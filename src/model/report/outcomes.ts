import type { Outcome } from '../wire/frame.ts'

/** What became of something, and how often. */
export interface CountedOutcome extends Outcome {
  count: number
}

/** So many are told apart; what a peer can make up has no end. */
const MAX_KINDS = 50
const OTHER = 'other'

/** Outcomes of one connection, or of many: in the order in which each came first. */
export class Outcomes {
  readonly #outcomes = new Map<string, CountedOutcome>()

  add(outcome: Outcome, count = 1): void {
    const key = keyOf(outcome)
    const known = this.#outcomes.get(key)
    if (known !== undefined) {
      known.count += count
      return
    }
    const { direction, unit, text, verdict } = outcome
    const isRoom = this.#outcomes.size < MAX_KINDS || text === OTHER
    if (isRoom) this.#outcomes.set(key, { direction, unit, text, verdict, count })
    else this.add({ direction, unit, text: OTHER, verdict }, count)
  }

  list(): CountedOutcome[] {
    return Array.from(this.#outcomes.values(), (outcome) => ({ ...outcome }))
  }
}

const keyOf = ({ direction, unit, text, verdict }: Outcome): string =>
  `${direction} ${verdict} ${unit} ${text}`
