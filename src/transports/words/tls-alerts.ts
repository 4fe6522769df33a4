/**
 * OpenSSL's code of an alert that was received, as Node hands it on: the version in it is that
 * of the alert’s first standard. Since 3.2 it says SSL/TLS where it said SSLV3.
 */
const CODE = /^ERR_SSL_(?:TLSV13|TLSV1|SSLV3|SSL\/TLS)_ALERT_([A-Z_]+)$/

/** The name of the alert (RFC 8446 §6) that an error of a TLS socket tells of; null for any other error. */
export function readAlert(error: unknown): string | null {
  const { code } = (error ?? {}) as { code?: unknown }
  const [, found] = typeof code === 'string' ? (CODE.exec(code) ?? []) : []
  return found?.toLowerCase() ?? null
}
