import type { Direction } from '../../../../model/vocabulary.ts'
import { MalformedBytes } from '../../parsing/byte-parser.ts'
import type { HandshakeEvent } from '../tls-handshake.ts'
import type { ClientHello } from '../tls-hello.ts'
import { CONTENT, contentName, type TlsRecord } from '../tls-records.ts'
import type { CipherSuite } from '../tls-suites.ts'
import { Tls13Records } from '../tls13-records.ts'
import type { TlsSecrets } from './tls-secrets.ts'
import { EARLY_DATA_UNREAD, type VersionKeys } from './version-keys.ts'

/** What protects the records of a direction: two secrets one after the other (RFC 8446 §7.1). */
interface Protection {
  epoch: 'handshake' | 'application'
  /** Null until the first protected record of the epoch is read. */
  records: Tls13Records | null
}

/** The keys of a connection of TLS 1.3, from its ServerHello on. */
export class Tls13Keys implements VersionKeys {
  readonly #suite: CipherSuite
  readonly #clientHello: ClientHello
  readonly #secrets: TlsSecrets
  readonly #protection: Record<Direction, Protection> = {
    up: { epoch: 'handshake', records: null },
    down: { epoch: 'handshake', records: null },
  }
  missing: string | null = null

  constructor(suite: CipherSuite, clientHello: ClientHello, secrets: TlsSecrets) {
    this.#suite = suite
    this.#clientHello = clientHello
    this.#secrets = secrets
  }

  follow(direction: Direction, event: HandshakeEvent): void {
    const own = this.#protection[direction]
    // Later ones belong to client authentication after the handshake (RFC 8446 §4.6.2).
    if (event.name === 'Finished' && own.epoch === 'handshake') {
      this.#protection[direction] = { epoch: 'application', records: null }
    } else if (event.name === 'KeyUpdate') {
      if (own.epoch !== 'application') {
        throw new MalformedBytes('KeyUpdate comes before Finished (RFC 8446 §4.6.3)')
      }
      own.records = own.records?.next() ?? null
    }
  }

  isProtected({ contentType }: TlsRecord): boolean {
    return contentType === CONTENT.applicationData
  }

  find(direction: Direction): Tls13Records | null {
    const own = this.#protection[direction]
    if (own.records !== null) return own.records
    if (direction === 'up' && own.epoch === 'handshake' && this.#clientHello.offersEarlyData) {
      throw new MalformedBytes(EARLY_DATA_UNREAD)
    }
    const label = secretLabel(direction, own.epoch)
    const secret = this.#secrets.find(label, this.#clientHello.random)
    this.missing = secret === null ? label : null
    if (secret !== null) own.records = new Tls13Records(this.#suite, secret)
    return own.records
  }

  admitPlain({ direction, contentType }: TlsRecord): void {
    const { epoch, records } = this.#protection[direction]
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

  admitData(direction: Direction): void {
    if (this.#protection[direction].epoch !== 'application') {
      throw new MalformedBytes('application data comes before Finished (RFC 8446 §4.4.4)')
    }
  }
}

/** As in a key log (RFC 9850). */
function secretLabel(direction: Direction, epoch: Protection['epoch']): string {
  const side = direction === 'up' ? 'CLIENT' : 'SERVER'
  return epoch === 'application' ? `${side}_TRAFFIC_SECRET_0` : `${side}_HANDSHAKE_TRAFFIC_SECRET`
}
