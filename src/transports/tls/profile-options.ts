import type { SecureContextOptions } from 'node:tls'
import type { TlsProfile } from '../../model/tls/profile.ts'

/**
 * What a profile is to OpenSSL, on either side. Every list is given, so that
 * none of its own, which differ from version to version, takes part.
 */
export function contextOptionsOf(profile: TlsProfile): SecureContextOptions {
  const { version, groups, keyShares, suites, signatureAlgorithms } = profile
  return {
    minVersion: `TLSv${version}`,
    maxVersion: `TLSv${version}`,
    ciphers: suites.map(opensslName).join(':') + (isWeak(profile) ? ':@SECLEVEL=0' : ''),
    sigalgs: signatureAlgorithms.join(':'),
    ...(groups.length > 0 && { ecdhCurve: groupList(groups, keyShares) }),
  }
}

/** A key share of the first alone is what every version sends by itself; since 3.5 a star asks for one. */
const groupList = (groups: readonly string[], keyShares: number): string =>
  keyShares === 1
    ? groups.join(':')
    : groups.map((group, index) => (index < keyShares ? `*${group}` : group)).join(':')

/** A tag of 8 bytes is 64 bits, below what OpenSSL takes by itself. */
const isWeak = ({ suites }: TlsProfile): boolean => suites.some((suite) => suite.endsWith('_CCM_8'))

/** TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 is ECDHE-ECDSA-AES128-GCM-SHA256; those of TLS 1.3 keep their names. */
export function opensslName(suite: string): string {
  const [, exchange, cipher] = /^TLS_(\w+)_WITH_(\w+)$/.exec(suite) ?? []
  if (exchange === undefined || cipher === undefined) return suite
  const short = cipher.replace(/AES_(\d+)/, 'AES$1').replace('CCM_8', 'CCM8')
  return `${exchange}_${short}`.replaceAll('_', '-')
}
