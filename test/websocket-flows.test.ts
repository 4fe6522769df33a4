import { describe, expect, it, onTestFinished } from 'vitest'
import { type ScenarioInput, scenarioSchema } from '../src/model/scenario/scenario.ts'
import type { Flow } from '../src/model/vocabulary.ts'
import { loadTransport } from '../src/transports/registry.ts'
import type { Peer, Producer, ServeContext } from '../src/transports/transport.ts'

/** Payloads that no text has, an empty one among them, in an order that shows. */
const PAYLOADS = [
  Buffer.from('21'),
  Buffer.alloc(0),
  Buffer.from([0, 255, 128, 10]),
  Buffer.alloc(70_000, 7),
  Buffer.from('22'),
]

const inHex = (payloads: readonly Uint8Array[]): string[] =>
  payloads.map((payload) => Buffer.from(payload).toString('hex'))

/** Keeps what arrives, and lets a test wait for as much as was sent. */
class Inbox {
  readonly payloads: Buffer[] = []
  #notify = (): void => {}

  readonly take = (payload: Uint8Array): void => {
    this.payloads.push(Buffer.from(payload))
    this.#notify()
  }

  async reach(count: number): Promise<string[]> {
    while (this.payloads.length < count) {
      await new Promise<void>((resolve) => {
        this.#notify = resolve
      })
    }
    return inHex(this.payloads)
  }
}

async function open(id: string, flow: Flow, input: Partial<ScenarioInput> = {}) {
  const scenario = scenarioSchema.parse({
    name: 'flow',
    title: 'flow',
    flow,
    payload: { text: '' },
    ...input,
  })
  const transport = await loadTransport(id)
  const { signal } = new AbortController()
  const options = transport.parseOptions({})
  const arrived = new Inbox()
  const onArrival: ServeContext['onArrival'] = (payload) => {
    arrived.take(payload)
    return undefined
  }
  const endpoint = await transport.serve(options, {
    scenario,
    host: '127.0.0.1',
    onArrival,
    signal,
  })
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  const context = { scenario, signal }
  return {
    endpoint,
    arrived,
    async connect(): Promise<Peer> {
      const peer = await transport.connect(endpoint.address, options, context)
      onTestFinished(() => peer[Symbol.asyncDispose]())
      return peer
    },
    async connectApp() {
      const app = await transport.connectApp?.(endpoint.address, options, context)
      if (app === undefined) throw new Error(`${id} has no app`)
      onTestFinished(() => app[Symbol.asyncDispose]())
      return app
    },
  }
}

async function send(producer: Producer, payload: Uint8Array): Promise<void> {
  if (producer.kind !== 'paced') throw new Error('drives itself')
  await producer.send(payload)
}

