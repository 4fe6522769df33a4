import { InstrumentError } from '../../model/errors.ts'
import type { TlsProfile } from '../../model/tls/profile.ts'
import { placeOf } from '../connection-errors.ts'

/** What would be right, by OpenSSL's (and Node's) code of why a certificate does not verify. */
const REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'renew it',
  CERT_NOT_YET_VALID: 'check the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'connect by a name that stands in it, or give that with --server-name',
}

/**
 * The server is not who it should be.
 * @param trust `named`: its authority was given with the connection; `system`: nothing was
 */
export function untrusted(
  address: URL,
  cause: unknown,
  trust: 'named' | 'system',
): InstrumentError {
  const { code, message } = cause as NodeJS.ErrnoException
  const why = code === undefined ? message : `${message} (${code})`
  const authority =
    trust === 'named'
      ? 'its authority is none of those that were given to be trusted; give the right one with --ca FILE'
      : 'give the certificate of its authority with --ca FILE, or in NODE_EXTRA_CA_CERTS'
  return new InstrumentError(
    'refused',
    `the certificate of ${placeOf(address)} does not verify: ${why.replace(/\.$/, '')}; ${REMEDIES[code ?? ''] ?? authority}`,
    { cause },
  )
}

/** A protocol_version alert (RFC 8446 §6.2), or an answer in an older version. */
const ABOUT_VERSION: ReadonlySet<string> = new Set([
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
])

/** handshake_failure (RFC 8446 §6.2): OpenSSL has changed what it calls it. */
const REFUSES_OFFER = /ALERT_HANDSHAKE_FAILURE$/

/**
 * The server takes nothing of what the profile offers; null where it is another error.
 * @param client whether a certificate of the client's was given: in TLS 1.2 its
 *   lack is told by the same alert (RFC 5246 §7.4.6)
 */
export function unoffered(
  address: URL,
  cause: unknown,
  { id, version, groups }: TlsProfile,
  client: 'certified' | 'anonymous',
): InstrumentError | null {
  const { code } = cause as NodeJS.ErrnoException
  if (code === undefined) return null
  const place = placeOf(address)
  const offer = [`TLS ${version}`, ...groups].join(', ')
  const why = ABOUT_VERSION.has(code)
    ? `${place} does not speak TLS ${version}`
    : `${place} takes nothing of what TLS profile ${id} offers (${offer})`
  if (!ABOUT_VERSION.has(code) && !REFUSES_OFFER.test(code)) return null
  const other = `measure it with another profile, such as --tls ${OTHERS[version]}`
  const asksForOne = REFUSES_OFFER.test(code) && version === '1.2' && client === 'anonymous'
  const certificate = asksForOne ? ', or asks for a certificate of the client' : ''
  const remedy = asksForOne ? `give one with --cert FILE and --key FILE, or ${other}` : other
  return new InstrumentError('refused', `${why}${certificate} (${code}); ${remedy}`, { cause })
}

/** What a server may speak that refuses that version, or what was offered with it. */
const OTHERS = {
  '1.2': 'device',
  '1.3': 'device-1.2, or browser-2026 with its further groups',
} as const
