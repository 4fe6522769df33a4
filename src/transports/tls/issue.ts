import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto'
import { promisify } from 'node:util'
import { InstrumentError } from '../../model/errors.ts'
import type { CertificateProof } from '../../model/tls/profile.ts'

export type Names = readonly { readonly type: 'ip' | 'dns'; readonly value: string }[]

/** Both PEM. */
export interface Certified {
  readonly key: string
  readonly certificate: string
}

/** Who signs the certificates of servers, as a public authority does: by an intermediate that its root has signed. */
export interface Authority {
  readonly kind: CertificateProof['key']
  readonly intermediateKey: KeyObject
  /** Both PEM. */
  readonly intermediate: string
  readonly root: string
}

/** A positive INTEGER of 8 bytes whatever the random ones are: its first byte is neither 0 nor above 0x7f. */
const SERIAL_PREFIX = '5a'
const SERIAL_RANDOM_BYTES = 7

/** Both before 2050, so both are UTCTime of 13 characters (RFC 5280 §4.1.2.5). */
const NOT_BEFORE = new Date('2020-01-01T00:00:00Z')
const NOT_AFTER = new Date('2049-12-31T00:00:00Z')

/** An arc for examples (ITU-T X.660 §A.5): what reads certificates passes over it, as it is not critical. */
const PADDING_OID = '2.999.1'
/** Each try comes closer; the lengths of DER around the padding take a byte more at 128 and 256. */
const MAX_TRIES = 8

/**
 * Signatures and keys are of one size: 64 and 32 bytes of Ed25519 (RFC 8410), 256
 * and 256 of RSA. Those of ECDSA vary by some bytes from signature to signature.
 */
const KEYS = {
  ed25519: {
    generate: () => promisify(generateKeyPair)('ed25519'),
    algorithm: { name: 'Ed25519' },
    digest: null,
  },
  'rsa-2048': {
    generate: () => promisify(generateKeyPair)('rsa', { modulusLength: 2048 }),
    algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' } },
    digest: 'sha256',
  },
} as const

interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const generate = (kind: CertificateProof['key']): Promise<KeyPair> => KEYS[kind].generate()

/** 324 bytes with Ed25519. What a public authority signs comes as a chain, and is five to ten times that. */
export async function selfSigned(kind: CertificateProof['key'], names: Names): Promise<Certified> {
  const pair = await generate(kind)
  return certify(kind, pair, {
    ...{ subject: 'CN=localhost', issuer: 'CN=localhost', signer: pair.privateKey },
    ...{ role: 'server', names },
  })
}

/** @param intermediateBytes DER, to which the intermediate is padded */
export async function createAuthority(
  kind: CertificateProof['key'],
  intermediateBytes: number,
): Promise<Authority> {
  const [rootPair, pair] = await Promise.all([generate(kind), generate(kind)])
  const byRoot = { issuer: 'CN=Root', signer: rootPair.privateKey, role: 'authority' } as const
  const root = await certify(kind, rootPair, { ...byRoot, subject: 'CN=Root' })
  const intermediate = await certify(kind, pair, {
    ...byRoot,
    ...{ subject: 'CN=Intermediate', paddedTo: intermediateBytes },
  })
  return {
    kind,
    intermediateKey: pair.privateKey,
    intermediate: intermediate.certificate,
    root: root.certificate,
  }
}

/** @param ownBytes DER, to which the certificate is padded */
export async function issue(
  { kind, intermediateKey }: Authority,
  { ownBytes, names }: { ownBytes: number | undefined; names: Names },
): Promise<Certified> {
  return certify(kind, await generate(kind), {
    ...{ subject: 'CN=localhost', issuer: 'CN=Intermediate', signer: intermediateKey },
    ...{ role: 'server', names, paddedTo: ownBytes },
  })
}

interface Wanted {
  readonly subject: string
  readonly issuer: string
  readonly signer: KeyObject
  readonly role: 'server' | 'authority'
  readonly names?: Names
  /** DER; as large as it is if left out. */
  readonly paddedTo?: number | undefined
}

async function certify(
  kind: CertificateProof['key'],
  { publicKey, privateKey }: KeyPair,
  wanted: Wanted,
): Promise<Certified> {
  const certificate = await padded(wanted.paddedTo, (paddingBytes) =>
    create(kind, publicKey, wanted, paddingBytes),
  )
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: `${certificate.toString('pem')}\n`,
  }
}

/** Looks for the padding that makes it as large as is wanted. */
async function padded<T extends { rawData: ArrayBuffer }>(
  wantedBytes: number | undefined,
  make: (paddingBytes: number | null) => Promise<T>,
): Promise<T> {
  if (wantedBytes === undefined) return make(null)
  let paddingBytes = 0
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const made = await make(paddingBytes)
    const missing = wantedBytes - made.rawData.byteLength
    if (missing === 0) return made
    paddingBytes += missing
    if (paddingBytes < 0) break
  }
  throw new InstrumentError('internal', `no certificate of ${wantedBytes} bytes can be made`)
}

async function create(
  kind: CertificateProof['key'],
  publicKey: KeyObject,
  { subject, issuer, signer, role, names = [] }: Wanted,
  paddingBytes: number | null,
) {
  // It registers decorators when it is loaded, which takes 200 ms.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const { keyCertSign, digitalSignature } = x509.KeyUsageFlags
  return x509.X509CertificateGenerator.create(
    {
      serialNumber: SERIAL_PREFIX + randomBytes(SERIAL_RANDOM_BYTES).toString('hex'),
      ...{ subject, issuer, notBefore: NOT_BEFORE, notAfter: NOT_AFTER },
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      signingKey: { algorithm: KEYS[kind].algorithm },
      extensions: [
        new x509.BasicConstraintsExtension(role === 'authority', undefined, true),
        new x509.KeyUsagesExtension(role === 'authority' ? keyCertSign : digitalSignature, true),
        ...(role === 'server'
          ? [
              new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
              new x509.SubjectAlternativeNameExtension([...names]),
            ]
          : []),
        ...(paddingBytes === null
          ? []
          : [new x509.Extension(PADDING_OID, false, new Uint8Array(paddingBytes))]),
      ],
    },
    signerWith(signer, KEYS[kind].digest),
  )
}

/**
 * The part of Web Crypto that signing a certificate takes. Node's own says on
 * stderr, before 20.19.3, that Ed25519 is experimental; its older `sign` does not.
 */
function signerWith(privateKey: KeyObject, digest: string | null): object {
  const subtle = {
    sign: async (_algorithm: unknown, _key: unknown, bytes: ArrayBuffer) =>
      new Uint8Array(sign(digest, Buffer.from(bytes), privateKey)).buffer,
  }
  return { subtle }
}
