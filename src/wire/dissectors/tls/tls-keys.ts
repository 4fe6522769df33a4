import type { Direction } from '../../../model/vocabulary.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { contentName } from './tls-frames.ts'
import type { HandshakeEvent } from './tls-handshake.ts'
import type { ClientHello } from './tls-hello.ts'
import { type CipherSuite, findCipherSuite } from './tls-key-schedule.ts'
import { RecordProtection } from './tls-record-protection.ts'
import { CONTENT, type TlsRecord } from './tls-records.ts'
import type { TlsSecrets } from './tls-secrets.ts'

/** What protects the records of a direction: nothing, then two secrets one after the other (RFC 8446 §7.1). */
type Epoch = 'plain' | 'handshake' | 'application'

interface Protection {
  epoch: Epoch
  /** Null until the first protected record of the epoch is read. */
  records: RecordProtection | null
}

/** Follows the handshake of one connection, and finds the keys of its records. */
export class TlsKeys {
  readonly #secrets: TlsSecrets
  readonly #protection: Record<Direction, Protection> = {
    up: { epoch: 'plain', records: null },
    down: { epoch: 'plain', records: null },
  }
  #clientHello: ClientHello | null = null
  #suite: CipherSuite | null = null
  #missing: string | null = null

  constructor(secrets: TlsSecrets) {
    this.#secrets = secrets
  }

  /** @throws MalformedBytes where the message cannot come now, or chooses what is not read */
  follow(direction: Direction, event: HandshakeEvent): void {
    const own = this.#protection[direction]
    switch (event.name) {
      case 'ClientHello':
        this.#clientHello = event
        return
      case 'ServerHello':
        this.#suite = admitSuite(event.cipherSuite)
        for (const each of Object.values(this.#protection)) each.epoch = 'handshake'
        return
      case 'Finished':
        // Later ones belong to client authentication after the handshake (RFC 8446 §4.6.2).
        if (own.epoch === 'handshake') {
          this.#protection[direction] = { epoch: 'application', records: null }
        }
        return
      case 'KeyUpdate':
        if (own.epoch !== 'application') {
          throw new MalformedBytes('KeyUpdate comes before Finished (RFC 8446 §4.6.3)')
        }
        own.records = own.records?.next() ?? null
    }
  }

  /** @returns null while the secret is not known */
  find(direction: Direction): RecordProtection | null {
    const own = this.#protection[direction]
    if (this.#suite === null || this.#clientHello === null) {
      throw new MalformedBytes(this.#clientHello?.offersEarlyData ? EARLY : TOO_EARLY)
    }
    if (own.records !== null) return own.records
    if (direction === 'up' && own.epoch === 'handshake' && this.#clientHello.offersEarlyData) {
      throw new MalformedBytes(EARLY)
    }
    const label = secretLabel(direction, own.epoch)
    const secret = this.#secrets.find(label, this.#clientHello.random)
    this.#missing = secret === null ? label : null
    if (secret !== null) own.records = new RecordProtection(this.#suite, secret)
    return own.records
  }

  /** @throws MalformedBytes where a record must be protected */
  admitPlain({ direction, contentType }: TlsRecord): void {
    const { epoch, records } = this.#protection[direction]
    if (epoch === 'plain') return
    const isAllowed =
      contentType === CONTENT.changeCipherSpec
        ? epoch === 'handshake'
        : // A client that refuses the ServerHello has no keys yet to say so.
          contentType === CONTENT.alert && epoch === 'handshake' && records === null
    if (!isAllowed) {
      throw new MalformedBytes(
        `a record of ${contentName(contentType)} is not protected (RFC 8446 §5)`,
      )
    }
  }

  /** @throws MalformedBytes where a direction may carry no data yet */
  admitData(direction: Direction): void {
    if (this.#protection[direction].epoch !== 'application') {
      throw new MalformedBytes('application data comes before Finished (RFC 8446 §4.4.4)')
    }
  }

  /** Why the records at the end could not be read. */
  describeMissing(): string {
    return `the secret ${this.#missing} of this connection is not known, so its TLS records cannot be read`
  }
}

const TOO_EARLY = 'a protected record comes before the hellos that decide its keys (RFC 8446 §5.1)'
const EARLY = 'the client sends early data, whose records are not read (RFC 8446 §4.2.10)'

/** As in a key log (RFC 9850). */
function secretLabel(direction: Direction, epoch: Epoch): string {
  const side = direction === 'up' ? 'CLIENT' : 'SERVER'
  return epoch === 'application' ? `${side}_TRAFFIC_SECRET_0` : `${side}_HANDSHAKE_TRAFFIC_SECRET`
}

function admitSuite(code: number): CipherSuite {
  const suite = findCipherSuite(code)
  if (suite === null) {
    const digits = code.toString(16).padStart(4, '0')
    throw new MalformedBytes(
      `the server chose cipher suite 0x${digits}, whose records are not read (RFC 8446 §B.4)`,
    )
  }
  return suite
}
