import { createHmac } from 'node:crypto'
import type { Direction } from '../../../model/vocabulary.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import {
  numberedNonce,
  type OpenedRecord,
  openSealed,
  type RecordProtection,
} from './tls-record-protection.ts'
import { MAX_PLAINTEXT_BYTES, securityPart } from './tls-records.ts'
import type { CipherSuite } from './tls-suites.ts'

/** Of a nonce in each record, in the clear (RFC 5288 §3, RFC 6655 §3); ChaCha20-Poly1305 needs none (RFC 7905 §2). */
const EXPLICIT_NONCE_BYTES = 8
const IMPLICIT_NONCE_BYTES = 4
const CHACHA_NONCE_BYTES = 12

/** In a key log (RFC 9850): the one secret of a connection, of which both directions have their keys. */
export const MASTER_SECRET = 'CLIENT_RANDOM'

/** What the keys of a connection are made of. */
export interface Tls12Secret {
  /** 48 bytes. */
  readonly master: Uint8Array
  readonly clientRandom: Uint8Array
  readonly serverRandom: Uint8Array
}

/** Opens the records of one direction of TLS 1.2 (RFC 5246 §6.2.3.3). */
export class Tls12Records implements RecordProtection {
  readonly #suite: CipherSuite
  readonly #key: Uint8Array
  readonly #iv: Uint8Array
  #sequence = 0

  constructor(suite: CipherSuite, secret: Tls12Secret, direction: Direction) {
    this.#suite = suite
    const ivBytes = suite.aead === 'chacha20-poly1305' ? CHACHA_NONCE_BYTES : IMPLICIT_NONCE_BYTES
    const { master, clientRandom, serverRandom } = secret
    const seed = Buffer.concat([Buffer.from('key expansion'), serverRandom, clientRandom])
    const block = expandSecret(suite.hash, master, seed, 2 * (suite.keyBytes + ivBytes))
    const side = direction === 'up' ? 0 : 1
    // RFC 5246 §6.3: both keys, then both IVs, the client's first.
    const cut = (start: number, lengthBytes: number): Uint8Array =>
      block.subarray(start + side * lengthBytes, start + (side + 1) * lengthBytes)
    this.#key = cut(0, suite.keyBytes)
    this.#iv = cut(2 * suite.keyBytes, ivBytes)
  }

  /** @param number of the record, where its header says it; otherwise its place after those before it */
  open({
    header,
    fragment,
    contentType,
    number = BigInt(this.#sequence),
  }: Parameters<RecordProtection['open']>[0] & { number?: bigint }): OpenedRecord {
    const { tagBytes } = this.#suite
    const nonceBytes = this.#iv.length === CHACHA_NONCE_BYTES ? 0 : EXPLICIT_NONCE_BYTES
    const lengthBytes = fragment.length - nonceBytes - tagBytes
    if (lengthBytes < 0) {
      throw new MalformedBytes(
        `a protected record of ${fragment.length} bytes has no room for nonce and tag (RFC 5246 §6.2.3.3)`,
      )
    }
    if (lengthBytes > MAX_PLAINTEXT_BYTES) {
      throw new MalformedBytes(
        `a protected record opens to ${lengthBytes} bytes, above the limit of ${MAX_PLAINTEXT_BYTES} (RFC 5246 §6.2.1)`,
      )
    }
    const content = openSealed(
      this.#suite,
      this.#key,
      {
        nonce:
          nonceBytes === 0
            ? numberedNonce(this.#iv, Number(number))
            : Buffer.concat([this.#iv, fragment.subarray(0, nonceBytes)]),
        additionalData: additionalData(header, number, lengthBytes),
        sealed: fragment.subarray(nonceBytes),
      },
      this.#sequence,
    )
    this.#sequence += 1
    const clause = 'RFC 5246 §6.2.3.3'
    return {
      content,
      contentType,
      before: nonceBytes > 0 ? [securityPart('explicit nonce', nonceBytes, clause)] : [],
      after: [securityPart('authentication tag', tagBytes, clause)],
    }
  }
}

/** Number, type, version and length of what is inside (RFC 5246 §6.2.3.3). */
function additionalData(header: Uint8Array, number: bigint, lengthBytes: number): Buffer {
  const data = Buffer.alloc(13)
  data.writeBigUInt64BE(number)
  data.set(header.subarray(0, 3), 8)
  data.writeUInt16BE(lengthBytes, 11)
  return data
}

/** P_hash of RFC 5246 §5. */
export function expandSecret(
  hash: CipherSuite['hash'],
  secret: Uint8Array,
  seed: Uint8Array,
  lengthBytes: number,
): Buffer {
  const hmac = (...data: Uint8Array[]): Buffer =>
    createHmac(hash, secret).update(Buffer.concat(data)).digest()
  const blocks: Buffer[] = []
  let chained: Uint8Array = seed
  for (let have = 0; have < lengthBytes; ) {
    chained = hmac(chained)
    const block = hmac(chained, seed)
    blocks.push(block)
    have += block.length
  }
  return Buffer.concat(blocks).subarray(0, lengthBytes)
}
