import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Scenario, ScenarioInput } from '../src/model/scenario/scenario.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { http1 } from '../src/transports/http/http1.ts'
import { http1Bare } from '../src/transports/http/http1-bare.ts'
import type { Transport } from '../src/transports/transport.ts'

const scenarioWith = (fields: Partial<ScenarioInput>): Scenario =>
  scenarioSchema.parse({ name: 'http', title: 'http', payload: { text: 'warm' }, ...fields })

async function serve(scenario: Scenario): Promise<{ address: URL; arrived: string[] }> {
  const arrived: string[] = []
  const endpoint = await http1.serve(
    {},
    {
      scenario,
      host: '127.0.0.1',
      onArrival(payload) {
        arrived.push(Buffer.from(payload).toString())
        return undefined
      },
      signal: new AbortController().signal,
    },
  )
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  return { address: endpoint.address, arrived }
}

/** What the endpoint answers to these bytes, with its clock taken out. */
async function exchange(address: URL, request: string): Promise<string> {
  const socket = connect(Number(address.port), address.hostname)
  socket.write(request)
  return (await text(socket)).replace(/^date: .*$/im, 'Date: now')
}

async function send(
  transport: Transport,
  address: URL,
  scenario: Scenario,
  payloads = ['warm'],
): Promise<void> {
  const { signal } = new AbortController()
  const peer = await transport.connect(address, {}, { scenario, signal })
  onTestFinished(() => peer[Symbol.asyncDispose]())
  const producer = await peer.openProducer()
  const bytes = payloads.map((payload) => Buffer.from(payload))
  if (producer.kind === 'self-driving') {
    await producer.drive(bytes, process.hrtime.bigint, () => {})
    return
  }
  for (const payload of bytes) await producer.send(payload)
}

/** A server that records what it is sent and answers each request as told. */
async function recorder(
  answer: (socket: Socket) => void,
): Promise<{ address: URL; sent(): string }> {
  let sent = ''
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      sent += chunk.toString('latin1')
      answer(socket)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const { port } = server.address() as { port: number }
  return { address: new URL(`http://127.0.0.1:${port}`), sent: () => sent }
}

const noContent = (socket: Socket): void => {
  socket.write('HTTP/1.1 204 No Content\r\n\r\n')
}

