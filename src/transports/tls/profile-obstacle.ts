import type { TlsProfile } from '../../model/tls/profile.ts'
import type { TransportTraits } from '../transport.ts'

/** What of this process decides which profiles there are. */
export interface TlsVersions {
  /** As `process.versions` has them. */
  readonly openssl: string
  readonly node: string
}

/**
 * Why a profile cannot be spoken on a transport, with what would be right; null where it can.
 * @param server whose it is
 */
export function tlsObstacle(
  profile: TlsProfile,
  { protocol }: Pick<TransportTraits, 'protocol'>,
  server: 'ours' | 'target',
  { openssl, node }: TlsVersions = process.versions,
): string | null {
  // Its DTLS is that of the programs that speak it.
  if (protocol === 'coap') return null
  const { id, proof } = profile
  if (profile.needs !== undefined && isOlder(openssl, profile.needs.openssl)) {
    const [major, minor] = profile.needs.openssl
    return `TLS profile ${id} needs OpenSSL ${major}.${minor}, which Node has from ${profile.needs.since} on; this is Node ${node} with OpenSSL ${openssl}`
  }
  if (proof.kind === 'shared-key') {
    if (server === 'target') {
      return `TLS profile ${id} shares a key with the server, and that of a server that is there is not known; use another with --tls`
    }
    if (protocol === 'http/2') {
      return `TLS profile ${id} has a cipher suite that HTTP/2 must not use (RFC 9113 §9.2.2, appendix A); use another with --tls`
    }
  }
  return null
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor < major || (ownMajor === major && ownMinor < minor)
}
