import type { TlsOptions } from 'node:tls'
import type { TlsIdentity } from './certificate.ts'
import { contextOptionsOf } from './profile-options.ts'

/** A day. A session that a device resumes has to outlive the longest measurement; Node's default is 5 minutes. */
const SESSION_LIFETIME_S = 86_400

/**
 * How every endpoint speaks TLS: as its profile says, TCP_NODELAY, and
 * handshakes whose bytes are the same in number every time.
 *
 * What varied was the session ticket (RFC 8446 §4.6.1). OpenSSL puts the session
 * itself in it, in DER, encrypted in blocks of 16 bytes; one field, the random
 * ticket_age_add, is an INTEGER of 1 to 5 bytes. Where such a session ends within
 * 4 bytes above a block's border, one ticket in two is 16 bytes longer, and so
 * is each ClientHello that offers it. The session id context is in there too and
 * is ours to choose: it is as long as puts the end of the session in the middle
 * of a block. A test counts 200 handshakes of each kind.
 *
 * Tickets that hold only an id (SSL_OP_NO_TICKET) would have one size by
 * themselves, but Node cannot look up such a session in TLS 1.3. OpenSSL sends
 * two tickets after a full handshake and none after a resumed one; a ticket may
 * be used again.
 *
 * @param alpn the protocol that the server agrees to (RFC 7301), where it is negotiated
 */
export function tlsServerOptions(
  { profile, key, chain }: TlsIdentity,
  alpn?: string,
): TlsOptions & { noDelay: true } {
  return {
    ...contextOptionsOf(profile),
    key,
    cert: chain,
    noDelay: true,
    sessionTimeout: SESSION_LIFETIME_S,
    sessionIdContext: sessionIdContextFor(alpn),
    ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
  }
}

/** Measured: without ALPN sessions end on a border where it has 13 bytes (or 29); 10 more is the middle. */
const SESSION_ID_CONTEXT_BYTES = 23
/** In DER around the name of the negotiated protocol, which is part of the session. */
const ALPN_FIELD_BYTES = 4
const CIPHER_BLOCK_BYTES = 16

function sessionIdContextFor(alpn: string | undefined): string {
  const field = alpn === undefined ? 0 : ALPN_FIELD_BYTES + alpn.length
  const lengthBytes = SESSION_ID_CONTEXT_BYTES - (field % CIPHER_BLOCK_BYTES)
  return 'mqtt-vs-http'.padEnd(lengthBytes, '.').slice(0, lengthBytes)
}
