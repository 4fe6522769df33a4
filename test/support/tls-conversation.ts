import 'reflect-metadata'
import type { webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import {
  type ConnectionOptions,
  connect,
  createSecureContext,
  type SecureContext,
  type SecureContextOptions,
  TLSSocket,
  type TLSSocketOptions,
} from 'node:tls'
import * as x509 from '@peculiar/x509'
import type { Direction } from '../../src/model/vocabulary.ts'

/** What stays the same between connections: so that a session can be resumed. */
export interface TlsServer {
  context: SecureContext
  /** Both PEM. */
  certificate: string
  key: string
}

export interface RecordedTls {
  /** Both directions in the order in which they were said. */
  conversation: [Direction, Uint8Array][]
  /** Lines of the client's key log. */
  keyLog: string[]
  /** The last session ticket. */
  session: Buffer | null
  isResumed: boolean
  cipherSuite: string
}

/** An Ed25519 certificate of its own, for `localhost`. */
export async function createTlsServer(options: SecureContextOptions = {}): Promise<TlsServer> {
  const algorithm = { name: 'Ed25519' }
  const keys = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }])],
  })
  const certificate = made.toString('pem')
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey))
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`
  const context = createSecureContext({ ...options, cert: certificate, key })
  return { context, certificate, key }
}

/**
 * One TLS connection between two sockets in memory.
 * @param talk what the two say to each other; both say goodbye after it
 */
export async function recordTls(
  server: TlsServer,
  talk: (client: TLSSocket, peer: TLSSocket) => Promise<void>,
  options: ConnectionOptions = {},
  peerOptions: TLSSocketOptions = {},
): Promise<RecordedTls> {
  const conversation: [Direction, Uint8Array][] = []
  const keyLog: string[] = []
  const [clientEnd, serverEnd] = tappedPair((direction, bytes) =>
    conversation.push([direction, Uint8Array.from(bytes)]),
  )
  const peer = new TLSSocket(serverEnd, {
    ...peerOptions,
    isServer: true,
    secureContext: server.context,
  })
  const client = connect({
    socket: clientEnd,
    servername: 'localhost',
    ca: server.certificate,
    ...options,
  })
  let session: Buffer | null = null
  client.on('session', (ticket: Buffer) => {
    session = ticket
  })
  client.on('keylog', (line: Buffer) => keyLog.push(line.toString()))
  await Promise.all([once(client, 'secureConnect'), once(peer, 'secure')])
  await talk(client, peer)
  const isResumed = client.isSessionReused()
  const cipherSuite = client.getCipher().name
  const closed = Promise.all([once(client, 'close'), once(peer, 'close')])
  peer.resume()
  client.resume()
  client.end()
  peer.end()
  await closed
  return { conversation, keyLog, session, isResumed, cipherSuite }
}

/** Two ends of a byte stream; what the first writes goes up. */
function tappedPair(tap: (direction: Direction, bytes: Buffer) => void): [Duplex, Duplex] {
  const ends: Duplex[] = []
  for (const [index, direction] of (['up', 'down'] as const).entries()) {
    const other = (): Duplex => ends[1 - index] as Duplex
    ends.push(
      new Duplex({
        read() {},
        write(chunk: Buffer, _, done) {
          tap(direction, chunk)
          other().push(Buffer.from(chunk))
          done()
        },
        final(done) {
          other().push(null)
          done()
        },
      }),
    )
  }
  return ends as [Duplex, Duplex]
}
