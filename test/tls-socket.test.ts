import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { createServer, DEFAULT_CIPHERS, type TLSSocket, type TlsOptions } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InstrumentError } from '../src/model/errors.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { TLS_PROFILES, type TlsProfileId, tlsProfileOf } from '../src/model/tls/profiles.ts'
import { addressOf, awaitClose, listen, openSocket } from '../src/transports/sockets.ts'
import { createTlsIdentity, type TlsIdentity, trustOf } from '../src/transports/tls/certificate.ts'
import { endBeforeDestroy } from '../src/transports/tls/close-notify.ts'
import { tlsObstacle } from '../src/transports/tls/profile-obstacle.ts'
import { tlsServerOptions } from '../src/transports/tls/tls-server.ts'
import { acquireTlsSession, openTlsSocket, secureSocket } from '../src/transports/tls/tls-socket.ts'
import type { ConnectContext } from '../src/transports/transport.ts'
import { openRelay } from '../src/wire/relay/tcp-relay.ts'

const scenario = scenarioSchema.parse({ name: 'tls', title: 'tls', payload: { hex: '00' } })

interface Echo {
  address: URL
  context: ConnectContext
  abort: AbortController
}

/** A TLS server that sends back what it gets. */
async function serveEcho(
  alpn?: string,
  more: TlsOptions = {},
  given?: TlsIdentity,
  tls: TlsProfileId = 'device',
): Promise<Echo> {
  const identity = given ?? (await createTlsIdentity(tlsProfileOf({ tls })))
  const server = createServer({ ...tlsServerOptions(identity, alpn), ...more }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  const listener = await listen(server, '127.0.0.1')
  onTestFinished(() => listener.close())
  const abort = new AbortController()
  return {
    address: addressOf('mqtts:', '127.0.0.1', listener.port),
    context: { scenario: { ...scenario, tls }, signal: abort.signal, ...trustOf(identity) },
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
    const [first, second] = [
      await createTlsIdentity(tlsProfileOf({})),
      await createTlsIdentity(tlsProfileOf({})),
    ]
    const certificate = new X509Certificate(first.chain ?? '')
    expect(certificate.publicKey.asymmetricKeyType).toBe('ed25519')
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkIP('::1')).toBe('::1')
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkHost('example.org')).toBeUndefined()
    expect(certificate.raw.length).toBe(324)
    expect(new X509Certificate(second.chain ?? '').raw.length).toBe(324)
    expect(second.key).not.toBe(first.key)
    expect(second.certificate).not.toBe(first.certificate)
  })
})

describe('a chain', () => {
  it.each(TLS_PROFILES.filter(({ proof }) => proof.kind === 'certificate'))(
    'of $id has the bytes that its profile says, and leads to what is trusted',
    async (profile) => {
      const { chain = '', certificate = '' } = await createTlsIdentity(profile)
      const sent = chain.split(/(?=-----BEGIN)/).map((pem) => new X509Certificate(pem))
      const { proof } = profile
      expect(sent.map(({ raw }) => raw.length)).toEqual('chainBytes' in proof && proof.chainBytes)
      const signers = [...sent.slice(1), new X509Certificate(certificate)]
      for (const [index, each] of sent.entries()) {
        expect(each.verify((signers[index] as X509Certificate).publicKey)).toBe(true)
      }
    },
  )
})

