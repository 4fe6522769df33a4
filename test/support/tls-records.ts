import { createCipheriv, createHmac } from 'node:crypto'
import { TlsSecrets } from '../../src/wire/dissectors/tls/keys/tls-secrets.ts'
import { type Conversation, down, up } from './dissection.ts'

/** TLS 1.3 as a sender writes it (RFC 8446), for composing conversations that no library would hold. */

export const CONTENT_TYPE = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const

export const CLIENT_RANDOM = Buffer.alloc(32, 0xc1)

/** SHA-256 of `HelloRetryRequest` (RFC 8446 §4.1.3). */
export const RETRY_RANDOM = Buffer.from(
  'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c',
  'hex',
)

/** A number in network byte order. */
const uint = (value: number, lengthBytes: number): Buffer => {
  const bytes = Buffer.alloc(lengthBytes)
  bytes.writeUIntBE(value, 0, lengthBytes)
  return bytes
}

const vector = (content: Uint8Array, prefixBytes: number): Buffer =>
  Buffer.concat([uint(content.length, prefixBytes), content])

export const handshake = (type: number, body: Uint8Array): Buffer =>
  Buffer.concat([Buffer.of(type), vector(body, 3)])

const extensions = (list: readonly [code: number, digits: string][]): Buffer =>
  vector(
    Buffer.concat(
      list.map(([code, digits]) =>
        Buffer.concat([uint(code, 2), vector(Buffer.from(digits, 'hex'), 2)]),
      ),
    ),
    2,
  )

/** `supported_versions`, `key_share` of nothing, one of GREASE, and one that nobody knows. */
const CLIENT_EXTENSIONS: [number, string][] = [
  [43, '020304'],
  [51, '0000'],
  [0x4a4a, ''],
  [0x1234, 'ff'],
]

export const clientHello = (list = CLIENT_EXTENSIONS): Buffer =>
  handshake(
    1,
    Buffer.concat([
      uint(0x0303, 2),
      CLIENT_RANDOM,
      vector(Buffer.alloc(0), 1),
      vector(Buffer.from('130113021303', 'hex'), 2),
      vector(Buffer.of(0), 1),
      extensions(list),
    ]),
  )

export const serverHello = (
  cipherSuite = 0x1301,
  random: Uint8Array = Buffer.alloc(32, 0x5e),
  list: [number, string][] = [[43, '0304']],
): Buffer =>
  handshake(
    2,
    Buffer.concat([
      uint(0x0303, 2),
      random,
      vector(Buffer.alloc(0), 1),
      uint(cipherSuite, 2),
      Buffer.of(0),
      extensions(list),
    ]),
  )

export const encryptedExtensions = (): Buffer => handshake(8, extensions([]))
export const finished = (): Buffer => handshake(20, Buffer.alloc(32, 0xf1))
export const newSessionTicket = (): Buffer => handshake(4, Buffer.alloc(100, 0x71))
export const keyUpdate = (request = 0): Buffer => handshake(24, Buffer.of(request))
export const closeNotify = (): Buffer => Buffer.of(1, 0)

export const plainRecord = (contentType: number, content: Uint8Array, version = 0x0303): Buffer =>
  Buffer.concat([Buffer.of(contentType), uint(version, 2), vector(content, 2)])

interface Suite {
  aead: string
  hash: string
  keyBytes: number
}

const SUITES: Readonly<Record<number, Suite>> = {
  4865: { aead: 'aes-128-gcm', hash: 'sha256', keyBytes: 16 },
  4866: { aead: 'aes-256-gcm', hash: 'sha384', keyBytes: 32 },
  4867: { aead: 'chacha20-poly1305', hash: 'sha256', keyBytes: 32 },
}

/** Seals the records of one direction under a secret (RFC 8446 §5.2). */
export class RecordSealer {
  readonly #suite: Suite
  #secret: Buffer
  #key: Buffer
  #iv: Buffer
  #sequence = 0n

  constructor(cipherSuite: number, secret: Buffer) {
    this.#suite = SUITES[cipherSuite] as Suite
    this.#secret = secret
    this.#key = this.#derive('key', this.#suite.keyBytes)
    this.#iv = this.#derive('iv', 12)
  }

