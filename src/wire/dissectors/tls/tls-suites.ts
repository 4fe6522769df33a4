import { nameIn } from './tls-registry.ts'

/** What the suite that a server chose decides of the records (RFC 8446 §B.4, RFC 5246 §6.2.3.3). */
export interface CipherSuite {
  name: string
  aead: 'aes-128-gcm' | 'aes-256-gcm' | 'aes-128-ccm' | 'aes-256-ccm' | 'chacha20-poly1305'
  hash: 'sha256' | 'sha384'
  keyBytes: 16 | 32
  tagBytes: 8 | 16
}

/** By their names all is known of them, but those of TLS 1.2 with CCM, which hash with SHA-256 (RFC 6655 §3). */
const AEAD_SUITES: Readonly<Record<number, string>> = {
  156: 'TLS_RSA_WITH_AES_128_GCM_SHA256',
  157: 'TLS_RSA_WITH_AES_256_GCM_SHA384',
  158: 'TLS_DHE_RSA_WITH_AES_128_GCM_SHA256',
  159: 'TLS_DHE_RSA_WITH_AES_256_GCM_SHA384',
  168: 'TLS_PSK_WITH_AES_128_GCM_SHA256',
  169: 'TLS_PSK_WITH_AES_256_GCM_SHA384',
  170: 'TLS_DHE_PSK_WITH_AES_128_GCM_SHA256',
  171: 'TLS_DHE_PSK_WITH_AES_256_GCM_SHA384',
  4865: 'TLS_AES_128_GCM_SHA256',
  4866: 'TLS_AES_256_GCM_SHA384',
  4867: 'TLS_CHACHA20_POLY1305_SHA256',
  4868: 'TLS_AES_128_CCM_SHA256',
  4869: 'TLS_AES_128_CCM_8_SHA256',
  49195: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
  49196: 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
  49199: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
  49200: 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
  49308: 'TLS_RSA_WITH_AES_128_CCM',
  49309: 'TLS_RSA_WITH_AES_256_CCM',
  49312: 'TLS_RSA_WITH_AES_128_CCM_8',
  49313: 'TLS_RSA_WITH_AES_256_CCM_8',
  49316: 'TLS_PSK_WITH_AES_128_CCM',
  49317: 'TLS_PSK_WITH_AES_256_CCM',
  49320: 'TLS_PSK_WITH_AES_128_CCM_8',
  49321: 'TLS_PSK_WITH_AES_256_CCM_8',
  49324: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM',
  49325: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM',
  49326: 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8',
  49327: 'TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8',
  52392: 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  52393: 'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  52394: 'TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
  52395: 'TLS_PSK_WITH_CHACHA20_POLY1305_SHA256',
  52396: 'TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256',
  53249: 'TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256',
  53250: 'TLS_ECDHE_PSK_WITH_AES_256_GCM_SHA384',
  53251: 'TLS_ECDHE_PSK_WITH_AES_128_CCM_8_SHA256',
  53253: 'TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256',
}

/** Others that clients offer; their records are not read. */
const OTHER_SUITES: Readonly<Record<number, string>> = {
  47: 'TLS_RSA_WITH_AES_128_CBC_SHA',
  51: 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA',
  53: 'TLS_RSA_WITH_AES_256_CBC_SHA',
  57: 'TLS_DHE_RSA_WITH_AES_256_CBC_SHA',
  60: 'TLS_RSA_WITH_AES_128_CBC_SHA256',
  61: 'TLS_RSA_WITH_AES_256_CBC_SHA256',
  255: 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV',
  22016: 'TLS_FALLBACK_SCSV',
  49161: 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA',
  49162: 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA',
  49171: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
  49172: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
  49187: 'TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256',
  49188: 'TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384',
  49191: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256',
  49192: 'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384',
}

/** @returns null for a suite whose records are not read */
export function findCipherSuite(code: number): CipherSuite | null {
  const name = AEAD_SUITES[code]
  if (name === undefined) return null
  const hash = name.endsWith('_SHA384') ? 'sha384' : 'sha256'
  if (name.includes('CHACHA20')) {
    return { name, aead: 'chacha20-poly1305', hash, keyBytes: 32, tagBytes: 16 }
  }
  const bits = name.includes('AES_256') ? 256 : 128
  const mode = name.includes('_CCM') ? 'ccm' : 'gcm'
  return {
    name,
    aead: `aes-${bits}-${mode}`,
    hash,
    keyBytes: bits === 256 ? 32 : 16,
    tagBytes: name.includes('_CCM_8') ? 8 : 16,
  }
}

export const suiteName = nameIn({ ...AEAD_SUITES, ...OTHER_SUITES })
