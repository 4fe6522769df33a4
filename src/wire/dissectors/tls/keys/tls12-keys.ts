import type { Direction } from '../../../../model/vocabulary.ts'
import { MalformedBytes } from '../../parsing/byte-parser.ts'
import type { HandshakeEvent } from '../tls-handshake.ts'
import type { ClientHello } from '../tls-hello.ts'
import { CONTENT, contentName, type TlsRecord } from '../tls-records.ts'
import type { CipherSuite } from '../tls-suites.ts'
import { MASTER_SECRET, Tls12Records } from '../tls12-records.ts'
import type { TlsSecrets } from './tls-secrets.ts'
import type { VersionKeys } from './version-keys.ts'

interface Protection {
  /** From its change_cipher_spec on (RFC 5246 §7.1). */
  isOn: boolean
  isFinished: boolean
  records: Tls12Records | null
}

/** The keys of a connection of TLS 1.2, from its ServerHello on. */
export class Tls12Keys implements VersionKeys {
  readonly #suite: CipherSuite
  readonly #clientRandom: Uint8Array
  readonly #serverRandom: Uint8Array
  readonly #secrets: TlsSecrets
  readonly #protection: Record<Direction, Protection> = {
    up: { isOn: false, isFinished: false, records: null },
    down: { isOn: false, isFinished: false, records: null },
  }
  missing: string | null = null

  constructor(
    suite: CipherSuite,
    { random }: ClientHello,
    serverRandom: Uint8Array,
    secrets: TlsSecrets,
  ) {
    this.#suite = suite
    this.#clientRandom = random
    this.#serverRandom = serverRandom
    this.#secrets = secrets
  }

  follow(direction: Direction, event: HandshakeEvent): void {
    const own = this.#protection[direction]
    if (event.name === 'Finished') own.isFinished = true
    else if (event.name === 'ClientHello' && own.isFinished) {
      throw new MalformedBytes('a renegotiation, whose records are not read (RFC 5246 §7.4.1.1)')
    }
  }

  changeCipherSpec(direction: Direction): void {
    this.#protection[direction].isOn = true
  }

  isProtected({ direction }: TlsRecord): boolean {
    return this.#protection[direction].isOn
  }

  find(direction: Direction): Tls12Records | null {
    const own = this.#protection[direction]
    if (own.records !== null) return own.records
    const master = this.#secrets.find(MASTER_SECRET, this.#clientRandom)
    this.missing = master === null ? MASTER_SECRET : null
    if (master === null) return null
    const secret = {
      master,
      clientRandom: this.#clientRandom,
      serverRandom: this.#serverRandom,
    }
    own.records = new Tls12Records(this.#suite, secret, direction)
    return own.records
  }

  admitPlain({ contentType }: TlsRecord): void {
    if (contentType === CONTENT.applicationData) {
      throw new MalformedBytes(
        `a record of ${contentName(contentType)} is not protected (RFC 5246 §7.1)`,
      )
    }
  }

  admitData(direction: Direction): void {
    if (!this.#protection[direction].isFinished) {
      throw new MalformedBytes('application data comes before Finished (RFC 5246 §7.4.9)')
    }
  }
}
