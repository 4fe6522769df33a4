import type { WireRemark } from '../wire/frame.ts'
import type { WirePhrase } from '../wire/phrases/wire-phrase.ts'

/** A remark, and how often it applies. */
export interface Remark {
  text: string
  count: number
}

/** So many kinds are told apart; what a sender can make up has no end. */
const MAX_KINDS = 50
const FURTHER: WirePhrase = 'something of another kind'

/** What is to be said once, however often it is found: in the order in which it was first found. */
export class Remarks {
  readonly #counts = new Map<string, number>()

  add(text: WirePhrase, count = 1): void {
    const isKept = this.#counts.has(text) || this.#counts.size < MAX_KINDS
    const kept = isKept ? text : FURTHER
    this.#counts.set(kept, (this.#counts.get(kept) ?? 0) + count)
  }

  list(): Remark[] {
    return Array.from(this.#counts, ([text, count]) => ({ text, count }))
  }
}

/** A broken rule, and how often it was broken. */
export interface CountedWireRemark extends WireRemark {
  count: number
}

/** The remarks of one connection, or of many: in the order in which each was first made. */
export class WireRemarks {
  readonly #remarks = new Map<string, CountedWireRemark>()
  /** The last that was counted, and under what: it comes again, as a rule. */
  #last: { remark: WireRemark; counted: CountedWireRemark } | null = null

  add(remark: WireRemark, count = 1): void {
    if (this.#last?.remark === remark) {
      this.#last.counted.count += count
      return
    }
    const { direction, clause, text } = remark
    const key = `${direction} ${clause} ${text}`
    const known = this.#remarks.get(key)
    if (known !== undefined) {
      known.count += count
      this.#last = { remark, counted: known }
    } else if (this.#remarks.size < MAX_KINDS) {
      this.#remarks.set(key, { direction, clause, text, count })
    } else this.#addOther(direction, count)
  }

  list(): CountedWireRemark[] {
    return Array.from(this.#remarks.values(), (remark) => ({ ...remark }))
  }

  #addOther(direction: WireRemark['direction'], count: number): void {
    const known = this.#remarks.get(`${direction} other`)
    if (known !== undefined) known.count += count
    else {
      const text: WirePhrase = 'other rules were broken'
      this.#remarks.set(`${direction} other`, { direction, clause: null, text, count })
    }
  }
}
