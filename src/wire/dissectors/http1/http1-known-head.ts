import type { FramePart } from '../../../model/wire/frame.ts'
import { type Reading, takeSame } from '../parsing/byte-parser.ts'
import type { FrameStream } from '../parsing/frame-stream.ts'

/** What is read of a head, with the lines that it was read of. */
interface Head {
  readonly lines: readonly string[]
}

/**
 * The last head of a direction. Who sends messages of one kind says the same head
 * again and again, and a server says another when its clock has moved by a second:
 * one that is the same to the byte is compared, and not read again.
 */
export class KnownHead<H extends Head> {
  #known: { head: H; bytes: Buffer; parts: readonly FramePart[] } | null = null

  /** A head that was read just now, of which the present frame has the parts. */
  learn(stream: FrameStream, head: H): H {
    // Where a rule may be broken, each breach is told each time.
    if (stream.rules.policy === 'lenient') return head
    const bytes = Buffer.from(`${head.lines.join('\r\n')}\r\n\r\n`, 'latin1')
    this.#known = { head, bytes, parts: [...stream.parts] }
    return head
  }

  /**
   * @param means whether a head means now what it meant when it was read
   * @returns null where the next bytes are others, or not all here; none of them is consumed then
   */
  *again(stream: FrameStream, means: (head: H) => boolean): Reading<H | null> {
    const known = this.#known
    if (known === null || !means(known.head)) return null
    const { length } = yield takeSame(known.bytes)
    if (length === 0) return null
    stream.partsAgain(known.parts, length)
    stream.head(known.head.lines)
    return known.head
  }
}