  seal(contentType: number, content: Uint8Array, paddingBytes = 0): Buffer {
    const plaintext = Buffer.concat([content, Buffer.of(contentType), Buffer.alloc(paddingBytes)])
    const header = Buffer.concat([Buffer.from('170303', 'hex'), uint(plaintext.length + 16, 2)])
    const nonce = Buffer.from(this.#iv)
    nonce.writeBigUInt64BE(nonce.readBigUInt64BE(4) ^ this.#sequence, 4)
    this.#sequence += 1n
    const mode = this.#suite.aead as 'aes-128-gcm'
    const cipher = createCipheriv(mode, this.#key, nonce, { authTagLength: 16 })
    cipher.setAAD(header)
    const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()])
    return Buffer.concat([header, sealed, cipher.getAuthTag()])
  }

  /** To the first record of another connection under the same secret. */
  rewind(): void {
    this.#sequence = 0n
  }

  /** What follows a KeyUpdate. */
  update(): void {
    this.#secret = this.#derive('traffic upd', this.#secret.length)
    this.#key = this.#derive('key', this.#suite.keyBytes)
    this.#iv = this.#derive('iv', 12)
    this.#sequence = 0n
  }

  /** HKDF-Expand-Label, of which no more than the first block is ever needed. */
  #derive(label: string, lengthBytes: number): Buffer {
    const full = Buffer.from(`tls13 ${label}`)
    const info = Buffer.concat([uint(lengthBytes, 2), vector(full, 1), Buffer.of(0, 1)])
    return createHmac(this.#suite.hash, this.#secret).update(info).digest().subarray(0, lengthBytes)
  }
}

/** The four secrets of a composed connection, and the lines by which a key log tells them. */
export const SECRETS = {
  CLIENT_HANDSHAKE_TRAFFIC_SECRET: Buffer.alloc(32, 1),
  SERVER_HANDSHAKE_TRAFFIC_SECRET: Buffer.alloc(32, 2),
  CLIENT_TRAFFIC_SECRET_0: Buffer.alloc(32, 3),
  SERVER_TRAFFIC_SECRET_0: Buffer.alloc(32, 4),
} as const

export const keyLogLine = (label: keyof typeof SECRETS): string =>
  `${label} ${CLIENT_RANDOM.toString('hex')} ${SECRETS[label].toString('hex')}\n`

export const keyLog = (): string[] =>
  (Object.keys(SECRETS) as (keyof typeof SECRETS)[]).map(keyLogLine)

export const sealerOf = (label: keyof typeof SECRETS): RecordSealer =>
  new RecordSealer(0x1301, SECRETS[label])

/** What seals the records of either side after the handshake. */
export interface Sealers {
  client: RecordSealer
  server: RecordSealer
}

/** A handshake as short as it can be: 136 bytes up, 119 down. */
export function shakeHands(): Sealers & { said: Conversation } {
  const { handshake: type } = CONTENT_TYPE
  const flight = Buffer.concat([encryptedExtensions(), finished()])
  return {
    said: [
      up(plainRecord(type, clientHello(), 0x0301)),
      down(plainRecord(type, serverHello())),
      down(sealerOf('SERVER_HANDSHAKE_TRAFFIC_SECRET').seal(type, flight)),
      up(sealerOf('CLIENT_HANDSHAKE_TRAFFIC_SECRET').seal(type, finished())),
    ],
    client: sealerOf('CLIENT_TRAFFIC_SECRET_0'),
    server: sealerOf('SERVER_TRAFFIC_SECRET_0'),
  }
}

/** A whole connection: the handshake, then what the sealed records say. */
export function converse(talk: (sealers: Sealers) => Conversation): Conversation {
  const { said, ...sealers } = shakeHands()
  return [...said, ...talk(sealers)]
}

export function knownSecrets(lines = keyLog()): TlsSecrets {
  const secrets = new TlsSecrets()
  for (const line of lines) secrets.learn(line)
  return secrets
}
