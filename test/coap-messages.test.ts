import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { loadTransport } from '../src/transports/registry.ts'
import type { ArrivalHandler, PacedProducer, Peer } from '../src/transports/transport.ts'
import { Datagrams } from './support/datagrams.ts'
import { hex } from './support/dissection.ts'
import { binary, expectConnectionError, failure, inbox } from './support/transports.ts'

/**
 * The endpoint and the client of CoAP each against messages composed by hand:
 * what the other side says when it repeats itself, asks for something else, or
 * answers in another way than node-coap does.
 */

const scenario = scenarioSchema.parse({
  name: 'messages',
  title: 'messages',
  path: '/a',
  payload: { hex: '00' },
})

async function serve(onArrival: ArrivalHandler): Promise<Datagrams> {
  const transport = await loadTransport('coap-con')
  const { signal } = new AbortController()
  const endpoint = await transport.serve({}, { scenario, host: '127.0.0.1', onArrival, signal })
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  const client = await Datagrams.dial(Number(endpoint.address.port))
  onTestFinished(() => client[Symbol.asyncDispose]())
  return client
}

/** What the endpoint answers, in hex: one datagram. */
async function ask(client: Datagrams, digits: string): Promise<string> {
  client.send(hex(digits))
  await client.reach(client.heard.length + 1)
  return client.heard.at(-1)?.toString('hex') ?? ''
}

