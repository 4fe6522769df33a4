import { type SubjectCount, Subjects } from '../../model/report/subjects.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'

/** So many aliases are kept of each direction; more are announced by nobody. */
const MAX_ALIASES = 1000
/** A step of a path that is as long, and no word, may be what lets its device in. */
const TOKEN = /^(?=.*\d)[\w.~+=-]{16,}$/
const LONG = 'longer than is shown'

/** Adds up what the messages of one connection were about, as its frames say. */
export class SubjectReader {
  readonly #subjects = new Subjects()
  readonly #aliases: Record<Direction, Map<string, string>> = { up: new Map(), down: new Map() }
  /** A device asks for the same as a rule: of the last request line. */
  #lastRequest = { line: '', name: LONG }

  /** @returns what the frame is about; null where it does not say */
  add(frame: Frame): string | null {
    const name = this.#nameOf(frame)
    const { direction, lengthBytes: bytes } = frame
    if (name !== null) this.#subjects.add({ direction, name, messages: 1, bytes })
    return name
  }

  /** Some of what was said is not known: an alias may have been set anew. */
  lose(direction: Direction): void {
    this.#aliases[direction].clear()
  }

  list(): SubjectCount[] {
    return this.#subjects.list()
  }

  #nameOf(frame: Frame): string | null {
    switch (frame.label) {
      case 'PUBLISH':
        return this.#topicOf(frame)
      case 'request':
      case 'unfinished request':
        return this.#requestOf(textOf(frame, 'request line') ?? '')
      case 'HEADERS':
        return frame.direction === 'up' ? fieldsOf(frame) : null
      default:
        return coapOf(frame)
    }
  }

  #requestOf(line: string): string {
    if (line !== this.#lastRequest.line) this.#lastRequest = { line, name: requestOf(line) }
    return this.#lastRequest.name
  }

  /** MQTT 5.0 §3.3.2.3.4: an alias stands for the topic with which it came first. */
  #topicOf(frame: Frame): string | null {
    const aliases = this.#aliases[frame.direction]
    const alias = textOf(frame, 'Topic Alias')
    const hasName = frame.parts.some(({ label, lengthBytes }) => label === TOPIC && lengthBytes > 0)
    const topic = hasName ? (textOf(frame, TOPIC) ?? LONG) : null
    if (alias === null) return topic
    if (topic !== null && aliases.size < MAX_ALIASES) aliases.set(alias, topic)
    return topic ?? aliases.get(alias) ?? `alias ${alias}`
  }
}

const TOPIC = 'Topic Name'

const textOf = ({ parts }: Frame, name: string): string | null =>
  parts.find(({ label }) => label === name)?.text ?? null

/** `POST /data` of `POST /data?key=1 HTTP/1.1`. */
function requestOf(line: string): string {
  const [method = '', target] = line.split(' ')
  return target === undefined ? LONG : `${method} ${pathOf(target)}`
}

/** The same of HTTP/2, where the value stands with the way it was written. */
function fieldsOf(frame: Frame): string | null {
  const [method, path] = [':method', ':path'].map(
    (name) => textOf(frame, name)?.replace(/ \([^()]*\)$/, '') ?? null,
  )
  return method === null || path === null || path === undefined ? null : `${method} ${pathOf(path)}`
}

const pathOf = (target: string): string => {
  const [path = ''] = target.split(/[?#]/, 1)
  return path
    .split('/')
    .map((step) => (TOKEN.test(step) ? '*' : step))
    .join('/')
}

function coapOf(frame: Frame): string | null {
  const steps = frame.parts.filter(({ label, text }) => label === 'Uri-Path' && text !== undefined)
  if (steps.length === 0 || !frame.clause.startsWith('RFC 7252')) return null
  return `${frame.label} ${pathOf(`/${steps.map(({ text }) => text).join('/')}`)}`
}
