import type { WirePhrase } from '../../../model/wire/phrases/wire-phrase.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'

/** What a header section belongs to. */
export type SectionKind = 'request' | 'response' | 'trailers'

const PSEUDO_FIELDS: Readonly<Record<SectionKind, readonly string[]>> = {
  request: [':method', ':scheme', ':authority', ':path', ':protocol'],
  response: [':status'],
  trailers: [],
}

/** They belong to a connection, which in HTTP/2 is not theirs to say (RFC 9113 §8.2.2). */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
])

/** Methods whose content means nothing (RFC 9110 §9.3): without any, they carry no message. */
const WITHOUT_CONTENT: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
])

/** The fields of one header section, held against the rules of RFC 9113 §8.2 and §8.3. */
export class HeaderSection {
  readonly kind: SectionKind
  readonly #pseudo = new Map<string, string>()
  #hasRegular = false

  constructor(kind: SectionKind) {
    this.kind = kind
  }

  /** Whether nothing of it could be read. */
  get isUnknown(): boolean {
    return this.#pseudo.size === 0 && !this.#hasRegular
  }

  /** Of a response; null while it is not known. */
  get status(): string | null {
    return this.#pseudo.get(':status') ?? null
  }

  /** Of a request; null where it is not known. */
  get method(): string | null {
    return this.#pseudo.get(':method') ?? null
  }

  get path(): string | null {
    return this.#pseudo.get(':path') ?? null
  }

  /** Whether an interim response (RFC 9110 §15.2): the final one is still to come. */
  get isInterim(): boolean {
    return this.status?.startsWith('1') ?? false
  }

  /**
   * Whether a request without content is a message nonetheless, of no bytes. One
   * whose method does not stand in the first fragment of its block counts as such.
   */
  get expectsContent(): boolean {
    return !WITHOUT_CONTENT.has(this.method ?? '')
  }

  /**
   * @param isKnown it stands in a table: it was held against the rules when it was first said
   * @returns why the field may not stand here; null where it may
   */
  add(name: string, value: string, isKnown = false): WirePhrase | null {
    if (name.startsWith(':')) return this.#addPseudo(name, value)
    this.#hasRegular = true
    if (isKnown) return null
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) {
      return 'a field name has an upper-case or invalid letter (RFC 9113 §8.2.1)'
    }
    if (/[\0\r\n]/.test(value)) {
      return `the value of ${name} has a NUL, CR or LF (RFC 9113 §8.2.1)`
    }
    if (CONNECTION_FIELDS.has(name)) {
      return `${name} is there, which belongs to HTTP/1.1 (RFC 9113 §8.2.2)`
    }
    return null
  }

  #addPseudo(name: string, value: string): WirePhrase | null {
    if (!PSEUDO_FIELDS[this.kind].includes(name)) {
      return `the pseudo-header field is none of a ${this.kind} (RFC 9113 §8.3)`
    }
    if (this.#hasRegular || this.#pseudo.has(name)) {
      return `${name} comes too late, or twice (RFC 9113 §8.3)`
    }
    if (name === ':status' && !/^[1-5][0-9]{2}$/.test(value)) {
      return ':status is no status code (RFC 9113 §8.3.2)'
    }
    this.#pseudo.set(name, value)
    return null
  }

  /** @throws MalformedBytes where a field is missing (RFC 9113 §8.3.1, §8.3.2, §8.5) */
  end(): void {
    const required = {
      request: this.method === 'CONNECT' ? [':authority'] : [':method', ':scheme', ':path'],
      response: [':status'],
      trailers: [],
    }[this.kind]
    const missing = required.find((name) => !this.#pseudo.has(name))
    if (missing === undefined) return
    throw new MalformedBytes(`a ${this.kind} has no ${missing} (RFC 9113 §8.3)`)
  }
}
