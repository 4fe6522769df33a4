import type { Direction } from '../../../../model/vocabulary.ts'
import type { HandshakeEvent } from '../tls-handshake.ts'
import type { RecordProtection } from '../tls-record-protection.ts'
import type { TlsRecord } from '../tls-records.ts'

/** The keys of one connection, once its version is known. */
export interface VersionKeys {
  /** @throws MalformedBytes where the message cannot come now */
  follow(direction: Direction, event: HandshakeEvent): void
  /** A plain change_cipher_spec was read; in TLS 1.3 it means nothing. */
  changeCipherSpec?(direction: Direction): void
  /** Whether there is something to open. */
  isProtected(record: TlsRecord): boolean
  /** @returns null while the secret is not known */
  find(direction: Direction): RecordProtection | null
  /** @throws MalformedBytes where a record must be protected */
  admitPlain(record: TlsRecord): void
  /** @throws MalformedBytes where a direction may carry no data yet */
  admitData(direction: Direction): void
  /** The label of the secret that was last looked for and not there. */
  readonly missing: string | null
}

export const EARLY_DATA_UNREAD =
  'the client sends early data, whose records are not read (RFC 8446 §4.2.10)'
