import { formatCount } from '../../../model/text/format.ts'
import { MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import type { HandshakeMessage } from './tls-message.ts'
import type { Negotiated } from './tls-names.ts'
import { groupName, signatureName, uint } from './tls-registry.ts'

/** What a certificate is called, and counted by. */
export const CERTIFICATE = 'certificate'

/** The chain of one side: RFC 8446 §4.4.2, RFC 5246 §7.4.2. */
export function* readCertificate(
  message: HandshakeMessage,
  { version }: Negotiated,
): Reading<void> {
  const hasExtensions = version !== '1.2'
  if (hasExtensions) yield* message.vector('certificate_request_context', 1)
  const listBytes = uint(yield* message.field('certificate_list length', 3))
  if (listBytes !== message.leftBytes) {
    throw new MalformedBytes(
      `the certificates are ${listBytes} bytes long, but ${message.leftBytes} are left of their message (${message.clause})`,
    )
  }
  while (message.leftBytes > 0) {
    const lengthBytes = uint(yield* message.field('certificate length', 3))
    yield* message.skipped(CERTIFICATE, lengthBytes, formatCount(lengthBytes))
    if (hasExtensions) yield* message.vector('certificate extensions', 2)
  }
}

/** RFC 8446 §4.4.3, RFC 5246 §7.4.8. */
export function* readCertificateVerify(message: HandshakeMessage): Reading<void> {
  yield* message.field('algorithm', 2, (bytes) => signatureName(uint(bytes)))
  yield* message.vector('signature', 2)
}

const NAMED_CURVE = 3

/** RFC 8422 §5.4: a share of a group, signed where the server has a certificate; what else there is, is counted. */
export function* readServerKeyExchange(
  message: HandshakeMessage,
  { suite }: Negotiated,
): Reading<void> {
  if (suite?.startsWith('TLS_ECDHE_PSK_')) yield* message.vector('psk_identity_hint', 2)
  if (suite?.startsWith('TLS_ECDHE_')) {
    const type = uint(yield* message.field('curve_type', 1))
    if (type === NAMED_CURVE) {
      yield* message.field('named_curve', 2, (bytes) => groupName(uint(bytes)))
      yield* message.vector('public', 1)
      if (message.leftBytes > 0) yield* readCertificateVerify(message)
    }
  }
  if (message.leftBytes > 0) yield* message.rest()
}
