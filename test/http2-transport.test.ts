import {
  constants,
  createServer,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { createServer as createTcpServer, type Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { EndpointHost } from '../src/endpoint/host.ts'
import { runBytePass } from '../src/load/passes/byte-pass.ts'
import { InstrumentError } from '../src/model/errors.ts'
import { NO_INJECTION } from '../src/model/injection.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { tlsProfileOf } from '../src/model/tls/profiles.ts'
import { h2c, http2OverTls } from '../src/transports/http/http2.ts'
import { addressOf, listen } from '../src/transports/sockets.ts'
import { createTlsIdentity, trustOf } from '../src/transports/tls/certificate.ts'
import { tlsServerOptions } from '../src/transports/tls/tls-server.ts'
import type { PacedProducer, Peer } from '../src/transports/transport.ts'
import { plainPass } from './support/byte-pass.ts'

const scenario = scenarioSchema.parse({
  name: 'http2',
  title: 'http2',
  path: '/a?b=c',
  payload: { text: 'warm' },
  http: { request: { headers: { 'X-Device': '7' } } },
})

const { signal } = new AbortController()

async function listening(server: Server | Http2Server): Promise<URL> {
  const listener = await listen(server as Server, '127.0.0.1')
  onTestFinished(() => listener.close())
  return addressOf('http:', '127.0.0.1', listener.port)
}

/** A server that treats every stream, or every session, as told. */
function serve(
  onStream: (stream: ServerHttp2Stream, session: ServerHttp2Session) => void,
): Promise<URL> {
  const server = createServer()
  server.on('sessionError', () => {})
  server.on('stream', (stream) => {
    stream.on('error', () => {})
    onStream(stream, stream.session as ServerHttp2Session)
  })
  return listening(server)
}

interface Device {
  peer: Peer
  producer: PacedProducer
}

async function connect(address: URL): Promise<Device> {
  const peer = await h2c.connect(address, {}, { scenario, signal })
  onTestFinished(() => peer[Symbol.asyncDispose]())
  return { peer, producer: (await peer.openProducer()) as PacedProducer }
}

const PAYLOAD = Buffer.from('warm')

async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    expect(error).toBeInstanceOf(InstrumentError)
    expect(error).toMatchObject({ code: 'connection' })
    return (error as Error).message
  }
  return 'it did not fail'
}

describe('a request of h2c', () => {
  it('has the fields of the scenario and the length of the content, and no others', async () => {
    const requests: unknown[] = []
    const server = createServer((request, response) => {
      requests.push(request.rawHeaders)
      response.writeHead(204).end()
    })
    const address = await listening(server)
    const { producer } = await connect(address)
    await producer.send(PAYLOAD)
    await producer.send(Buffer.alloc(0))
    const fields = (length: string) => [
      [':method', 'POST'],
      [':path', '/a?b=c'],
      [':authority', address.host],
      [':scheme', 'http'],
      ['content-type', 'text/plain'],
      ['x-device', '7'],
      ['content-length', length],
    ]
    expect(requests).toEqual([fields('4').flat(), fields('0').flat()])
  })
})

describe('the endpoint of HTTP/2', () => {
  it('answers without Date, whose coded size is the clock’s to say', async () => {
    const endpoint = await h2c.serve(
      {},
      { scenario, host: '127.0.0.1', onArrival: () => undefined, signal },
    )
    onTestFinished(() => endpoint[Symbol.asyncDispose]())
    const { connect: connectHttp2 } = await import('node:http2')
    const session = connectHttp2(endpoint.address)
    onTestFinished(() => session.destroy())
    const request = session.request({ ':method': 'POST', ':path': '/a?b=c' })
    request.end(PAYLOAD)
    const fields = await new Promise((resolve) => request.once('response', resolve))
    expect(Object.keys(fields as object)).toEqual([':status'])
  })
})

