import type { Wording } from '../text/wording.ts'
/** How device and endpoint speak TLS, as far as either may choose. */
export interface TlsProfile {
  /** Stands on command lines, in scenarios and in reports. */
  readonly id: string
  readonly title: Wording
  /** The only one that is offered and taken. */
  readonly version: '1.2' | '1.3'
  /** Of the key exchange, the client's favourite first, as the registry names them; none where keys are shared beforehand. */
  readonly groups: readonly string[]
  /** How many of them the ClientHello has a key share of already, from the first (RFC 8446 §4.2.8). */
  readonly keyShares: number
  /** As the registry names them, the favourite first. */
  readonly suites: readonly string[]
  /** What a server may sign with, the favourite first (RFC 8446 §4.2.3). */
  readonly signatureAlgorithms: readonly string[]
  readonly proof: CertificateProof | SharedKeyProof
  /** How many session tickets follow a full handshake. */
  readonly tickets: 1 | 2
  /** What Node has to bring along, where not every one does. */
  readonly needs?: {
    readonly openssl: readonly [major: number, minor: number]
    readonly since: string
  }
}

/** The server has certificates, the device trusts who signed the last of them. */
export interface CertificateProof {
  readonly kind: 'certificate'
  readonly key: 'ed25519' | 'rsa-2048'
  /** DER, of each certificate that is sent, the server's own first; one alone is signed by itself. */
  readonly chainBytes: readonly number[]
}

/** Both sides know a key (RFC 4279). */
interface SharedKeyProof {
  readonly kind: 'shared-key'
  readonly identity: string
}
