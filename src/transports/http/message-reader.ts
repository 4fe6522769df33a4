/** A whole HTTP/1.1 message: its start line and its content. */
export interface HttpMessage {
  startLine: string
  content: Buffer
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
  #head: { startLine: string; endsAt: number; messageBytes: number } | null = null

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
      const { startLine, endsAt, messageBytes } = this.#head
      const all = this.#join()
      messages.push({ startLine, content: all.subarray(endsAt, messageBytes) })
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

  #readHead(): { startLine: string; endsAt: number; messageBytes: number } | null {
    const all = this.#join()
    const end = all.indexOf(HEAD_END)
    if (end === -1) {
      if (all.length > MAX_HEAD_BYTES) throw new Error(`a head exceeds ${MAX_HEAD_BYTES} bytes`)
      return null
    }
    const [startLine = '', ...fields] = all.toString('latin1', 0, end).split('\r\n')
    let contentBytes = 0
    for (const field of fields) {
      const [, name = '', value = ''] = /^([^:]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? []
      if (/^transfer-encoding$/i.test(name)) throw new Error(`it has a ${name}`)
      if (!/^content-length$/i.test(name)) continue
      if (!/^\d{1,15}$/.test(value)) throw new Error('its Content-Length is no number')
      contentBytes = Number(value)
    }
    const endsAt = end + HEAD_END.length
    // RFC 9112 §6.3, item 1: what a 204 or 304 says of a length is not about its own content.
    if (/^HTTP\/1\.[01] (1\d\d|204|304)/.test(startLine)) contentBytes = 0
    return { startLine, endsAt, messageBytes: endsAt + contentBytes }
  }
}
