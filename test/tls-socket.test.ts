import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createTcpServer } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InstrumentError } from '../src/model/errors.ts'
import { scenarioSchema } from '../src/model/scenario.ts'
import { addressOf, awaitClose, listen, openSocket } from '../src/transports/sockets.ts'
import { createTlsIdentity } from '../src/transports/tls/certificate.ts'
import { tlsServerOptions } from '../src/transports/tls/tls-server.ts'
import { acquireTlsSession, openTlsSocket, secureSocket } from '../src/transports/tls/tls-socket.ts'
import type { ConnectContext } from '../src/transports/transport.ts'

const scenario = scenarioSchema.parse({ name: 'tls', title: 'tls', payload: { hex: '00' } })

interface Echo {
  address: URL
  context: ConnectContext
  abort: AbortController
}

/** A TLS server that sends back what it gets. */
async function serveEcho(alpn?: string, more: TlsOptions = {}): Promise<Echo> {
  const identity = await createTlsIdentity()
  const server = createServer({ ...tlsServerOptions(identity, alpn), ...more }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  const listener = await listen(server, '127.0.0.1')
  onTestFinished(() => listener.close())
  const abort = new AbortController()
  return {
    address: addressOf('mqtts:', '127.0.0.1', listener.port),
    context: { scenario, signal: abort.signal, certificate: identity.certificate },
    abort,
  }
}

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  )

describe('the certificate', () => {
  it('is for this machine, signed by its own Ed25519 key, and of one size', async () => {
    const [first, second] = [await createTlsIdentity(), await createTlsIdentity()]
    const certificate = new X509Certificate(first.certificate)
    expect(certificate.publicKey.asymmetricKeyType).toBe('ed25519')
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkIP('::1')).toBe('::1')
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkHost('example.org')).toBeUndefined()
    expect(certificate.raw.length).toBe(324)
    expect(new X509Certificate(second.certificate).raw.length).toBe(324)
    expect(second.key).not.toBe(first.key)
    expect(second.certificate).not.toBe(first.certificate)
  })
})

describe('a handshake', () => {
  /** Bytes of the connection in each direction: handshake, tickets, one byte and its echo, goodbye. */
  async function count({ address, context }: Echo, alpn?: string): Promise<string> {
    const tcp = await openSocket(address, context.signal)
    const socket = await secureSocket(address, tcp, context, alpn === undefined ? {} : { alpn })
    const kind = socket.isSessionReused() ? 'resumed' : 'full'
    socket.write('?')
    await once(socket, 'data')
    socket.end()
    await awaitClose(socket)
    return `${kind} ${tcp.bytesWritten} up ${tcp.bytesRead} down`
  }

  it.each([undefined, 'http/1.1', 'h2'])(
    'has the same bytes 200 times in full and 200 times resumed (ALPN %s)',
    async (alpn) => {
      const full = new Set<string>()
      const resumed = new Set<string>()
      const echo = await serveEcho(alpn)
      for (let times = 0; times < 200; times += 1) {
        full.add(await count(echo, alpn))
        const settings = alpn === undefined ? {} : { alpn }
        const session = await acquireTlsSession(echo.address, echo.context, settings)
        resumed.add(await count({ ...echo, context: { ...echo.context, session } }, alpn))
      }
      expect([...full]).toEqual([expect.stringMatching(/^full /)])
      expect([...resumed]).toEqual([expect.stringMatching(/^resumed /)])
    },
  )

  it('may be resumed from the same ticket again and again', async () => {
    const { address, context } = await serveEcho()
    const session = await acquireTlsSession(address, context)
    for (let times = 0; times < 5; times += 1) {
      const socket = await openTlsSocket(address, { ...context, session })
      expect(socket.isSessionReused()).toBe(true)
      expect(socket.getProtocol()).toBe('TLSv1.3')
      socket.end()
      await awaitClose(socket)
    }
  })

  it('tells its secrets to who asks for them', async () => {
    const { address, context } = await serveEcho()
    const lines: string[] = []
    const socket = await openTlsSocket(address, {
      ...context,
      onTlsSecret: (line) => lines.push(line),
    })
    socket.destroy()
    const labels = lines.map((line) => line.split(' ')[0])
    expect(labels).toContain('CLIENT_TRAFFIC_SECRET_0')
    expect(labels).toContain('SERVER_TRAFFIC_SECRET_0')
    expect(labels).toContain('SERVER_HANDSHAKE_TRAFFIC_SECRET')
  })
})

describe('a TLS socket that cannot be had', () => {
  it('names a certificate of somebody else', async () => {
    const { address, context } = await serveEcho()
    const { certificate } = await createTlsIdentity()
    const error = await failure(openTlsSocket(address, { ...context, certificate }))
    expect(error).toBeInstanceOf(InstrumentError)
    expect(error).toMatchObject({ code: 'connection' })
    expect(error.message).toMatch(/^the certificate of 127\.0\.0\.1:\d+ does not verify: /)
  })

  it('names a certificate that is for another host', async () => {
    const { address, context } = await serveEcho()
    const elsewhere = new URL(address)
    // Loopback too, and in no certificate of ours.
    elsewhere.hostname = '127.0.0.2'
    const tcp = await openSocket(address, context.signal)
    const error = await failure(secureSocket(elsewhere, tcp, context))
    expect(error.message).toMatch(
      /^the certificate of 127\.0\.0\.2:\d+ does not verify: .*127\.0\.0\.2/,
    )
  })

  it('says that a server speaks an older version only', async () => {
    const { address, context } = await serveEcho(undefined, {
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    })
    const error = await failure(openTlsSocket(address, context))
    expect(error.message).toMatch(
      /^cannot connect to 127\.0\.0\.1:\d+: \S*PROTOCOL_VERSION; .*mqtts$/,
    )
  })

  it('says that a server hangs up during the handshake', async () => {
    const listener = await listen(
      createTcpServer((socket) => socket.end()),
      '127.0.0.1',
    )
    onTestFinished(() => listener.close())
    const { signal } = new AbortController()
    const address = addressOf('mqtts:', '127.0.0.1', listener.port)
    const error = await failure(openTlsSocket(address, { scenario, signal }))
    expect(error).toMatchObject({ code: 'connection' })
    expect(error.message).toMatch(/^cannot connect to /)
  })

  it('stops where the signal is aborted in the middle of it', async () => {
    const silent = createTcpServer()
    const listener = await listen(silent, '127.0.0.1')
    onTestFinished(() => listener.close())
    const abort = new AbortController()
    const address = addressOf('mqtts:', '127.0.0.1', listener.port)
    const opening = failure(openTlsSocket(address, { scenario, signal: abort.signal }))
    const [socket] = await once(silent, 'connection')
    await once(socket, 'data')
    const reason = new InstrumentError('deadline', 'was not done within 1 s')
    abort.abort(reason)
    expect(await opening).toBe(reason)
  })
})
