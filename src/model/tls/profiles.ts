import type { TlsProfile } from './profile.ts'

/** Signed by its own key: the size is that of what `certificate.ts` puts into it. */
const SELF_SIGNED = { kind: 'certificate', key: 'ed25519', chainBytes: [324] } as const

/** As OpenSSL and mbedTLS order them. */
const SUITES_1_3 = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
] as const

/**
 * What servers sign with, whoever they are, and Ed25519 for ours. A list of its
 * own: what OpenSSL offers by itself grows with its versions.
 */
const SIGNATURES = [
  'ed25519',
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
  'rsa_pss_rsae_sha256',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
] as const

const DEVICE = {
  title: 'TLS 1.3 as devices speak it: X25519 alone, one certificate',
  version: '1.3',
  groups: ['X25519'],
  keyShares: 1,
  suites: SUITES_1_3,
  signatureAlgorithms: SIGNATURES,
  proof: SELF_SIGNED,
  tickets: 2,
} as const

/** Every list is given whole, so that no version of Node or OpenSSL chooses anything. */
const PROFILES = {
  device: DEVICE,
} as const satisfies Record<string, Omit<TlsProfile, 'id'>>

export type TlsProfileId = keyof typeof PROFILES

/** In the order of lists. */
export const TLS_PROFILES: readonly TlsProfile[] = Object.entries(PROFILES).map(
  ([id, profile]) => ({ id, ...profile }),
)

export const TLS_PROFILE_IDS = Object.keys(PROFILES) as [TlsProfileId, ...TlsProfileId[]]

/** Where nobody names one. */
export const DEFAULT_TLS_PROFILE: TlsProfileId = 'device'

/** What a scenario is spoken with over TLS. */
export function tlsProfileOf({
  tls = DEFAULT_TLS_PROFILE,
}: {
  tls?: TlsProfileId | undefined
}): TlsProfile {
  return { id: tls, ...PROFILES[tls] }
}
