import { InstrumentError } from '../../model/errors.ts'
import { isCertificateRemedy } from '../../model/said/connection-sentences.ts'
import { quoted, said } from '../../model/said/said.ts'
import type { TlsProfile } from '../../model/tls/profile.ts'
import { placeOf } from '../connection-errors.ts'

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
  const why =
    code === undefined
      ? quoted(message.replace(/\.$/, ''))
      : said('certificateFault', { text: message, code })
  const what = said('untrusted', { place: placeOf(address), why })
  const remedy = said('certificateRemedy', {
    code: code !== undefined && isCertificateRemedy(code) ? code : trust,
  })
  return new InstrumentError('refused', said('withRemedy', { what, remedy }), { cause })
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
  if (!ABOUT_VERSION.has(code) && !REFUSES_OFFER.test(code)) return null
  const asksForOne = REFUSES_OFFER.test(code) && version === '1.2' && client === 'anonymous'
  const why = ABOUT_VERSION.has(code)
    ? 'otherTlsVersion'
    : asksForOne
      ? 'takesNoOfferOrAsks'
      : 'takesNoOffer'
  const what = said(why, { place, version, profile: id, offer, code })
  const remedy = asksForOne ? said('certificateOrOtherProfile') : said('otherProfile', { version })
  return new InstrumentError('refused', said('withRemedy', { what, remedy }), { cause })
}
