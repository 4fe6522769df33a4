import { isIPv4 } from 'node:net'
import type { CertificateProof, TlsProfile } from '../../model/tls/profile.ts'
import { type Authority, createAuthority, issue, type Names, selfSigned } from './issue.ts'

/** What an endpoint proves itself with. All PEM; nothing of it where both sides know a key. */
export interface TlsIdentity {
  readonly profile: TlsProfile
  readonly key?: string
  /** What it sends, its own certificate first. */
  readonly chain?: string
  /** What a client has to trust. */
  readonly certificate?: string
}

/**
 * What one endpoint proves itself with, as the profile says, for `localhost`
 * and the loopback addresses: of one size in every run, whatever the host is.
 */
export async function createTlsIdentity(
  profile: TlsProfile,
  host = '127.0.0.1',
): Promise<TlsIdentity> {
  const { proof } = profile
  if (proof.kind === 'shared-key') return { profile }
  const names: Names = [
    { type: 'dns', value: 'localhost' },
    { type: 'ip', value: '127.0.0.1' },
    ...furtherNames(host),
  ]
  const [ownBytes, intermediateBytes] = proof.chainBytes
  if (intermediateBytes === undefined) {
    const { key, certificate } = await selfSigned(proof.key, names)
    return { profile, key, chain: certificate, certificate }
  }
  const authority = await authorityOf(profile.id, proof.key, intermediateBytes)
  const { key, certificate } = await issue(authority, { ownBytes, names })
  return {
    profile,
    key,
    chain: certificate + authority.intermediate,
    certificate: authority.root,
  }
}

/** What a client is told to trust; nothing where there is no certificate. */
export const trustOf = (
  identity: TlsIdentity | null | undefined,
): Pick<TlsIdentity, 'certificate'> =>
  identity?.certificate === undefined ? {} : { certificate: identity.certificate }

/** One for all endpoints of a process: RSA keys take a while to be found. */
const authorities = new Map<string, Promise<Authority>>()

function authorityOf(
  profile: string,
  key: CertificateProof['key'],
  intermediateBytes: number,
): Promise<Authority> {
  const known = authorities.get(profile) ?? createAuthority(key, intermediateBytes)
  authorities.set(profile, known)
  return known
}

/**
 * Bound to another IPv4 address than loopback, the certificate is for that in
 * place of `::1`, and a name that nobody has (RFC 6761 §6.4) makes up for the 12
 * bytes that an IPv6 address is longer: the size does not depend on the host.
 */
function furtherNames(host: string): Names {
  if (!isIPv4(host) || host === '127.0.0.1') return [{ type: 'ip', value: '::1' }]
  return [
    { type: 'ip', value: host },
    { type: 'dns', value: 'lo.invalid' },
  ]
}
