/** A whole HTTP/1.1 message: its start line and its content. */
export interface HttpMessage {
  startLine: string
  content: Buffer
  /** The connection ends behind it (RFC 9112 §9.6). */
  isLast: boolean
}

interface Head extends Omit<HttpMessage, 'content'> {
  endsAt: number
  messageBytes: number
}

/** As Node's server limits a head. */
const MAX_HEAD_BYTES = 16 * 1024
const HEAD_END = Buffer.from('\r\n\r\n')

/**
 * The least reader of HTTP/1.1 that a replay needs: messages whose content has a
 * `Content-Length`, or none at all. It is no dissector, and checks little.
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
      if (this.#head === null || this.#bytes < this.#head.messageBytes) break
      const { endsAt, messageBytes, ...head } = this.#head
      const all = this.#join()
      messages.push({ ...head, content: all.subarray(endsAt, messageBytes) })
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

  #readHead(): Head | null {
    const all = this.#join()
    const end = all.indexOf(HEAD_END)
    if (end === -1) {
      if (all.length > MAX_HEAD_BYTES) throw new Error(`a head exceeds ${MAX_HEAD_BYTES} bytes`)
      return null
    }
    const [startLine = '', ...fields] = all.toString('latin1', 0, end).split('\r\n')
    let contentBytes = 0
    // RFC 9112 §9.3: before HTTP/1.1 a connection ends unless it is said to be kept.
    let isLast = /^HTTP\/1\.0|HTTP\/1\.0$/.test(startLine)
    for (const field of fields) {
      const [, name = '', value = ''] = /^([^:]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? []
      if (/^connection$/i.test(name)) isLast = isLastBy(value, isLast)
      if (/^transfer-encoding$/i.test(name)) throw new Error(`it has a ${name}`)
      if (!/^content-length$/i.test(name)) continue
      if (!/^\d{1,15}$/.test(value)) throw new Error('its Content-Length is no number')
      contentBytes = Number(value)
    }
    const endsAt = end + HEAD_END.length
    // RFC 9112 §6.3, item 1: what a 204 or 304 says of a length is not about its own content.
    if (/^HTTP\/1\.[01] (1\d\d|204|304)/.test(startLine)) contentBytes = 0
    return { startLine, isLast, endsAt, messageBytes: endsAt + contentBytes }
  }
}

function isLastBy(connection: string, otherwise: boolean): boolean {
  const options = connection.toLowerCase().split(/[ \t]*,[ \t]*/)
  if (options.includes('close')) return true
  return options.includes('keep-alive') ? false : otherwise
}