describe.each(['websocket', 'socketio'])('a roundtrip on %s', (id) => {
  it('brings commands to the device and states to the app, in order and as they were sent', async () => {
    const { connect, connectApp, arrived } = await open(id, 'roundtrip')
    const device = await connect()
    const app = await connectApp()
    const [commands, states] = [new Inbox(), new Inbox()]
    app.onState = states.take
    await device.openConsumer?.(commands.take)
    const producer = await device.openProducer()

    for (const payload of PAYLOADS) await app.command(payload)
    expect(await commands.reach(PAYLOADS.length)).toEqual(inHex(PAYLOADS))

    const reported = PAYLOADS.toReversed()
    for (const payload of reported) await send(producer, payload)
    expect(await states.reach(PAYLOADS.length)).toEqual(inHex(reported))

    // Nothing came down that the device does not know what to do with.
    const waited = device.keepAlive?.()
    await app.endWait?.()
    await waited
    // Neither hears itself, and what is for another client is no arrival.
    expect(commands.payloads.length).toBe(PAYLOADS.length)
    expect(states.payloads.length).toBe(PAYLOADS.length)
    expect(arrived.payloads).toEqual([])
  })

  it('keeps the order when all are sent at once', async () => {
    const { connect, connectApp } = await open(id, 'roundtrip')
    const device = await connect()
    const app = await connectApp()
    const [commands, states] = [new Inbox(), new Inbox()]
    app.onState = states.take
    const producer = await device.openProducer()
    // The device acts on each command: it reports it back.
    await device.openConsumer?.((payload) => {
      commands.take(payload)
      send(producer, payload).catch(() => {})
    })
    const payloads = Array.from({ length: 200 }, (_, index) => Buffer.from(String(index)))
    await Promise.all(payloads.map((payload) => app.command(payload)))
    expect(await states.reach(payloads.length)).toEqual(inHex(payloads))
    expect(await commands.reach(payloads.length)).toEqual(inHex(payloads))
  })

  it('delivers nothing to a consumer that was disposed', async () => {
    const { connect, connectApp } = await open(id, 'roundtrip')
    const device = await connect()
    const app = await connectApp()
    const [first, second] = [new Inbox(), new Inbox()]
    const consumer = await device.openConsumer?.(first.take)
    await app.command(Buffer.from('1'))
    await first.reach(1)
    await consumer?.[Symbol.asyncDispose]()
    await device.openConsumer?.(second.take)
    await app.command(Buffer.from('2'))
    expect(await second.reach(1)).toEqual(inHex([Buffer.from('2')]))
    expect(first.payloads.length).toBe(1)
  })

  it('fails a command when the endpoint vanishes', async () => {
    const { connect, connectApp, endpoint } = await open(id, 'roundtrip')
    await connect()
    const app = await connectApp()
    await endpoint[Symbol.asyncDispose]()
    await expect(app.command(Buffer.from('1'))).rejects.toMatchObject({ code: 'connection' })
  })
})

describe('a roundtrip on websocket', () => {
  it('has the role in the path, with the query behind it', async () => {
    const { connect, connectApp, endpoint } = await open('websocket', 'roundtrip', {
      path: '/a?b=c',
    })
    expect(endpoint.address.href).toMatch(/\/a\?b=c$/)
    const device = await connect()
    const commands = new Inbox()
    await device.openConsumer?.(commands.take)
    const app = await connectApp()
    await app.command(Buffer.from('21'))
    expect(await commands.reach(1)).toEqual(inHex([Buffer.from('21')]))
  })
})

describe('a fan-out on socketio', () => {
  it('brings each message to every subscriber, in order, and not back to the publisher', async () => {
    const { connect, arrived } = await open('socketio', 'fanout')
    const inboxes = [new Inbox(), new Inbox(), new Inbox()]
    for (const inbox of inboxes) await (await connect()).openConsumer?.(inbox.take)
    const publisher = await connect()
    const own = new Inbox()
    await publisher.openConsumer?.(own.take)
    const producer = await publisher.openProducer()
    for (const payload of PAYLOADS) await send(producer, payload)
    for (const inbox of inboxes) {
      expect(await inbox.reach(PAYLOADS.length)).toEqual(inHex(PAYLOADS))
    }
    expect(arrived.payloads).toEqual([])
    expect(own.payloads).toEqual([])
  })
})

describe('what is refused', () => {
  it('a WebSocket on another path', async () => {
    const { endpoint } = await open('websocket', 'uplink')
    expect(endpoint.address.pathname).toBe('/sensors/temp')
    const transport = await loadTransport('websocket')
    const scenario = scenarioSchema.parse({ name: 'a', title: 'a', payload: { text: '' } })
    const { signal } = new AbortController()
    await expect(
      transport.connect(new URL('/elsewhere', endpoint.address), {}, { scenario, signal }),
    ).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('404') })
  })

  it('an event that Socket.IO keeps for itself', async () => {
    const { connect } = await open('socketio', 'uplink', { topic: 'disconnect' })
    await expect(connect()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('topic: disconnect'),
    })
  })
})
