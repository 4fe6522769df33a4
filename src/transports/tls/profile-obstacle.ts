import { type Said, said } from '../../model/said/said.ts'
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
): Said | null {
  // Its DTLS is that of the programs that speak it.
  if (protocol === 'coap') return null
  const { id, proof } = profile
  if (profile.needs !== undefined && isOlder(openssl, profile.needs.openssl)) {
    const { since } = profile.needs
    const needs = profile.needs.openssl.join('.')
    return said('tlsNeeds', { profile: id, needs, since, node, openssl })
  }
  if (proof.kind === 'shared-key') {
    if (server === 'target') {
      return said('tlsSharesKey', { profile: id })
    }
    if (protocol === 'http/2') {
      return said('tlsNotOfHttp2', { profile: id })
    }
  }
  return null
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number)
  return ownMajor < major || (ownMajor === major && ownMinor < minor)
}
