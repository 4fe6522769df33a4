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
  title: {
    en: 'TLS 1.3 as devices speak it: X25519 alone, one certificate',
    'zh-TW': '裝置常用的 TLS 1.3：只有 X25519，一張憑證',
  },
  version: '1.3',
  groups: ['X25519'],
  keyShares: 1,
  suites: SUITES_1_3,
  signatureAlgorithms: SIGNATURES,
  proof: SELF_SIGNED,
  tickets: 2,
} as const

/** Suites of TLS 1.2 that modems, ESP-IDF and the device side of clouds have, after the server's key. */
const SUITES_1_2 = [
  'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
] as const

const PSK = {
  version: '1.2',
  groups: [],
  keyShares: 0,
  signatureAlgorithms: SIGNATURES,
  proof: { kind: 'shared-key', identity: 'sensor-0001' },
  tickets: 1,
} as const

/** Every list is given whole, so that no version of Node or OpenSSL chooses anything. */
const PROFILES = {
  device: DEVICE,
  'device-1.2': {
    ...DEVICE,
    title: {
      en: 'TLS 1.2 as modems and many devices have it: ECDHE with AES-GCM, the certificate of device',
      'zh-TW': '數據機與許多裝置的 TLS 1.2：ECDHE 與 AES-GCM，憑證同 device',
    },
    version: '1.2',
    // In TLS 1.2 a further group costs its number alone, and many servers of devices have no X25519.
    groups: ['X25519', 'secp256r1'],
    suites: SUITES_1_2,
    tickets: 1,
  },
  psk: {
    ...PSK,
    title: {
      en: 'TLS 1.2 with a key that both sides know: no certificate and no key exchange',
      'zh-TW': '雙方已有金鑰的 TLS 1.2：沒有憑證，也沒有金鑰交換',
    },
    suites: ['TLS_PSK_WITH_AES_128_GCM_SHA256'],
  },
  'psk-ccm8': {
    ...PSK,
    title: {
      en: 'the same with a tag of 8 bytes, as the smallest devices have it',
      'zh-TW': '同上，標籤為 8 位元組，最小的裝置所用',
    },
    suites: ['TLS_PSK_WITH_AES_128_CCM_8'],
  },
  'browser-2026': {
    ...DEVICE,
    title: {
      en: 'device with the key exchange of browsers: post-quantum hybrid and X25519, a share of each',
      'zh-TW': 'device 加上瀏覽器的金鑰交換：後量子混合與 X25519，各一份',
    },
    groups: ['X25519MLKEM768', 'X25519', 'secp256r1', 'secp384r1'],
    keyShares: 2,
    needs: { openssl: [3, 5], since: '22.20 and 24.5' },
  },
  'public-chain': {
    ...DEVICE,
    title: {
      en: 'device with what a public authority gives: an RSA certificate and its intermediate',
      'zh-TW': 'device 加上公開憑證機構所發的：RSA 憑證與其中繼憑證',
    },
    proof: { kind: 'certificate', key: 'rsa-2048', chainBytes: [1_624, 1_205] },
  },
  'public-chain-ecdsa': {
    ...DEVICE,
    title: {
      en: 'device with a chain of the size of an ECDSA one; signed with Ed25519, whose signatures have one length',
      'zh-TW': 'device 加上與 ECDSA 一樣大的憑證鏈；以 Ed25519 簽章，其長度固定',
    },
    proof: { kind: 'certificate', key: 'ed25519', chainBytes: [976, 714] },
  },
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
}): TlsProfile & { readonly id: TlsProfileId } {
  return { id: tls, ...PROFILES[tls] }
}
