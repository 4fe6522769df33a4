import type { Direction } from '../vocabulary.ts'

/** What messages were about: a topic of MQTT, a path of HTTP or CoAP. */
export interface SubjectCount {
  direction: Direction
  /** `sensors/temp`, `POST /data`; what may be a token in a path is `*`, and a query is left out. */
  name: string
  messages: number
  /** Wire bytes of the units that carried them, without what answered. */
  bytes: number
}

/** So many are told apart; what a sender can make up has no end. */
const MAX_SUBJECTS = 1000
const OTHERS = 'others'

/** The subjects of one connection, or of many. */
export class Subjects {
  readonly #counts = new Map<string, SubjectCount>()

  add({ direction, name, messages, bytes }: SubjectCount): void {
    const known = this.#counts.get(`${direction} ${name}`)
    if (known !== undefined) {
      known.messages += messages
      known.bytes += bytes
    } else if (this.#counts.size < MAX_SUBJECTS || name === OTHERS) {
      this.#counts.set(`${direction} ${name}`, { direction, name, messages, bytes })
    } else this.add({ direction, name: OTHERS, messages, bytes })
  }

  /** Most bytes first. */
  list(): SubjectCount[] {
    return Array.from(this.#counts.values(), (count) => ({ ...count })).sort(
      (a, b) => b.bytes - a.bytes,
    )
  }
}
