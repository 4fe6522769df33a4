import { describe, expect, it, onTestFinished } from 'vitest'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import type { LedgerEntry } from '../src/model/wire/ledger.ts'
import { loadTransport } from '../src/transports/registry.ts'
import type { Endpoint } from '../src/transports/transport.ts'
import { ByteAccount } from '../src/wire/account/byte-account.ts'
import { openUdpRelay } from '../src/wire/relay/udp-relay.ts'
import { Datagrams } from './support/datagrams.ts'
import { hex } from './support/dissection.ts'
import { binary, inbox } from './support/transports.ts'

/** What `command-contract.test.ts` cannot see: the bytes on the device's link, and what the server sends when. */

const scenario = scenarioSchema.parse({
  name: 'observe',
  title: 'observe',
  flow: 'roundtrip',
  path: '/ac',
  payload: { text: '{ "temp": 25 }', contentType: 'application/json' },
})
const { signal } = new AbortController()

async function serve(): Promise<Endpoint> {
  const transport = await loadTransport('coap-observe')
  const onArrival = (): never => {
    throw new Error('an arrival')
  }
  const endpoint = await transport.serve({}, { scenario, host: '127.0.0.1', onArrival, signal })
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  return endpoint
}

/** Commands of these sizes to a device that reports each as its state, through a relay. */
async function run(sizes: readonly number[]) {
  const transport = await loadTransport('coap-observe')
  const endpoint = await serve()
  const account = new ByteAccount(transport.traits)
  const relay = await openUdpRelay({
    target: { host: '127.0.0.1', port: Number(endpoint.address.port) },
    openTap: () => account.openTap(),
    signal,
  })
  onTestFinished(() => relay[Symbol.asyncDispose]())
  const address = new URL(endpoint.address)
  address.port = String(relay.address.port)
  const peer = await transport.connect(address, {}, { scenario, signal })
  onTestFinished(() => peer[Symbol.asyncDispose]())
  const app = await transport.connectApp?.(endpoint.address, {}, { scenario, signal })
  if (app === undefined) throw new Error('no app')
  onTestFinished(() => app[Symbol.asyncDispose]())
  const [commands, states] = [inbox(), inbox()]
  app.onState = states.take
  const producer = await peer.openProducer()
  if (producer.kind !== 'paced') throw new Error('paces itself')
  const reports: Promise<void>[] = []
  await peer.openConsumer?.((payload) => {
    commands.take(payload)
    reports.push(producer.send(Uint8Array.from(payload)))
  })
  const sent = sizes.map((size, seed) => Buffer.from(binary(size, seed)))
  for (const [index, payload] of sent.entries()) {
    await app.command(payload)
    await states.reach(index + 1)
  }
  await Promise.all(reports)
  await peer.keepAlive?.()
  await peer[Symbol.asyncDispose]()
  await relay.drained()
  expect(commands.payloads).toEqual(sent)
  expect(states.payloads).toEqual(sent)
  const settled = account.settle(relay.totals())
  return { ...settled, messages: account.messages, payloadBytes: account.payloadBytes }
}

const wireOf = (ledger: readonly LedgerEntry[]): string[] =>
  ledger
    .filter(({ layer }) => layer !== 'network')
    .map(({ phase, direction, layer, bytes }) => `${phase} ${direction} ${layer} ${bytes}`)

