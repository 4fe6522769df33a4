import { MalformedBytes, type Reading } from '../parsing/byte-parser.ts'
import { SUPPORTED_VERSIONS } from './tls-extensions.ts'
import type { HandshakeMessage } from './tls-message.ts'
import { EARLY_DATA, type TlsVersion, VERSION_CODES, versionName } from './tls-names.ts'
import { uint, uint16s } from './tls-registry.ts'
import { suiteName } from './tls-suites.ts'

export interface ClientHello {
  name: 'ClientHello'
  /** 32 bytes, which name the connection in a key log. */
  random: Uint8Array
  offersEarlyData: boolean
}

export interface ServerHello {
  name: 'ServerHello'
  cipherSuite: number
  version: TlsVersion
  random: Uint8Array
}

/** The random of a HelloRetryRequest: SHA-256 of that name (RFC 8446 §4.1.3). */
const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'

/** RFC 8446 §4.1.2. */
export function* readClientHello(message: HandshakeMessage): Reading<ClientHello> {
  yield* message.field('legacy_version', 2)
  const random = yield* message.field('random', 32)
  yield* message.vector('legacy_session_id', 1)
  yield* message.vector('cipher_suites', 2, (bytes) => uint16s(bytes).map(suiteName).join(', '))
  yield* message.vector('legacy_compression_methods', 1)
  // A client that knows no TLS 1.3 may leave them out; the server's choice decides.
  const extensions = message.leftBytes > 0 ? yield* message.extensions('ClientHello') : null
  return { name: 'ClientHello', random, offersEarlyData: extensions?.has(EARLY_DATA) ?? false }
}

/**
 * RFC 8446 §4.1.3.
 * @returns null where it turns out to be a HelloRetryRequest, which has the same form (§4.1.4)
 */
export function* readServerHello(message: HandshakeMessage): Reading<ServerHello | null> {
  const legacyVersion = uint(
    yield* message.field('legacy_version', 2, (bytes) => versionName(uint(bytes))),
  )
  const random = yield* message.field('random', 32)
  const isRetry = Buffer.from(random).toString('hex') === RETRY_RANDOM
  if (isRetry) {
    message.name = 'HelloRetryRequest'
    message.clause = 'RFC 8446 §4.1.4'
  }
  yield* message.vector('legacy_session_id_echo', 1)
  const cipherSuite = uint(
    yield* message.field('cipher_suite', 2, (bytes) => suiteName(uint(bytes))),
  )
  yield* message.field('legacy_compression_method', 1)
  const extensions = message.leftBytes > 0 ? yield* message.extensions('ServerHello') : null
  const selected = extensions?.get(SUPPORTED_VERSIONS)
  const code = selected === undefined ? legacyVersion : uint(selected.subarray(0, 2))
  const version = VERSION_CODES[code]
  if (version === undefined) {
    throw new MalformedBytes(
      `the server chose ${versionName(code)}, but only records of TLS 1.2 and 1.3 are read (RFC 8446 §4.2.1)`,
    )
  }
  return isRetry ? null : { name: 'ServerHello', cipherSuite, version, random }
}
