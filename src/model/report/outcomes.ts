import type { Outcome } from '../wire/frame.ts'

/** What became of something, and how often. */
export interface CountedOutcome extends Outcome {
  count: number
}

/** So many are told apart; what a peer can make up has no end. */
const MAX_KINDS = 50

/** Outcomes of one connection, or of many: in the order in which each came first. */
export class Outcomes {
  readonly #outcomes = new Map<string, CountedOutcome>()

  add(outcome: Outcome, count = 1): void {
    const isRoom = this.#outcomes.size < MAX_KINDS || this.#outcomes.has(keyOf(outcome))
    const { direction, unit, text, verdict } = isRoom ? outcome : { ...outcome, text: 'other' }
    const key = keyOf({ direction, unit, text, verdict })
    const known = this.#outcomes.get(key)
    if (known === undefined) this.#outcomes.set(key, { direction, unit, text, verdict, count })
    else known.count += count
  }

  list(): CountedOutcome[] {
    return Array.from(this.#outcomes.values(), (outcome) => ({ ...outcome }))
  }
}

const keyOf = ({ direction, unit, text, verdict }: Outcome): string =>
  [direction, verdict, unit, text].join(' ')