describe('a device that observes its commands', () => {
  it('takes 20 in order, and every byte of its link has its place', async () => {
    const { ledger, messages, payloadBytes, exchange, roundTrips } = await run(Array(20).fill(14))
    expect([messages, payloadBytes]).toEqual([40, 40 * 14])
    expect(wireOf(ledger)).toEqual([
      // Header 4, token 8, Observe 1, Uri-Path ac and set 3 + 4; answered with Observe 1.
      'setup up control 20',
      'setup down control 14',
      // A state: header and token 12, Uri-Path ac and state 3 + 6, Content-Format 2, marker 1.
      `steady up payload ${20 * 14}`,
      `steady up framing ${20 * 24}`,
      `steady up acknowledgement ${20 * 4}`,
      // A notification: header and token 12, Observe 2, marker 1.
      `steady down payload ${20 * 14}`,
      `steady down framing ${20 * 15}`,
      `steady down acknowledgement ${20 * 12}`,
      'idle up control 20',
      'idle down control 14',
      'close up control 21',
      'close down control 12',
    ])
    expect(exchange.map(({ label }) => label)).toEqual([
      'GET register',
      'response',
      'notification',
      'ACK',
      'POST',
      'response',
      ...exchange.slice(6).map(({ label }) => label),
    ])
    expect(exchange.slice(-4).map(({ label }) => label)).toEqual([
      'GET register again',
      'response',
      'GET deregister',
      'response',
    ])
    expect(roundTrips).toMatchObject({ setup: 1, steady: 20, idle: 1, close: 1 })
  })

  it('gets a command of several blocks as one message, and so does the app its state', async () => {
    const { messages, payloadBytes } = await run([0, 1024, 1025, 5000, 3])
    expect([messages, payloadBytes]).toEqual([10, 2 * (1024 + 1025 + 5000 + 3)])
  })

  it('takes the same bytes in every run', async () => {
    const [first, second] = [await run([14, 2000, 14]), await run([14, 2000, 14])]
    expect(second.ledger).toEqual(first.ledger)
  })
})

describe('the server', () => {
  const REGISTER = hex('41 01 0001 aa 60 52 6163 03 736574')
  const post = (id: string, payload: string) =>
    hex(`41 02 ${id} bb b2 6163 03 736574 ff ${payload}`)

  async function observe(): Promise<Datagrams> {
    const endpoint = await serve()
    const client = await Datagrams.dial(Number(endpoint.address.port))
    onTestFinished(() => client[Symbol.asyncDispose]())
    client.send(REGISTER)
    await client.reach(1)
    expect(client.heard[0]?.toString('hex')).toBe('61450001aa6101')
    return client
  }

  /** A ping is answered at once: whatever had to be sent before it is here when it is. */
  async function settle(client: Datagrams, id: string): Promise<void> {
    client.send(hex(`40 00 ${id}`))
    while (!client.heard.some((datagram) => datagram.equals(hex(`70 00 ${id}`)))) {
      await client.reach(client.heard.length + 1)
    }
  }

  const notificationsOf = (client: Datagrams): Buffer[] =>
    client.heard.filter((datagram) => datagram[0] === 0x41 && datagram[1] === 0x45)

  const payloadOf = (datagram: Buffer | undefined): string | undefined =>
    datagram?.toString('hex').split('ff').at(-1)

  it('sends the next notification when the last is acknowledged (RFC 7252 §4.7)', async () => {
    const client = await observe()
    client.send(post('0002', '01'))
    client.send(post('0003', '02'))
    await settle(client, '0004')
    await settle(client, '0005')
    const [first, ...others] = notificationsOf(client)
    expect([payloadOf(first), others]).toEqual(['01', []])
    client.send(Buffer.concat([hex('60 00'), first?.subarray(2, 4) ?? hex('')]))
    while (notificationsOf(client).length < 2) await client.reach(client.heard.length + 1)
    expect(payloadOf(notificationsOf(client)[1])).toBe('02')
  })

  it('notifies nobody who has said by a reset that it is not interested (RFC 7641 §3.6)', async () => {
    const client = await observe()
    client.send(post('0002', '01'))
    while (notificationsOf(client).length < 1) await client.reach(client.heard.length + 1)
    const [first] = notificationsOf(client)
    client.send(Buffer.concat([hex('70 00'), first?.subarray(2, 4) ?? hex('')]))
    await settle(client, '0003')
    client.send(post('0004', '02'))
    await settle(client, '0005')
    await settle(client, '0006')
    expect(notificationsOf(client)).toHaveLength(1)
  })

  it.each([
    ['another resource', '41 01 0002 bb 60 51 78', '61840002bb'],
    ['a post to it', '41 02 0002 bb b1 78', '61840002bb'],
    ['another method', '41 04 0002 bb b2 6163 03 736574', '61850002bb'],
    ['a block that nobody has begun', '41 01 0002 bb b2 6163 03 736574 c1 16', '61800002bb'],
    ['a state that is not kept', '41 01 0002 bb b2 6163 03 736574', '61450002bb'],
  ])('answers %s', async (_what, request, answer) => {
    const client = await observe()
    client.send(hex(request))
    await client.reach(2)
    expect(client.heard[1]?.toString('hex')).toBe(answer)
  })
})