describe('a handshake', () => {
  /** Bytes of the connection in each direction: handshake, tickets, one byte and its echo, goodbye. */
  async function count({ address, context }: Echo, alpn?: string): Promise<string> {
    const tcp = await openSocket(address, context)
    const socket = await secureSocket(address, tcp, context, alpn === undefined ? {} : { alpn })
    const kind = socket.isSessionReused() ? 'resumed' : 'full'
    socket.write('?')
    await once(socket, 'data')
    socket.end()
    await awaitClose(socket)
    return `${kind} ${tcp.bytesWritten} up ${tcp.bytesRead} down`
  }

  const spoken = TLS_PROFILES.filter(
    (profile) => tlsObstacle(profile, { protocol: 'http/1.1' }, 'ours') === null,
  ).map(({ id }) => id as TlsProfileId)

  /** A signature that is a byte shorter once in 256 would show in these. */
  const MANY = 200
  /** The protocol's name adds bytes that are the same each time. */
  const FEW = 20

  it.each([
    ['device', FEW, 'h2'] as const,
    ...spoken.flatMap((tls) => [[tls, MANY, undefined] as const, [tls, FEW, 'http/1.1'] as const]),
  ])(
    'of profile %s has the same bytes %i times in full and as often resumed (ALPN %s)',
    async (tls, messages, alpn) => {
      const full = new Set<string>()
      const resumed = new Set<string>()
      const echo = await serveEcho(alpn, {}, undefined, tls)
      for (let times = 0; times < messages; times += 1) {
        full.add(await count(echo, alpn))
        const settings = alpn === undefined ? {} : { alpn }
        const session = await acquireTlsSession(echo.address, echo.context, settings)
        resumed.add(await count({ ...echo, context: { ...echo.context, session } }, alpn))
      }
      expect([...full]).toEqual([expect.stringMatching(/^full /)])
      expect([...resumed]).toEqual([expect.stringMatching(/^resumed /)])
    },
    180_000,
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

  it('is with the server, in full and resumed, where a relay of another host is before it', async () => {
    const { address, context } = await serveEcho()
    const stop = new AbortController()
    await using relay = await openRelay({
      target: { host: address.hostname, port: Number(address.port) },
      // In no certificate of ours.
      listen: { host: '127.0.0.2', port: 0 },
      openTap: () => ({ bytes() {}, end() {} }),
      signal: stop.signal,
    })
    const before = addressOf('mqtts:', relay.address.host, relay.address.port)
    const session = await acquireTlsSession(address, context)
    for (const remembered of [{}, { session }]) {
      const socket = await openTlsSocket(before, { ...context, ...remembered, server: address })
      expect(socket.isSessionReused()).toBe('session' in remembered)
      socket.end()
      await awaitClose(socket)
    }
  })

  it('is refused where a session was offered and not resumed', async () => {
    const identity = await createTlsIdentity(tlsProfileOf({}))
    const [first, second] = [
      await serveEcho(undefined, {}, identity),
      await serveEcho(undefined, {}, identity),
    ]
    const session = await acquireTlsSession(first.address, first.context)
    const error = await failure(openTlsSocket(second.address, { ...second.context, session }))
    expect(error).toMatchObject({ code: 'connection' })
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ did not resume the TLS session /)
  })

  it('asks for a name and a protocol of its own, where it is told to', async () => {
    const asked: unknown[] = []
    const { address, context } = await serveEcho('x-amzn-mqtt-ca', {
      SNICallback: (name, done) => {
        asked.push(name)
        done(null)
      },
    })
    const tls = { verification: 'verified', serverName: 'localhost', mqttAlpn: 'x-amzn-mqtt-ca' }
    const access = { headers: {}, tls } as const
    const own = {
      ...context,
      access: { ...access, tls: { ...tls, authorities: context.certificate } },
    }
    const socket = await openTlsSocket(address, own as ConnectContext)
    expect([asked, socket.alpnProtocol]).toEqual([['localhost'], 'x-amzn-mqtt-ca'])
    socket.destroy()
    const wrong = {
      ...own,
      access: { ...own.access, tls: { ...own.access.tls, serverName: 'other.example' } },
    }
    const error = await failure(openTlsSocket(address, wrong as ConnectContext))
    expect(error.message).toMatch(/does not verify: .*other\.example/)
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
    const other = await createTlsIdentity(tlsProfileOf({}))
    const error = await failure(openTlsSocket(address, { ...context, ...trustOf(other) }))
    expect(error).toBeInstanceOf(InstrumentError)
    expect(error).toMatchObject({ code: 'refused' })
    expect(error.message).toMatch(/^the certificate of 127\.0\.0\.1:\d+ does not verify: /)
  })

  it('names a certificate that is for another host', async () => {
    const { address, context } = await serveEcho()
    const elsewhere = new URL(address)
    // Loopback too, and in no certificate of ours.
    elsewhere.hostname = '127.0.0.2'
    const tcp = await openSocket(address, context)
    const error = await failure(secureSocket(elsewhere, tcp, context))
    expect(error.message).toMatch(
      /^the certificate of 127\.0\.0\.2:\d+ does not verify: .*127\.0\.0\.2/,
    )
  })

  it('says that a server speaks an older version only', async () => {
    const { address, context } = await serveEcho(undefined, {
      ciphers: DEFAULT_CIPHERS,
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.2',
    })
    const error = await failure(openTlsSocket(address, context))
    expect(error.message).toMatch(
      /^127\.0\.0\.1:\d+ does not speak TLS 1\.3 \(\S*PROTOCOL_VERSION\); .* --tls device-1\.2/,
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

describe('a TLS socket that ends before it is destroyed', () => {
  const isGoodbye = (error: Error | undefined): boolean => error === undefined

  /** Both ends of a connection, the server's with its goodbye. */
  async function connectPair(): Promise<{ device: TLSSocket; tcp: Socket; server: TLSSocket }> {
    const identity = await createTlsIdentity(tlsProfileOf({}))
    const server = createServer(tlsServerOptions(identity))
    const listener = await listen(server, '127.0.0.1')
    onTestFinished(() => listener.close())
    const address = addressOf('mqtts:', '127.0.0.1', listener.port)
    const { signal } = new AbortController()
    const context = { scenario, signal, ...trustOf(identity) }
    const accepted = once(server, 'secureConnection')
    const tcp = await openSocket(address, { signal })
    const device = await secureSocket(address, tcp, context)
    const [socket] = await accepted
    socket.on('error', () => {})
    // The tickets are through: from here on only the goodbye is counted.
    await once(device, 'session')
    socket.write('.')
    await once(device, 'data')
    device.pause()
    return { device, tcp, server: endBeforeDestroy(socket, isGoodbye) }
  }

  /** A record of an alert: 5 bytes of head, 2 of alert, 1 of type, 16 of tag (RFC 8446 §5.2, §6). */
  const CLOSE_NOTIFY_BYTES = 24

  it('says close_notify, and closes once the other side has said its own', async () => {
    const { device, tcp, server } = await connectPair()
    const [before, after] = [tcp.bytesRead, tcp.bytesWritten]
    server.destroy()
    server.destroy()
    expect(server.destroyed).toBe(false)
    device.resume()
    await Promise.all([once(device, 'close'), once(server, 'close')])
    expect(tcp.bytesRead - before).toBe(CLOSE_NOTIFY_BYTES)
    expect(tcp.bytesWritten - after).toBe(CLOSE_NOTIFY_BYTES)
    expect(server.destroyed).toBe(true)
  })

  it('is destroyed at once by what broke it', async () => {
    const { device, tcp, server } = await connectPair()
    const before = tcp.bytesRead
    server.destroy(new Error('broken'))
    expect(server.destroyed).toBe(true)
    device.on('error', () => {})
    device.resume()
    await once(device, 'close')
    expect(tcp.bytesRead).toBe(before)
  })

  it('is destroyed when no goodbye comes back', async () => {
    const { device, server } = await connectPair()
    device.allowHalfOpen = true
    device.resume()
    server.destroy()
    await once(device, 'end')
    expect(server.destroyed).toBe(false)
    await once(server, 'close')
    device.destroy()
  })
})