describe('h2c says what went wrong', () => {
  it('where the answer is another', async () => {
    const { producer } = await connect(
      await serve((stream) => stream.respond({ ':status': 500 }, { endStream: true })),
    )
    const sending = producer.send(PAYLOAD)
    expect(await reasonOf(sending)).toMatch(/POST \/a .* was answered 500; .* scenario is 204/)
  })

  it.each([
    [constants.NGHTTP2_REFUSED_STREAM, /error code NGHTTP2_REFUSED_STREAM/],
    [constants.NGHTTP2_CANCEL, /the server reset the stream with [A-Z_]+ before it had answered/],
  ])('where the stream is reset with %d, and goes on with the next', async (code, reason) => {
    let resets = 0
    const { producer } = await connect(
      await serve((stream) => {
        if (resets > 0) stream.respond({ ':status': 204 }, { endStream: true })
        else stream.close(code)
        resets += 1
      }),
    )
    expect(await reasonOf(producer.send(PAYLOAD))).toMatch(reason)
    await producer.send(PAYLOAD)
  })

  it('where the server says GOAWAY with an error', async () => {
    const address = await serve((_stream, session) => {
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM)
    })
    const { producer } = await connect(address)
    const reason = await reasonOf(producer.send(PAYLOAD))
    expect(reason).toMatch(/ended: the server said GOAWAY with ENHANCE_YOUR_CALM /)
    expect(await reasonOf(producer.send(PAYLOAD))).toMatch(/ended: /)
  })

  it('where the server closes in the middle of a message', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end())
    })
    const { producer } = await connect(await listening(server))
    expect(await reasonOf(producer.send(PAYLOAD))).toMatch(/ended: /)
  })

  it('where the server speaks HTTP/1.1', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    })
    const { producer } = await connect(await listening(server))
    expect(await reasonOf(producer.send(PAYLOAD))).toMatch(/ended: .*Protocol error/)
  })
})

it('h2c goes on where the server says GOAWAY after an answer', async () => {
  const { producer } = await connect(
    await serve((stream, session) => {
      stream.respond({ ':status': 204 }, { endStream: true })
      session.close()
    }),
  )
  for (let sent = 0; sent < 3; sent += 1) await producer.send(PAYLOAD)
})

describe('http2', () => {
  it('refuses a server that does not agree on h2', async () => {
    const identity = await createTlsIdentity(tlsProfileOf({}))
    const server = createTlsServer(tlsServerOptions(identity), (socket) => {
      socket.on('error', () => {})
    })
    const address = await listening(server)
    address.protocol = 'https:'
    const connecting = http2OverTls.connect(
      address,
      {},
      {
        scenario,
        signal,
        ...trustOf(identity),
      },
    )
    expect(await reasonOf(connecting)).toMatch(/does not agree to speak HTTP\/2; .* ALPN/)
  })
})

describe('a message larger than the first window', () => {
  it.each(['h2c', 'http2'])('is never held up on %s, so that its bytes are its own', async (id) => {
    const large = scenarioSchema.parse({
      name: 'large',
      title: 'large',
      messages: 2,
      payload: { hex: '00'.repeat(100_000) },
    })
    const host = new EndpointHost()
    onTestFinished(() => host.stop())
    const { address, certificate } = await host.serve({
      ...{ transport: id, scenario: large, options: {}, host: '127.0.0.1' },
      injection: NO_INJECTION,
    })
    const { bytes, failure } = await runBytePass(
      plainPass({ transport: id, scenario: large, address, certificate }),
    )
    expect(failure).toBeNull()
    const steady = bytes?.ledger.filter(({ phase }) => phase === 'steady') ?? []
    // No WINDOW_UPDATE, and no DATA that a window has cut.
    expect(steady.filter(({ layer }) => layer === 'control')).toEqual([])
    const data = bytes?.exchange.filter(({ label }) => label === 'DATA') ?? []
    const payloadOf = ({ parts }: (typeof data)[number]) =>
      parts.reduce((sum, part) => sum + (part.layer === 'payload' ? part.lengthBytes : 0), 0)
    const whole = [...Array(6).fill(16_384), 1_696]
    expect(data.map(payloadOf)).toEqual([...whole, ...whole])
  })
})
