import { createHmac } from 'node:crypto'
import type { CipherSuite } from '../tls-suites.ts'

/** Of every AEAD of TLS 1.3 (RFC 8446 §5.3). */
const IV_BYTES = 12

/** What protects the records of one direction, until the secret changes. */
export interface TrafficKeys {
  key: Buffer
  iv: Buffer
}

/** RFC 8446 §7.3. */
export function deriveTrafficKeys(suite: CipherSuite, secret: Uint8Array): TrafficKeys {
  return {
    key: expandLabel(suite.hash, secret, 'key', suite.keyBytes),
    iv: expandLabel(suite.hash, secret, 'iv', IV_BYTES),
  }
}

/** The secret that follows a KeyUpdate (RFC 8446 §7.2). */
export function updateSecret(suite: CipherSuite, secret: Uint8Array): Buffer {
  return expandLabel(suite.hash, secret, 'traffic upd', secret.length)
}

/** HKDF-Expand-Label of RFC 8446 §7.1, with an empty context. */
export function expandLabel(
  hash: CipherSuite['hash'],
  secret: Uint8Array,
  label: string,
  lengthBytes: number,
): Buffer {
  const fullLabel = Buffer.from(`tls13 ${label}`)
  const info = Buffer.concat([
    Buffer.of(lengthBytes >> 8, lengthBytes & 0xff, fullLabel.length),
    fullLabel,
    Buffer.of(0),
  ])
  return expand(hash, secret, info, lengthBytes)
}

/** HKDF-Expand (RFC 5869 §2.3); `hkdfSync` of node:crypto always extracts first. */
function expand(
  hash: CipherSuite['hash'],
  secret: Uint8Array,
  info: Uint8Array,
  lengthBytes: number,
): Buffer {
  const blocks: Buffer[] = []
  let previous = Buffer.alloc(0)
  for (let have = 0; have < lengthBytes; have += previous.length) {
    const counter = Buffer.of(blocks.length + 1)
    previous = createHmac(hash, secret).update(previous).update(info).update(counter).digest()
    blocks.push(previous)
  }
  return Buffer.concat(blocks).subarray(0, lengthBytes)
}
