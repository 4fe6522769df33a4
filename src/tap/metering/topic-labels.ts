import type { MeteredTopic } from '../../model/report/tap/meter-figures.ts'
import type { Direction } from '../../model/vocabulary.ts'

export const MOST_PATTERNS = 100
const MOST_LABELS = 100
/** So many names are known with their label; what a sender can make up has no end. */
const MOST_NAMES = 1000
const OTHER = 'other'

/**
 * What messages are about, told apart where it was asked for and as far as their
 * number stays small: whoever stores figures keeps each label for ever.
 */
export class TopicLabels {
  readonly #patterns: readonly (readonly string[])[]
  readonly #labels = new Set<string>()
  readonly #known = new Map<string, string>()
  readonly #counts = new Map<string, MeteredTopic>()

  /** @param patterns as in a subscription to MQTT: `plant/+/temp`, `plant/#` */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map((pattern) => pattern.split('/'))
  }

  /** @returns its label: its own name, or `other` */
  add(direction: Direction, subject: string, bytes: number): string {
    const topic = this.labelOf(subject)
    const key = `${direction} ${topic}`
    let count = this.#counts.get(key)
    if (count === undefined) {
      count = { direction, topic, messages: 0, bytes: 0 }
      this.#counts.set(key, count)
    }
    count.messages += 1
    count.bytes += bytes
    return topic
  }

  labelOf(subject: string): string {
    const known = this.#known.get(subject)
    if (known !== undefined) return known
    const label = this.#choose(subject)
    if (this.#known.size < MOST_NAMES) this.#known.set(subject, label)
    return label
  }

  list(): MeteredTopic[] {
    return Array.from(this.#counts.values(), (count) => ({ ...count }))
  }

  #choose(subject: string): string {
    const levels = subject.split('/')
    const isAsked = this.#patterns.some((pattern) => matches(pattern, levels))
    if (!isAsked) return OTHER
    if (this.#labels.size >= MOST_LABELS && !this.#labels.has(subject)) return OTHER
    this.#labels.add(subject)
    return subject
  }
}

/** MQTT 5.0 §4.7.1: each wildcard is a whole level, and `#` the last one. */
export function isPattern(text: string): boolean {
  const levels = text.split('/')
  return (
    text !== '' &&
    levels.every((level, index) =>
      level.includes('#')
        ? level === '#' && index === levels.length - 1
        : level === '+' || !level.includes('+'),
    )
  )
}

/** MQTT 5.0 §4.7.1: `+` is one level, `#` at the end all that follow, the one above them too. */
function matches(pattern: readonly string[], levels: readonly string[]): boolean {
  for (const [index, level] of pattern.entries()) {
    if (level === '#') return true
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false
  }
  return pattern.length === levels.length
}
