import { InstrumentError } from '../../model/errors.ts'
import { placeOf } from '../connection-errors.ts'

/** What would be right, by OpenSSL's (and Node's) code of why a certificate does not verify. */
const REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'renew it',
  CERT_NOT_YET_VALID: 'check the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID: 'connect by a name that stands in it',
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

/** The server has no TLS 1.3, the only version that is read here; null where it is another error. */
export function tooOld(address: URL, cause: unknown): InstrumentError | null {
  const { code } = cause as NodeJS.ErrnoException
  if (code === undefined || !ABOUT_VERSION.has(code)) return null
  return new InstrumentError(
    'refused',
    `${placeOf(address)} does not speak TLS 1.3 (${code}), and no other version is measured; turn it on there`,
    { cause },
  )
}