/** A device on a server that answers as the test says. */
async function connect(
  answer: (request: Buffer) => readonly Uint8Array[],
  id = 'coap-con',
): Promise<{ peer: Peer; producer: PacedProducer; server: Datagrams }> {
  const server = await Datagrams.serve((datagram, { port, address }, socket) => {
    for (const each of answer(datagram)) socket.send(each, port, address)
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const transport = await loadTransport(id)
  const { signal } = new AbortController()
  const address = new URL(`coap://127.0.0.1:${server.port}/a`)
  const peer = await transport.connect(address, {}, { scenario, signal })
  onTestFinished(() => peer[Symbol.asyncDispose]())
  const producer = await peer.openProducer()
  if (producer.kind !== 'paced') throw new Error(`${id} paces itself`)
  return { peer, producer, server }
}

/** Header, code and token of an answer in an acknowledgement. */
const acknowledge = (request: Buffer, code: number, rest = ''): Buffer =>
  Buffer.concat([
    Uint8Array.of(0x60 | ((request[0] ?? 0) & 0x0f), code),
    request.subarray(2, 12),
    hex(rest),
  ])

describe('the endpoint', () => {
  it('answers in the acknowledgement, or in a message of its own type', async () => {
    const received = inbox()
    const client = await serve((payload) => received.take(payload) as undefined)
    expect(await ask(client, '42 02 0001 abcd b1 61 ff 01')).toBe('62440001abcd')
    expect(await ask(client, '52 02 0002 abce b1 61 ff 02')).toBe('52440002abce')
    expect(received.payloads.map((payload) => payload.toString('hex'))).toEqual(['01', '02'])
  })

  it.each([
    ['a ping', '40 00 0007', '70000007'],
    ['another path', '41 02 0007 aa b1 62', '61840007aa'],
    ['another method', '41 01 0007 aa b1 61', '61850007aa'],
    ['an observer', '41 01 0007 aa 60 51 61', '61850007aa'],
  ])('is no arrival: %s', async (_what, request, answer) => {
    const client = await serve(() => {
      throw new Error('an arrival')
    })
    expect(await ask(client, request)).toBe(answer)
  })

  it('names the last block in the answer to it (RFC 7959 §2.3)', async () => {
    const received = inbox()
    const client = await serve((payload) => received.take(payload) as undefined)
    const first = `41 02 0001 aa b1 61 d1 03 08 ff ${'62'.repeat(16)}`
    expect(await ask(client, first)).toBe('615f0001aad10e08')
    expect(await ask(client, '41 02 0002 aa b1 61 d1 03 10 ff 63')).toBe('61440002aad10e10')
    expect(received.payloads.map(String)).toEqual([`${'b'.repeat(16)}c`])
  })

  it('takes a message that is sent twice for one, answered or not (RFC 7252 §4.5)', async () => {
    const received = inbox()
    let release = (): void => {}
    const client = await serve((payload) => {
      received.take(payload)
      return received.payloads.length > 1
        ? undefined
        : new Promise((resolve) => {
            release = resolve
          })
    })
    const held = '41 02 0001 aa b1 61 ff 01'
    client.send(hex(held))
    await received.reach(1)
    // Again, before the application is done; the acknowledgement follows by itself.
    expect(await ask(client, held)).toBe('60000001')
    release()
    await client.reach(2)
    expect(client.heard[1]?.toString('hex')).toMatch(/^4144....aa$/)
    const answered = '41 02 0002 ab b1 61 ff 02'
    expect(await ask(client, answered)).toBe('61440002ab')
    expect(await ask(client, answered)).toBe('61440002ab')
    expect(received.payloads.map((payload) => payload.toString('hex'))).toEqual(['01', '02'])
  })

  it('says that its application failed', async () => {
    const client = await serve(() => Promise.reject(new Error('no')))
    expect(await ask(client, '41 02 0001 aa b1 61')).toBe('61a00001aa')
  })
})

describe('the client', () => {
  it('rejects what is answered with another code', async () => {
    const { producer } = await connect((request) => [acknowledge(request, 0x84)])
    const error = await failure(producer.send(binary(1, 1)))
    expectConnectionError(error)
    expect((error as Error).message).toMatch(/^POST \/a at 127.0.0.1:\d+ was answered 4.04$/)
  })

  it('takes an answer in a message of its own, and acknowledges it', async () => {
    const { producer, server } = await connect((request) =>
      request[1] === 0
        ? []
        : [
            Buffer.concat([hex('60 00'), request.subarray(2, 4)]),
            Buffer.concat([hex('48 44 9999'), request.subarray(4, 12)]),
          ],
    )
    await producer.send(binary(1, 1))
    await server.reach(2)
    expect(server.heard[1]?.toString('hex')).toBe('60009999')
  })

  it('sends each block once, though every acknowledgement comes twice', async () => {
    const { producer, server } = await connect((request) => {
      // Uri-Path a, Content-Format 42, Block1 of one byte or two.
      const block = request.subarray(18, request.indexOf(0xff, 18))
      const more = ((block.at(-1) ?? 0) & 8) !== 0
      const header = block.length === 1 ? 'd1 0e' : 'd2 0e'
      const answer = acknowledge(request, more ? 0x5f : 0x44, `${header} ${block.toString('hex')}`)
      return [answer, answer]
    })
    const payload = new Uint8Array(20_000).fill(1)
    await producer.send(payload)
    await producer.send(payload)
    const blocks = 2 * Math.ceil(payload.length / 1024)
    await server.reach(blocks)
    expect(server.heard).toHaveLength(blocks)
    expect(new Set(server.heard.map((datagram) => datagram.toString('hex', 2, 4))).size).toBe(
      blocks,
    )
  })

  it('takes a notification once, and none that is older (RFC 7641 §3.4), but acknowledges all', async () => {
    let isRegistered = false
    const { peer, server } = await connect((request) => {
      if (request[1] !== 1) return []
      if (isRegistered) return [acknowledge(request, 0x45)]
      isRegistered = true
      const notify = (id: string, sequence: string, text: string) =>
        Buffer.concat([
          hex(`48 45 ${id}`),
          request.subarray(4, 12),
          hex(`${sequence} ff ${Buffer.from(text).toString('hex')}`),
        ])
      return [
        acknowledge(request, 0x45, '61 fe'),
        notify('0001', '61 ff', 'first'),
        notify('0001', '61 ff', 'first'),
        notify('0002', '61 fe', 'older'),
        notify('0003', '62 0100', 'second'),
        notify('0004', '63 ffffff', 'far behind'),
        notify('0005', '62 0101', 'third'),
      ]
    }, 'coap-observe')
    const commands = inbox()
    await peer.openConsumer?.(commands.take)
    await commands.reach(3)
    expect(commands.payloads.map(String)).toEqual(['first', 'second', 'third'])
    await server.reach(7)
    expect(server.heard.slice(1).map((datagram) => datagram.toString('hex'))).toEqual([
      '60000001',
      '60000001',
      '60000002',
      '60000003',
      '60000004',
      '60000005',
    ])
    await peer[Symbol.asyncDispose]()
    expect(server.heard).toHaveLength(8)
    expect(server.heard[7]?.toString('hex')).toMatch(/^4801.{20}6101/)
  })

  it('gives up a server that says nothing', async () => {
    const { producer, server } = await connect(() => [], 'coap-non')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => {
      vi.useRealTimers()
    })
    const sending = failure(producer.send(binary(1, 1)))
    for (const heard of [1, 2, 3]) {
      await server.reach(heard)
      vi.advanceTimersByTime(5_000)
    }
    const error = await sending
    expectConnectionError(error)
    expect((error as Error).message).toMatch(
      /^cannot connect to 127.0.0.1:\d+: nothing was heard from it for 15 s/,
    )
    const pings = server.heard.slice(1).map((datagram) => datagram.toString('hex'))
    for (const ping of pings) expect(ping).toMatch(/^4000....$/)
  })

  it('sends a confirmable message again that nobody acknowledges, under the same Message ID', async () => {
    let copies = 0
    const { producer, server } = await connect((request) => {
      const isPing = request[1] === 0
      if (isPing) return []
      copies += 1
      return copies === 1 ? [] : [acknowledge(request, 0x44)]
    })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    // The least of what ACK_RANDOM_FACTOR allows: 10 s.
    const random = vi.spyOn(Math, 'random').mockReturnValue(0)
    onTestFinished(() => {
      vi.useRealTimers()
      random.mockRestore()
    })
    const sending = producer.send(binary(1, 1))
    await server.reach(1)
    vi.advanceTimersByTime(10_000)
    await sending
    const requests = server.heard.filter((datagram) => datagram[1] !== 0)
    expect(requests).toHaveLength(2)
    expect(requests[1]?.equals(requests[0] ?? hex(''))).toBe(true)
  })
})
