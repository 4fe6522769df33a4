import type { Direction } from '../../../model/vocabulary.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import type { TlsSecrets } from '../tls/keys/tls-secrets.ts'
import type { OpenedRecord } from '../tls/tls-record-protection.ts'
import { findCipherSuite, suiteName } from '../tls/tls-suites.ts'
import { MASTER_SECRET, Tls12Records } from '../tls/tls12-records.ts'
import type { DtlsRecord } from './dtls-records.ts'

/** The keys of a connection of DTLS 1.2, from what its hellos say and from the secret that its client tells. */
export class DtlsKeys {
  readonly #secrets: TlsSecrets
  #clientRandom: Uint8Array | null = null
  #server: { random: Uint8Array; suite: number } | null = null
  #records: Record<Direction, Tls12Records> | null = null

  constructor(secrets: TlsSecrets) {
    this.#secrets = secrets
  }

  /** RFC 6347 §4.2.1: version 2, random 32; the one after a HelloVerifyRequest has the same. */
  readClientHello(body: Uint8Array): void {
    this.#clientRandom = body.slice(2, 34)
  }

  /** RFC 5246 §7.4.1.3: version 2, random 32, session id, cipher suite 2. */
  readServerHello(body: Uint8Array): void {
    const suiteAt = 35 + (body[34] ?? 0)
    const suite = ((body[suiteAt] ?? 0) << 8) | (body[suiteAt + 1] ?? 0)
    this.#server = { random: body.slice(2, 34), suite }
  }

  /** As the registry names it; null before ServerHello. */
  get suite(): string | null {
    return this.#server === null ? null : suiteName(this.#server.suite)
  }

  /** Whether protected records can be opened; they wait where the secret is not told yet. */
  get isKnown(): boolean {
    return this.#find() !== null
  }

  /** @throws MalformedBytes where there can be no keys, or where the tag does not fit */
  open(direction: Direction, { header, fragment, contentType }: DtlsRecord): OpenedRecord {
    const records = this.#find()
    if (records === null) {
      throw new MalformedBytes(
        this.#server === null
          ? 'a protected record comes before ServerHello (RFC 6347 §4.2.4)'
          : `a record is protected, and the secret ${MASTER_SECRET} of its connection is not known (RFC 9850)`,
      )
    }
    // RFC 6347 §4.1.2.1: epoch and sequence number of the header are the number of the record.
    const number = Buffer.from(header.subarray(3, 11)).readBigUInt64BE()
    return records[direction].open({ header, fragment, contentType, number })
  }

  #find(): Record<Direction, Tls12Records> | null {
    if (this.#records !== null) return this.#records
    if (this.#clientRandom === null || this.#server === null) return null
    const suite = findCipherSuite(this.#server.suite)
    if (suite === null) {
      throw new MalformedBytes(`the records of ${this.suite} are not read (RFC 6347 §4.1.2)`)
    }
    const master = this.#secrets.find(MASTER_SECRET, this.#clientRandom)
    if (master === null) return null
    const secret = { master, clientRandom: this.#clientRandom, serverRandom: this.#server.random }
    this.#records = {
      up: new Tls12Records(suite, secret, 'up'),
      down: new Tls12Records(suite, secret, 'down'),
    }
    return this.#records
  }
}
