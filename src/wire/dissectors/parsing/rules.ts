import type { Direction } from '../../../model/vocabulary.ts'
import type { DissectorSink, WireRemark } from '../../../model/wire/frame.ts'
import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { MalformedBytes } from './byte-parser.ts'

/** `… (RFC 9112 §2.2)`, `… [MQTT-2.3.1-1]`: a reason ends in its clause. */
const ENDS_IN_CLAUSE = /^(.*?)[ ,]*[([]([^()[\]]+)[)\]]$/s

/**
 * What becomes of a broken rule while the unit around it is whole: one dissector,
 * two policies. Where nobody listens to remarks each breach is a fault, as in a
 * byte pass of our own; else it is noted, and reading goes on.
 */
export class Rules {
  readonly #sink: DissectorSink
  readonly #direction: Direction
  #last: { kind: string; remark: WireRemark } | null = null

  constructor(sink: DissectorSink, direction: Direction) {
    this.#sink = sink
    this.#direction = direction
  }

  get policy(): 'strict' | 'lenient' {
    return this.#sink.remark === undefined ? 'strict' : 'lenient'
  }

  /** What breaks no rule, and a reader of other people's traffic should know. */
  note(text: WirePhrase): void {
    this.#sink.remark?.({ direction: this.#direction, clause: null, text })
  }

  /**
   * @param check throws MalformedBytes where a rule is broken
   * @returns what it returns; undefined where a rule is broken
   */
  check<T>(check: () => T): T | undefined {
    try {
      return check()
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error
      this.breach(error.message)
      return undefined
    }
  }

  /**
   * @param reason ends in the clause that is broken
   * @param kind the same without what differs from one time to the next: by it they are counted
   * @throws MalformedBytes where the policy is strict
   */
  breach(reason: WirePhrase, kind = reason): void {
    if (this.#sink.remark === undefined) throw new MalformedBytes(reason)
    // The same again, as a rule: who breaks one may do so a million times.
    if (this.#last?.kind !== kind) {
      const [, text = kind, clause = null] = ENDS_IN_CLAUSE.exec(kind) ?? []
      // Without its clause it is a phrase as well.
      const remark = { direction: this.#direction, clause, text: text as WirePhrase }
      this.#last = { kind, remark }
    }
    this.#sink.remark(this.#last.remark)
  }
}