describe('the HTTP endpoint', () => {
  it('answers POST on the path as the scenario says', async () => {
    const scenario = scenarioWith({
      http: { response: { status: 201, headers: { 'X-Device': 'seen' }, body: 'thanks' } },
    })
    const { address, arrived } = await serve(scenario)
    expect(address.pathname).toBe('/sensors/temp')
    const answer = await exchange(
      address,
      'POST /sensors/temp HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 201 Created\r\n/)
    expect(answer).toMatch(/\r\nX-Device: seen\r\n/i)
    expect(answer).toMatch(/\r\n\r\nthanks$/)
    expect(arrived).toEqual(['hi'])
  })

  it('is a plain Node answer where the scenario asks for nothing', async () => {
    const { address } = await serve(scenarioWith({}))
    const answer = await exchange(
      address,
      'POST /sensors/temp HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    )
    expect(answer).toBe('HTTP/1.1 204 No Content\r\nDate: now\r\nConnection: close\r\n\r\n')
  })

  it.each([
    ['another path', 'POST /sensors HTTP/1.1'],
    ['the path with a query', 'POST /sensors/temp?a=1 HTTP/1.1'],
    ['another method', 'PUT /sensors/temp HTTP/1.1'],
  ])('counts no arrival on %s', async (_name, line) => {
    const { address, arrived } = await serve(scenarioWith({}))
    const answer = await exchange(
      address,
      `${line}\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 404 /)
    expect(arrived).toEqual([])
  })

  it.each(['/', '/:id/*', '/a//b', '/a?b=c', '/%41/%C3%A9', '/a|b'])(
    'takes the path %s as it is',
    async (path) => {
      const scenario = scenarioWith({ path })
      const { address, arrived } = await serve(scenario)
      await send(http1, address, scenario)
      await send(http1Bare, address, scenario)
      expect(arrived).toEqual(['warm', 'warm'])
    },
  )

  it('reads bytes whatever the media type says', async () => {
    const contentType = 'application/json'
    const scenario = scenarioWith({ payload: { text: '{not json', contentType } })
    const { address, arrived } = await serve(scenario)
    await send(http1, address, scenario, ['{not json'])
    expect(arrived).toEqual(['{not json'])
  })
})

describe.each([
  ['http1', http1],
  ['http1-bare', http1Bare],
])('%s', (_id, transport) => {
  it('sends the payload with its content type and the headers of the scenario', async () => {
    const scenario = scenarioWith({ http: { request: { headers: { 'X-Device': 'sensor-0001' } } } })
    const { address, sent } = await recorder(noContent)
    await send(transport, address, scenario)
    expect(sent()).toMatch(/^POST \/sensors\/temp HTTP\/1\.1\r\n/)
    expect(sent()).toMatch(/\r\ncontent-type: text\/plain\r\n/)
    expect(sent()).toMatch(/\r\nX-Device: sensor-0001\r\n/)
    expect(sent()).toMatch(/\r\ncontent-length: 4\r\n/i)
    expect(sent()).toMatch(/\r\n\r\nwarm$/)
  })

  it('posts to the path of the address where it has one', async () => {
    const { address, sent } = await recorder(noContent)
    await send(transport, new URL('/ingest?key=1', address), scenarioWith({}))
    expect(sent()).toMatch(/^POST \/ingest\?key=1 HTTP\/1\.1\r\n/)
  })

  it('does not take another status for an answer', async () => {
    const { address, sent } = await recorder((socket) => {
      socket.write('HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n')
    })
    await expect(send(transport, address, scenarioWith({}), ['a', 'b'])).rejects.toMatchObject({
      code: 'connection',
      message: `POST /sensors/temp at ${address.host} was answered 302; http.response.status of the scenario is 204`,
    })
    expect(sent().match(/POST/g)).toHaveLength(1)
  })

  it.each([
    ['in the middle of an answer', (socket: Socket) => socket.end('HTTP/1.1 204 No')],
    ['without an answer', (socket: Socket) => socket.end()],
    ['with a reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('rejects when the server closes %s, and does not send again', async (_name, answer) => {
    const { address, sent } = await recorder(answer)
    const sending = send(transport, address, scenarioWith({}), ['a', 'b', 'c'])
    await expect(sending).rejects.toMatchObject({
      code: 'connection',
      message: expect.stringMatching(`^the connection to ${address.host} ended: `),
    })
    expect(sent().match(/POST/g)).toHaveLength(1)
  })
})

describe('http1-bare', () => {
  it('adds nothing but Host, Connection and Content-Length', async () => {
    const { address, sent } = await recorder(noContent)
    await send(http1Bare, address, scenarioWith({}))
    expect(sent()).toBe(
      `POST /sensors/temp HTTP/1.1\r\nHost: ${address.host}\r\nConnection: keep-alive\r\n` +
        'content-type: text/plain\r\nContent-Length: 4\r\n\r\nwarm',
    )
  })

  it('tells instants in order, none of them before it was connected', async () => {
    const scenario = scenarioWith({})
    const { address } = await serve(scenario)
    const { signal } = new AbortController()
    const peer = await http1Bare.connect(address, {}, { scenario, signal })
    onTestFinished(() => peer[Symbol.asyncDispose]())
    const producer = await peer.openProducer()
    if (producer.kind !== 'self-driving') throw new Error('not self-driving')
    const instants: bigint[] = []
    const payloads = Array.from({ length: 20 }, () => Buffer.from('warm'))
    await producer.drive(payloads, process.hrtime.bigint, (sentNs, completedNs) => {
      instants.push(sentNs, completedNs)
    })
    expect(instants).toHaveLength(40)
    expect(instants.toSorted((a, b) => Number(a - b))).toEqual(instants)
  })
})
