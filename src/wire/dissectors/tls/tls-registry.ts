/** Numbers of the TLS registries by name, as far as clients and servers of today send them. */

const GROUPS: Readonly<Record<number, string>> = {
  23: 'secp256r1',
  24: 'secp384r1',
  25: 'secp521r1',
  26: 'brainpoolP256r1',
  27: 'brainpoolP384r1',
  28: 'brainpoolP512r1',
  29: 'X25519',
  30: 'X448',
  31: 'brainpoolP256r1tls13',
  32: 'brainpoolP384r1tls13',
  33: 'brainpoolP512r1tls13',
  256: 'ffdhe2048',
  257: 'ffdhe3072',
  258: 'ffdhe4096',
  259: 'ffdhe6144',
  260: 'ffdhe8192',
  512: 'MLKEM512',
  513: 'MLKEM768',
  514: 'MLKEM1024',
  4587: 'SecP256r1MLKEM768',
  4588: 'X25519MLKEM768',
  4589: 'SecP384r1MLKEM1024',
  // The draft of the hybrid that browsers and servers spoke in 2024.
  25497: 'X25519Kyber768Draft00',
}

/** The parts of a hybrid share in their order, and their bytes from the client and from the server (draft-ietf-tls-ecdhe-mlkem §3). */
const HYBRIDS: Readonly<Record<string, readonly HybridPart[]>> = {
  X25519MLKEM768: [
    { name: 'ML-KEM', up: 1_184, down: 1_088 },
    { name: 'X25519', up: 32, down: 32 },
  ],
  SecP256r1MLKEM768: [
    { name: 'P-256', up: 65, down: 65 },
    { name: 'ML-KEM', up: 1_184, down: 1_088 },
  ],
  SecP384r1MLKEM1024: [
    { name: 'P-384', up: 97, down: 97 },
    { name: 'ML-KEM', up: 1_568, down: 1_568 },
  ],
  X25519Kyber768Draft00: [
    { name: 'X25519', up: 32, down: 32 },
    { name: 'Kyber', up: 1_184, down: 1_088 },
  ],
}

interface HybridPart {
  readonly name: string
  readonly up: number
  readonly down: number
}

/** RFC 8446 §4.2.3 and what came later. */
const SIGNATURE_ALGORITHMS: Readonly<Record<number, string>> = {
  513: 'rsa_pkcs1_sha1',
  515: 'ecdsa_sha1',
  769: 'rsa_pkcs1_sha224',
  771: 'ecdsa_sha224',
  1025: 'rsa_pkcs1_sha256',
  1027: 'ecdsa_secp256r1_sha256',
  1281: 'rsa_pkcs1_sha384',
  1283: 'ecdsa_secp384r1_sha384',
  1537: 'rsa_pkcs1_sha512',
  1539: 'ecdsa_secp521r1_sha512',
  2052: 'rsa_pss_rsae_sha256',
  2053: 'rsa_pss_rsae_sha384',
  2054: 'rsa_pss_rsae_sha512',
  2055: 'ed25519',
  2056: 'ed448',
  2057: 'rsa_pss_pss_sha256',
  2058: 'rsa_pss_pss_sha384',
  2059: 'rsa_pss_pss_sha512',
  2308: 'mldsa44',
  2309: 'mldsa65',
  2310: 'mldsa87',
}

/** GREASE has sixteen numbers, of which a client sends any (RFC 8701 §2): one name for all. */
export const isGrease = (code: number): boolean =>
  (code & 0x0f0f) === 0x0a0a && code >> 8 === (code & 0xff)

export const hexCode = (code: number): `0x${string}` => `0x${code.toString(16).padStart(4, '0')}`

export const nameIn =
  (names: Readonly<Record<number, string>>) =>
  (code: number): string =>
    names[code] ?? (isGrease(code) ? 'GREASE' : hexCode(code))

export const groupName = nameIn(GROUPS)
export const signatureName = nameIn(SIGNATURE_ALGORITHMS)

/** Of what a share of this size from that side is made: `1,184 ML-KEM + 32 X25519`; null where it is of one piece. */
export function hybridParts(
  group: string,
  side: 'up' | 'down',
  lengthBytes: number,
): readonly (readonly [name: string, lengthBytes: number])[] | null {
  const parts = HYBRIDS[group]?.map((part) => [part.name, part[side]] as const)
  const sum = parts?.reduce((bytes, [, each]) => bytes + each, 0)
  return parts !== undefined && sum === lengthBytes ? parts : null
}

/** Network byte order, at most four bytes (RFC 8446 §3.3). */
export const uint = (bytes: Uint8Array): number =>
  bytes.reduce((value, byte) => value * 256 + byte, 0)

/** Numbers of two bytes, one behind the other. */
export const uint16s = (bytes: Uint8Array): number[] =>
  Array.from({ length: Math.floor(bytes.length / 2) }, (_, at) =>
    uint(bytes.subarray(2 * at, 2 * at + 2)),
  )
