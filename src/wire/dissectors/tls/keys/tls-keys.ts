import type { Direction } from '../../../../model/vocabulary.ts'
import type { WirePhrase } from '../../../../model/wire/phrases/wire-phrase.ts'
import { MalformedBytes } from '../../parsing/byte-parser.ts'
import type { HandshakeEvent } from '../tls-handshake.ts'
import type { ClientHello, ServerHello } from '../tls-hello.ts'
import type { Negotiated } from '../tls-names.ts'
import type { RecordProtection } from '../tls-record-protection.ts'
import { CONTENT, type TlsRecord } from '../tls-records.ts'
import { hexCode } from '../tls-registry.ts'
import { findCipherSuite } from '../tls-suites.ts'
import type { TlsSecrets } from './tls-secrets.ts'
import { Tls12Keys } from './tls12-keys.ts'
import { Tls13Keys } from './tls13-keys.ts'
import { EARLY_DATA_UNREAD, type VersionKeys } from './version-keys.ts'

/** Follows the handshake of one connection, and finds the keys of its records. */
export class TlsKeys {
  readonly #secrets: TlsSecrets
  /** As the ServerHello said. */
  readonly negotiated: Negotiated = { version: null, suite: null }
  #clientHello: ClientHello | null = null
  #keys: VersionKeys | null = null

  constructor(secrets: TlsSecrets) {
    this.#secrets = secrets
  }

  /** @throws MalformedBytes where the message cannot come now, or chooses what is not read */
  follow(direction: Direction, event: HandshakeEvent): void {
    if (event.name === 'ServerHello' && this.#clientHello !== null) {
      this.#keys = this.#chosenBy(event, this.#clientHello)
      this.negotiated.version = event.version
      this.negotiated.suite = findCipherSuite(event.cipherSuite)?.name ?? null
      return
    }
    this.#keys?.follow(direction, event)
    if (event.name === 'ClientHello') this.#clientHello = event
  }

  #chosenBy({ cipherSuite, version, random }: ServerHello, hello: ClientHello): VersionKeys {
    const suite = findCipherSuite(cipherSuite)
    if (suite === null) {
      throw new MalformedBytes(
        `the server chose cipher suite ${hexCode(cipherSuite)}, whose records are not read (RFC 8446 §B.4)`,
      )
    }
    return version === '1.3'
      ? new Tls13Keys(suite, hello, this.#secrets)
      : new Tls12Keys(suite, hello, random, this.#secrets)
  }

  isProtected(record: TlsRecord): boolean {
    return this.#keys?.isProtected(record) ?? record.contentType === CONTENT.applicationData
  }

  /** @returns null while the secret is not known */
  find(direction: Direction): RecordProtection | null {
    if (this.#keys === null) {
      throw new MalformedBytes(this.#clientHello?.offersEarlyData ? EARLY_DATA_UNREAD : TOO_EARLY)
    }
    return this.#keys.find(direction)
  }

  /** @throws MalformedBytes where a record must be protected */
  admitPlain(record: TlsRecord): void {
    this.#keys?.admitPlain(record)
  }

  changeCipherSpec(direction: Direction): void {
    this.#keys?.changeCipherSpec?.(direction)
  }

  /** @throws MalformedBytes where a direction may carry no data yet */
  admitData(direction: Direction): void {
    this.#keys?.admitData(direction)
  }

  /** Why the records at the end could not be read. */
  describeMissing(): WirePhrase {
    return `the secret ${this.#keys?.missing} of this connection is not known, so its TLS records cannot be read`
  }
}

const TOO_EARLY = 'a protected record comes before the hellos that decide its keys (RFC 8446 §5.1)'
