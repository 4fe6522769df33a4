import { describe, expect, it, onTestFinished } from 'vitest'
import { InstrumentError } from '../src/model/errors.ts'
import { type Scenario, scenarioSchema } from '../src/model/scenario/scenario.ts'
import { loadTransport } from '../src/transports/registry.ts'
import type { PacedProducer, Peer } from '../src/transports/transport.ts'
import {
  binary,
  expectConnectionError,
  failure,
  inbox,
  runnableTransports,
  untilNothingIsOpen,
} from './support/transports.ts'

/** What every transport with the `fanout` flow promises: one publisher, each message to each subscriber. */

const scenario = scenarioSchema.parse({
  name: 'contract',
  title: 'contract',
  flow: 'fanout',
  subscribers: 3,
  payload: { hex: '00' },
})

const named = (clientId: string): Scenario => ({
  ...scenario,
  mqtt: { ...scenario.mqtt, clientId },
})

interface Subscriber {
  readonly peer: Peer
  readonly inbox: ReturnType<typeof inbox>
}

async function open(id: string, given: object) {
  const transport = await loadTransport(id)
  const options = transport.parseOptions(given)
  const abort = new AbortController()
  const { signal } = abort
  const endpoint = await transport.serve(options, {
    scenario,
    host: '127.0.0.1',
    onArrival: () => {
      throw new Error('what is for subscribers is no arrival at the endpoint')
    },
    signal: new AbortController().signal,
  })
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  const { address, certificate } = endpoint
  const connect = async (clientId: string): Promise<Peer> => {
    const context = {
      scenario: named(clientId),
      signal,
      ...(certificate !== undefined && { certificate }),
    }
    const session = await transport.acquireSession?.(address, options, context)
    const peer = await transport.connect(address, options, {
      ...context,
      ...(session !== undefined && { session }),
    })
    onTestFinished(() => peer[Symbol.asyncDispose]())
    return peer
  }
  const subscribers: Subscriber[] = []
  for (const number of [1, 2, 3]) {
    const peer = await connect(`sensor-0001-s000${number}`)
    const received = inbox()
    const consumer = await peer.openConsumer?.(received.take)
    if (consumer === undefined) throw new Error(`${id} consumes nothing`)
    onTestFinished(() => consumer[Symbol.asyncDispose]())
    subscribers.push({ peer, inbox: received })
  }
  const publisher = await connect('sensor-0001')
  const producer = await publisher.openProducer()
  if (producer.kind !== 'paced') throw new Error(`${id} paces itself`)
  const close = async (): Promise<void> => {
    await producer[Symbol.asyncDispose]()
    await publisher[Symbol.asyncDispose]()
    for (const { peer } of subscribers) await peer[Symbol.asyncDispose]()
    await endpoint[Symbol.asyncDispose]()
  }
  return { endpoint, abort, subscribers, producer, close }
}

const allReach = (subscribers: readonly Subscriber[], count: number) =>
  Promise.all(subscribers.map(({ inbox: received }) => received.reach(count)))

function expectSame(received: readonly Buffer[], sent: readonly Uint8Array[]): void {
  expect(received).toHaveLength(sent.length)
  for (const [index, payload] of sent.entries()) {
    expect(received[index]?.equals(payload), `message ${index}`).toBe(true)
  }
}

/** Every transport as it is, and those that run on a broker of choice on the other one too. */
async function variants(): Promise<[name: string, id: string, options: object][]> {
  const ids = await runnableTransports('fanout')
  const found: [string, string, object][] = ids.map((id) => [id, id, {}])
  for (const id of ids) {
    const transport = await loadTransport(id)
    if (!transport.optionNames?.includes('broker')) continue
    const options = { broker: 'mosquitto' }
    const missing = await transport.availability?.(transport.parseOptions(options))
    if (missing === null) found.push([`${id} on mosquitto`, id, options])
  }
  return found
}

describe.each(await variants())('%s', (_name, id, options) => {
  it('hands each message once to each subscriber, in order, byte for byte', async () => {
    const { subscribers, producer, close } = await open(id, options)
    const sizes = [14, 0, 1, 127, 128, 16_383, 16_384, 1_048_576, 14]
    const payloads = sizes.map((size, seed) => binary(size, seed + 1))
    payloads.push(Buffer.from('溫度：25°C\r\n\n'))
    for (const [index, payload] of payloads.entries()) {
      await producer.send(payload)
      await allReach(subscribers, index + 1)
    }
    await close()
    for (const { inbox: received } of subscribers) expectSame(received.payloads, payloads)
  })

  it('keeps the order of messages that are sent at once', async () => {
    const { subscribers, producer, close } = await open(id, options)
    const payloads = Array.from({ length: 20 }, (_, index) => binary(14, index))
    await Promise.all(payloads.map((payload) => producer.send(payload)))
    await allReach(subscribers, payloads.length)
    await close()
    for (const { inbox: received } of subscribers) expectSame(received.payloads, payloads)
  })

  it('goes on when one of the subscribers leaves, which gets no more', async () => {
    const { subscribers, producer, close } = await open(id, options)
    const [first, ...others] = subscribers
    const payloads = [1, 2, 3].map((seed) => binary(14, seed))
    await producer.send(payloads[0] as Uint8Array)
    await allReach(subscribers, 1)
    await first?.peer[Symbol.asyncDispose]()
    for (const payload of payloads.slice(1)) await producer.send(payload)
    await allReach(others, 3)
    await close()
    expectSame(first?.inbox.payloads ?? [], payloads.slice(0, 1))
    for (const { inbox: received } of others) expectSame(received.payloads, payloads)
  })

  it('rejects what is published once the endpoint has vanished', async () => {
    const { endpoint, subscribers, producer } = await open(id, options)
    await producer.send(binary(14, 1))
    await allReach(subscribers, 1)
    await endpoint[Symbol.asyncDispose]()
    // What is only flushed notices some messages later.
    const untilRejected = async (): Promise<void> => {
      while (true) {
        await producer.send(binary(14, 2))
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    expectConnectionError(await failure(untilRejected()))
  })

  it('rejects with the reason of the signal, also who wants to subscribe then', async () => {
    const { abort, subscribers, producer } = await open(id, options)
    const reason = new InstrumentError('deadline', 'was not done within 1 s')
    abort.abort(reason)
    expect(await failure((producer as PacedProducer).send(binary(14, 1)))).toBe(reason)
    const late = subscribers[0]?.peer.openConsumer?.(() => {})
    expect(await failure(late ?? Promise.resolve())).toBe(reason)
  })

  it('leaves nothing open', async () => {
    const session = async (): Promise<void> => {
      const { subscribers, producer, close } = await open(id, options)
      await producer.send(binary(14, 1))
      await allReach(subscribers, 1)
      await close()
    }
    // The first brings in what the libraries keep for the life of the process.
    await session()
    await untilNothingIsOpen()
    await session()
    await untilNothingIsOpen()
  })
})
