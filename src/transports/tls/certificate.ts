import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIPv4 } from 'node:net'
import type { TlsProfile } from '../../model/tls/profile.ts'

/** What an endpoint proves itself with. All PEM. */
export interface TlsIdentity {
  readonly profile: TlsProfile
  readonly key: string
  /** What it sends, its own certificate first. */
  readonly chain: string
  /** What a client has to trust. */
  readonly certificate: string
}

/** A positive INTEGER of 8 bytes whatever the random ones are: its first byte is neither 0 nor above 0x7f. */
const SERIAL_PREFIX = '5a'
const SERIAL_RANDOM_BYTES = 7

/** Both before 2050, so both are UTCTime of 13 characters (RFC 5280 §4.1.2.5). */
const NOT_BEFORE = new Date('2020-01-01T00:00:00Z')
const NOT_AFTER = new Date('2049-12-31T00:00:00Z')

/**
 * A key and a certificate of their own for one endpoint, for `localhost` and
 * the loopback addresses. Ed25519 (RFC 8410), because its key and its signature
 * are of one size: 32 and 64 bytes, where those of ECDSA vary by some bytes from
 * signature to signature. With the rest of a fixed width the certificate is 324
 * bytes in every run. What a public authority signs comes as a chain of two or
 * three and is ten times that.
 */
export async function createTlsIdentity(
  profile: TlsProfile,
  host = '127.0.0.1',
): Promise<TlsIdentity> {
  // It registers decorators when it is loaded, which takes 200 ms.
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: SERIAL_PREFIX + randomBytes(SERIAL_RANDOM_BYTES).toString('hex'),
      subject: 'CN=localhost',
      issuer: 'CN=localhost',
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      publicKey: publicKey.export({ type: 'spki', format: 'der' }),
      signingKey: { algorithm: { name: 'Ed25519' } },
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
          ...furtherNames(host),
        ]),
      ],
    },
    signerWith(privateKey),
  )
  const pem = certificate.toString('pem')
  return {
    profile,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    chain: pem,
    certificate: pem,
  }
}

/**
 * Bound to another IPv4 address than loopback, the certificate is for that in
 * place of `::1`, and a name that nobody has (RFC 6761 §6.4) makes up for the 12
 * bytes that an IPv6 address is longer: the size does not depend on the host.
 */
function furtherNames(host: string): { type: 'ip' | 'dns'; value: string }[] {
  if (!isIPv4(host) || host === '127.0.0.1') return [{ type: 'ip', value: '::1' }]
  return [
    { type: 'ip', value: host },
    { type: 'dns', value: 'lo.invalid' },
  ]
}

/**
 * The part of Web Crypto that signing a certificate takes. Node's own says on
 * stderr, before 20.19.3, that Ed25519 is experimental; its older `sign` does not.
 */
function signerWith(privateKey: KeyObject): object {
  const subtle = {
    sign: async (_algorithm: unknown, _key: unknown, bytes: ArrayBuffer) =>
      new Uint8Array(sign(null, Buffer.from(bytes), privateKey)).buffer,
  }
  return { subtle }
}
