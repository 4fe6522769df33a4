import { SaidError } from '../../../model/errors.ts'
import { said } from '../../../model/said/said.ts'

const CR = 0x0d
const LF = 0x0a
const SPACE = 0x20
const COLON = 0x3a
/** Longer responses are read each time. */
const MOST_KNOWN_BYTES = 4_096

export interface ResponseSink {
  /**
   * One whole response, in the order of the requests.
   * @param isLast the server closes the connection behind it (RFC 9112 §9.6)
   */
  response(status: number, isLast: boolean): void
  /** The `Date` of a response that is not, byte by byte, like the one before it. */
  date?(value: string): void
}

type Reading = 'head' | 'body' | 'chunk size' | 'chunk' | 'chunk end' | 'trailers'

/**
 * Finds where each HTTP/1.1 response ends, in chunks that are split anywhere: of
 * a head it keeps the status and how its body is framed (RFC 9112 §6.3), tells
 * its `Date`, and keeps nothing of the body. Bodies that end with their connection are not for a
 * connection that is kept.
 */
export class ResponseScanner {
  readonly #sink: ResponseSink
  #reading: Reading = 'head'
  /** The line of the head so far, lower case; heads of load endpoints are short. */
  #line = ''
  #lineNumber = 0
  #status = 0
  #lengthBytes: number | null = null
  #isChunked = false
  #isLast = false
  /** Left of the body, or of the chunk. */
  #left = 0
  /** The last response that came whole: the same bytes again end in the same place. */
  #known: Buffer | null = null
  #knownStatus = 0
  /** Where the response that is read begins in this chunk; -1 where it began before. */
  #beginning = -1
  #finished = false

  constructor(sink: ResponseSink) {
    this.#sink = sink
  }

  /**
   * @param bytes may be reused by the caller afterwards
   * @throws SaidError in words, where it is no response whose end can be found
   */
  feed(bytes: Buffer, end = bytes.length): void {
    let offset = 0
    this.#beginning = -1
    while (offset < end) {
      if (this.#isBetween()) {
        const known = this.#lengthOfKnown(bytes, offset, end)
        if (known > 0) {
          offset += known
          this.#sink.response(this.#knownStatus, false)
          continue
        }
        this.#beginning = offset
      }
      this.#finished = false
      offset = this.#read(bytes, offset, end)
      if (this.#finished) this.#learn(bytes, offset)
    }
  }

  /** Whether a response has begun that is not whole yet. */
  get isWithin(): boolean {
    return !this.#isBetween()
  }

  #isBetween(): boolean {
    return this.#reading === 'head' && this.#lineNumber === 0 && this.#line === ''
  }

  #lengthOfKnown(bytes: Buffer, offset: number, end: number): number {
    const known = this.#known
    if (known === null || end - offset < known.length) return 0
    const length = known.length
    return known.compare(bytes, offset, offset + length) === 0 ? length : 0
  }

  #learn(bytes: Buffer, end: number): void {
    if (this.#isLast || this.#beginning < 0 || end - this.#beginning > MOST_KNOWN_BYTES) return
    this.#known = Buffer.from(bytes.subarray(this.#beginning, end))
    this.#knownStatus = this.#status
  }

  #read(bytes: Buffer, offset: number, end: number): number {
    if (this.#reading === 'body' || this.#reading === 'chunk') {
      const taken = Math.min(this.#left, end - offset)
      this.#left -= taken
      if (this.#left === 0) this.#endOfBytes()
      return offset + taken
    }
    const lineEnd = bytes.indexOf(LF, offset)
    const stop = lineEnd === -1 || lineEnd >= end ? end : lineEnd
    this.#keep(bytes, offset, stop)
    if (stop === end) return end
    this.#endOfLine()
    return stop + 1
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    const until = to > from && bytes[to - 1] === CR ? to - 1 : to
    // Most lines of a head say nothing about where the body ends, nor when it was sent.
    if (this.#reading === 'head' && this.#lineNumber > 0 && this.#line === '' && until > from) {
      const first = (bytes[from] as number) | SPACE
      const isOfUse = first === 0x63 || first === 0x64 || first === 0x74
      this.#line = isOfUse ? bytes.toString('latin1', from, until) : ':'
      return
    }
    this.#line += bytes.toString('latin1', from, until)
  }

  #endOfLine(): void {
    const line = this.#line
    this.#line = ''
    if (this.#reading === 'head') this.#headLine(line)
    else if (this.#reading === 'chunk size') this.#chunkSize(line)
    else if (this.#reading === 'chunk end') this.#reading = 'chunk size'
    else if (line === '') this.#finish()
  }

  #headLine(line: string): void {
    this.#lineNumber += 1
    if (this.#lineNumber === 1) {
      const status = Number(line.slice(9, 12))
      if (!line.startsWith('HTTP/1.') || !(status >= 100 && status <= 999)) {
        throw new SaidError(said('noResponse'))
      }
      this.#status = status
      // RFC 9112 §9.3: before HTTP/1.1 a connection ends unless it is said to be kept.
      this.#isLast = line.startsWith('HTTP/1.0')
      return
    }
    if (line !== '') {
      this.#field(line)
      return
    }
    this.#endOfHead()
  }

  #field(line: string): void {
    const colon = line.indexOf(':')
    if (colon < 1 || line.charCodeAt(colon) !== COLON) return
    const name = line.slice(0, colon).toLowerCase()
    if (name === 'content-length') this.#lengthBytes = Number(line.slice(colon + 1))
    else if (name === 'transfer-encoding') this.#isChunked = /chunked\s*$/i.test(line)
    else if (name === 'date') this.#sink.date?.(line.slice(colon + 1).trim())
    else if (name === 'connection') this.#connectionField(line.slice(colon + 1))
  }

  #connectionField(value: string): void {
    const options = value.split(',').map((option) => option.trim().toLowerCase())
    if (options.includes('close')) this.#isLast = true
    else if (options.includes('keep-alive')) this.#isLast = false
  }

  /** RFC 9112 §6.3: in the order of its rules. */
  #endOfHead(): void {
    const hasNoBody = this.#status < 200 || this.#status === 204 || this.#status === 304
    if (hasNoBody) this.#finish()
    else if (this.#isChunked) this.#reading = 'chunk size'
    else if (this.#lengthBytes === null || !Number.isSafeInteger(this.#lengthBytes)) {
      throw new SaidError(said('endlessResponse'))
    } else if (this.#lengthBytes === 0) this.#finish()
    else {
      this.#left = this.#lengthBytes
      this.#reading = 'body'
    }
  }

  #chunkSize(line: string): void {
    const size = Number.parseInt(line, 16)
    if (!(size >= 0)) throw new SaidError(said('chunkWithoutSize'))
    this.#left = size
    this.#reading = size === 0 ? 'trailers' : 'chunk'
  }

  #endOfBytes(): void {
    if (this.#reading === 'chunk') this.#reading = 'chunk end'
    else this.#finish()
  }

  #finish(): void {
    const status = this.#status
    this.#reading = 'head'
    this.#lineNumber = 0
    this.#lengthBytes = null
    this.#isChunked = false
    // RFC 9110 §15.2: an interim response is followed by the real one.
    if (status < 200) return
    this.#finished = true
    this.#sink.response(status, this.#isLast)
  }
}
