/** What a server said by an alert (RFC 8446 §6), and what can be done about it. */
export interface TlsAlert {
  readonly name: string
  readonly meaning: string
  readonly remedy: string
}

/**
 * OpenSSL's code of an alert that was received, as Node hands it on: the version in it is that
 * of the alert’s first standard. Since 3.2 it says SSL/TLS where it said SSLV3.
 */
const CODE = /^ERR_SSL_(?:TLSV13|TLSV1|SSLV3|SSL\/TLS)_ALERT_([A-Z_]+)$/

const OWN_CERTIFICATE = 'give one that its authority has signed with --cert FILE and --key FILE'

const KNOWN: Readonly<Record<string, Pick<TlsAlert, 'meaning' | 'remedy'>>> = {
  certificate_required: {
    meaning: 'it asks for a certificate of the client',
    remedy: 'give one with --cert FILE and --key FILE',
  },
  bad_certificate: {
    meaning: 'it does not take the client’s certificate',
    remedy: OWN_CERTIFICATE,
  },
  certificate_expired: {
    meaning: 'the client’s certificate has expired',
    remedy: 'give one that has not with --cert FILE and --key FILE',
  },
  certificate_revoked: {
    meaning: 'the client’s certificate is revoked',
    remedy: 'give another with --cert FILE and --key FILE',
  },
  certificate_unknown: {
    meaning: 'it does not take the client’s certificate',
    remedy: OWN_CERTIFICATE,
  },
  unknown_ca: {
    meaning: 'it does not know the authority of the client’s certificate',
    remedy: OWN_CERTIFICATE,
  },
  access_denied: {
    meaning: 'the client’s certificate is valid, and not let in',
    remedy: 'let the server’s access rules allow it, or give another with --cert FILE',
  },
  handshake_failure: {
    meaning: 'nothing that was offered is good enough for it',
    remedy:
      'it may ask for a certificate of the client (--cert FILE, --key FILE) or for other ciphers',
  },
  insufficient_security: {
    meaning: 'it asks for stronger ciphers than were offered',
    remedy: 'let it take those that were offered',
  },
  no_application_protocol: {
    meaning: 'it speaks none of the protocols that were offered by ALPN',
    remedy: 'name a transport that offers what it speaks: https1 offers http/1.1, http2 offers h2',
  },
  unrecognized_name: {
    meaning: 'it does not know the host name of the URL',
    remedy: 'connect by a name that it serves',
  },
  protocol_version: {
    meaning: 'it does not speak the version of TLS that was offered',
    remedy: 'turn that version on there',
  },
  unknown_psk_identity: {
    meaning: 'it does not know the identity of the pre-shared key',
    remedy: 'give it identity and key',
  },
}

/** The alert that an error of a TLS socket tells of; null for any other error. */
export function readAlert(error: unknown): TlsAlert | null {
  const { code } = (error ?? {}) as { code?: unknown }
  const [, found] = typeof code === 'string' ? (CODE.exec(code) ?? []) : []
  if (found === undefined) return null
  const name = found.toLowerCase()
  const known = KNOWN[name] ?? { meaning: 'it says no more', remedy: 'see the log of the server' }
  return { name, ...known }
}
