import type { TlsOptions } from 'node:tls'
import type { TlsIdentity } from './certificate.ts'
import { contextOptionsOf } from './profile-options.ts'
import { sharedKeyOfServer } from './shared-key.ts'

/**
 * How every endpoint speaks TLS: as its profile says, TCP_NODELAY, and
 * handshakes whose bytes are the same in number every time.
 *
 * What varied was the session ticket (RFC 8446 §4.6.1). OpenSSL puts the session
 * itself in it, in DER, encrypted in blocks of 16 bytes; one field, the random
 * ticket_age_add, is an INTEGER of 1 to 5 bytes. Where such a session ends within
 * 4 bytes above a block's border, one ticket in two is 16 bytes longer, and so
 * is each ClientHello that offers it. The session's lifetime is in there too and
 * is ours to choose: `sessionLifetimeFor`. The session id context was so once;
 * since 22.23 and 24.22 Node makes 32 bytes of whatever it is given, and so it has
 * 32 on each. A test counts 200 handshakes of each kind.
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
    ...sharedKeyOfServer(profile),
    ...(key !== undefined && { key }),
    ...(chain !== undefined && { cert: chain }),
    noDelay: true,
    sessionTimeout: sessionLifetimeFor(alpn),
    sessionIdContext: SESSION_ID_CONTEXT,
    ...(alpn !== undefined && { ALPNProtocols: [alpn] }),
  }
}

const SESSION_ID_CONTEXT = 'mqtt-vs-http'.padEnd(32, '.')

/**
 * Seconds, by the bytes that they take in DER: a day, and eight hours. A session
 * that a device resumes has to outlive the longest measurement; Node's default is
 * 5 minutes, and more than 7 days may not be (RFC 8446 §4.6.1).
 */
const LIFETIMES_S = { 3: 86_400, 2: 30_000 } as const
type LifetimeBytes = keyof typeof LIFETIMES_S

/** A session in DER without its lifetime, an ALPN protocol and its group, where ticket_age_add is longest. */
const SESSION_BYTES = 159
/** Of the group's number: one for X25519 and the curves of NIST, two for what is hybrid. */
const GROUP_BYTES = [1, 2] as const
/** In DER around the name of the negotiated protocol, which is part of the session. */
const ALPN_FIELD_BYTES = 4
const CIPHER_BLOCK_BYTES = 16
/** That ticket_age_add may be shorter. Where there are only 3, one ticket in 33 million is. */
const AGE_ADD_SLACK_BYTES = 4

/**
 * The lifetime with which a session ends farthest above a block's border,
 * whichever group is agreed.
 */
function sessionLifetimeFor(alpn: string | undefined): number {
  const field = alpn === undefined ? 0 : ALPN_FIELD_BYTES + alpn.length
  const slackWith = (lifetime: LifetimeBytes): number =>
    Math.min(
      AGE_ADD_SLACK_BYTES,
      ...GROUP_BYTES.map(
        (group) => (SESSION_BYTES + lifetime + field + group) % CIPHER_BLOCK_BYTES,
      ),
    )
  return LIFETIMES_S[slackWith(3) >= slackWith(2) ? 3 : 2]
}
