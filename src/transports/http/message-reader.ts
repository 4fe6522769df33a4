import { SaidError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
/** A whole HTTP/1.1 message: its start line and its content. */
export interface HttpMessage {
  startLine: string
  content: Buffer
  /** The connection ends behind it (RFC 9112 §9.6). */
  isLast: boolean
}

interface Head extends Omit<HttpMessage, 'content'> {
  endsAt: number
  /** Null where the content is chunked, and says its end by itself. */
  messageBytes: number | null
  /** Of chunked content: where each chunk that is whole stands, and where the next begins. */
  chunks: { from: number; to: number }[]
  nextChunkAt: number
}

/** As Node's server limits a head. */
const MAX_HEAD_BYTES = 16 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')
const LINE_END = Buffer.from('\r\n')

/**
 * The least reader of HTTP/1.1 that a replay needs: messages whose content has a
 * `Content-Length`, is chunked, or is none at all. It is no dissector, and checks little.
 */
export class MessageReader {
  #chunks: Buffer[] = []
  #bytes = 0
  /** Set while the content of a message whose head is read is still coming. */
  #head: Head | null = null

  /**
   * @returns the messages that these bytes complete
   * @throws Error where the content has another framing, or a head does not end
   */
  feed(chunk: Buffer): HttpMessage[] {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    const messages: HttpMessage[] = []
    while (this.#bytes > 0) {
      this.#head ??= this.#readHead()
      const head = this.#head
      const messageBytes = head && (head.messageBytes ?? this.#readChunks(head))
      if (head === null || messageBytes === null || this.#bytes < messageBytes) break
      const { startLine, isLast, endsAt, chunks } = head
      const all = this.#join()
      const content =
        head.messageBytes === null
          ? Buffer.concat(chunks.map(({ from, to }) => all.subarray(from, to)))
          : all.subarray(endsAt, messageBytes)
      messages.push({ startLine, isLast, content })
      this.#head = null
      this.#bytes = all.length - messageBytes
      this.#chunks = [all.subarray(messageBytes)]
    }
    return messages
  }

  #join(): Buffer {
    const [only, ...more] = this.#chunks
    if (only !== undefined && more.length === 0) return only
    const all = Buffer.concat(this.#chunks)
    this.#chunks = [all]
    return all
  }

  /** Whether a message has begun that is not whole yet. */
  get isWithin(): boolean {
    return this.#bytes > 0
  }

  /** @returns how long the message is, as soon as its last chunk is there (RFC 9112 §7.1) */
  #readChunks(head: Head): number | null {
    const all = this.#join()
    for (;;) {
      const lineEnd = all.indexOf(LINE_END, head.nextChunkAt)
      if (lineEnd === -1) return null
      const line = all.toString('latin1', head.nextChunkAt, lineEnd)
      const [, size] = /^([\da-f]{1,8})[ \t]*(;.*)?$/i.exec(line) ?? []
      if (size === undefined) throw new SaidError(said('chunkWithoutSize'))
      const from = lineEnd + LINE_END.length
      const to = from + Number.parseInt(size, 16)
      if (to === from) {
        // Behind the last chunk there are fields, or none, and an empty line.
        const end = all.indexOf(HEAD_END, lineEnd)
        return end === -1 ? null : end + HEAD_END.length
      }
      if (all.length < to + LINE_END.length) return null
      head.chunks.push({ from, to })
      head.nextChunkAt = to + LINE_END.length
    }
  }

  #readHead(): Head | null {
    const all = this.#join()
    const end = all.indexOf(HEAD_END)
    if (end === -1) {
      if (all.length > MAX_HEAD_BYTES)
        throw new SaidError(said('headTooLong', { most: MAX_HEAD_BYTES }))
      return null
    }
    const [startLine = '', ...fields] = all.toString('latin1', 0, end).split('\r\n')
    let contentBytes: number | null = 0
    // RFC 9112 §9.3: before HTTP/1.1 a connection ends unless it is said to be kept.
    let isLast = /^HTTP\/1\.0|HTTP\/1\.0$/.test(startLine)
    for (const field of fields) {
      const [, name = '', value = ''] = /^([^:]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? []
      if (/^connection$/i.test(name)) isLast = isLastBy(value, isLast)
      if (/^transfer-encoding$/i.test(name)) {
        if (!/^chunked$/i.test(value)) throw new SaidError(said('fieldOf', { name, value }))
        contentBytes = null
      }
      // RFC 9112 §6.3, item 3: chunks are what counts where there are both.
      if (!/^content-length$/i.test(name) || contentBytes === null) continue
      if (!/^\d{1,15}$/.test(value)) throw new SaidError(said('lengthNoNumber'))
      contentBytes = Number(value)
    }
    const endsAt = end + HEAD_END.length
    // RFC 9112 §6.3, item 1: what a 204 or 304 says of a length is not about its own content.
    if (/^HTTP\/1\.[01] (1\d\d|204|304)/.test(startLine)) contentBytes = 0
    const messageBytes = contentBytes === null ? null : endsAt + contentBytes
    return { startLine, isLast, endsAt, messageBytes, chunks: [], nextChunkAt: endsAt }
  }
}

function isLastBy(connection: string, otherwise: boolean): boolean {
  const options = connection.toLowerCase().split(/[ \t]*,[ \t]*/)
  if (options.includes('close')) return true
  return options.includes('keep-alive') ? false : otherwise
}
