import { isSecretHeader } from '../../model/scenario/secret-names.ts'
import type { Direction } from '../../model/vocabulary.ts'

/** One head, as a file that `http.request.head` or `http.response.head` of a scenario names. */
export interface SavedHead {
  /** `request-1.txt` */
  readonly name: string
  /** A character a byte. */
  readonly text: string
}

/** So many are told apart. */
const MOST_HEADS = 100
/** Such a value lets nobody in. */
const BLANK = 'x'

/**
 * Collects the heads of HTTP/1.1 in a capture, each once: byte for byte, but for
 * the path and the length of the content, which differ from message to message,
 * and for what is or may be a secret, in whose place as many letters stand.
 */
export class HeadCollector {
  /** By what they are without their dates. */
  readonly #texts: Readonly<Record<Direction, Map<string, string>>> = {
    up: new Map(),
    down: new Map(),
  }

  /** @param lines of the head, the start line first */
  add(direction: Direction, lines: readonly string[]): void {
    const texts = this.#texts[direction]
    const [startLine = '', ...fields] = lines
    if (texts.size >= MOST_HEADS) return
    const start = startLine.replace(/^(\S+) \S+ (HTTP\/1\.[01])$/, '$1 {path} $2')
    const text = [start, ...fields.map(fieldText), '', ''].join('\r\n')
    const key = text.replace(/^date:.*$/im, '')
    if (!texts.has(key)) texts.set(key, text)
  }

  list(): SavedHead[] {
    return (['up', 'down'] as const).flatMap((direction) =>
      Array.from(this.#texts[direction].values(), (text, index) => ({
        name: `${direction === 'up' ? 'request' : 'response'}-${index + 1}.txt`,
        text,
      })),
    )
  }
}

function fieldText(line: string): string {
  const [, head = '', name = '', value = ''] = /^(([^:]+):[ \t]*)(.*)$/.exec(line) ?? []
  if (isSecretHeader(name)) return head + BLANK.repeat(value.length)
  return name.toLowerCase() === 'content-length' ? `${head}{length}` : line
}
