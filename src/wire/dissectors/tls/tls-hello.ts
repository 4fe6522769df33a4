import { MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import { findCipherSuite } from './tls-key-schedule.ts'
import { type HandshakeMessage, uint } from './tls-message.ts'
import { EARLY_DATA, SUPPORTED_VERSIONS, versionName } from './tls-names.ts'

export interface ClientHello {
  name: 'ClientHello'
  /** 32 bytes, which name the connection in a key log. */
  random: Uint8Array
  offersEarlyData: boolean
}

export interface ServerHello {
  name: 'ServerHello'
  cipherSuite: number
}

/** The random of a HelloRetryRequest: SHA-256 of that name (RFC 8446 §4.1.3). */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'

const TLS_1_3 = 0x0304

/** RFC 8446 §4.1.2. */
export function* readClientHello(message: HandshakeMessage): Reading<ClientHello> {
  yield* message.field('legacy_version', 2)
  const random = yield* message.field('random', 32)
  yield* message.vector('legacy_session_id', 1)
  yield* message.vector('cipher_suites', 2)
  yield* message.vector('legacy_compression_methods', 1)
  // A client that knows no TLS 1.3 may leave them out; the server's choice decides.
  const extensions = message.leftBytes > 0 ? yield* message.extensions() : null
  return { name: 'ClientHello', random, offersEarlyData: extensions?.has(EARLY_DATA) ?? false }
}

/**
 * RFC 8446 §4.1.3.
 * @returns null where it turns out to be a HelloRetryRequest, which has the same form (§4.1.4)
 */
export function* readServerHello(message: HandshakeMessage): Reading<ServerHello | null> {
  const legacyVersion = uint(yield* message.field('legacy_version', 2))
  const random = yield* message.field('random', 32)
  const isRetry = Buffer.from(random).toString('hex') === RETRY_RANDOM
  if (isRetry) {
    message.name = 'HelloRetryRequest'
    message.clause = 'RFC 8446 §4.1.4'
  }
  yield* message.vector('legacy_session_id_echo', 1)
  const cipherSuite = uint(yield* message.field('cipher_suite', 2, describeSuite))
  yield* message.field('legacy_compression_method', 1)
  const extensions = message.leftBytes > 0 ? yield* message.extensions() : null
  const selected = extensions?.get(SUPPORTED_VERSIONS)
  const version = selected === undefined ? legacyVersion : uint(selected.subarray(0, 2))
  if (version !== TLS_1_3) {
    throw new MalformedBytes(
      `the server chose ${versionName(version)}, but only records of TLS 1.3 are read (RFC 8446 §4.2.1)`,
    )
  }
  return isRetry ? null : { name: 'ServerHello', cipherSuite }
}

function describeSuite(bytes: Uint8Array): string {
  const code = uint(bytes)
  return findCipherSuite(code)?.name ?? `0x${code.toString(16).padStart(4, '0')}`
}
