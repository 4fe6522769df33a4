import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { InstrumentError } from '../src/model/errors.ts'
import type { Scenario } from '../src/model/scenario/scenario.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { loadTransport, TRANSPORT_IDS } from '../src/transports/registry.ts'
import type {
  ArrivalHandler,
  ConnectContext,
  Endpoint,
  Peer,
  Producer,
  Transport,
} from '../src/transports/transport.ts'

const scenario: Scenario = scenarioSchema.parse({
  name: 'contract',
  title: 'contract',
  payload: { hex: '00' },
})

interface Session {
  readonly endpoint: Endpoint
  readonly peer: Peer
  readonly producer: Producer
  readonly abort: AbortController
  close(): Promise<void>
}

async function open(transport: Transport, onArrival: ArrivalHandler): Promise<Session> {
  const abort = new AbortController()
  const options = transport.parseOptions({})
  const endpoint = await transport.serve(options, {
    scenario,
    host: '127.0.0.1',
    onArrival,
    signal: new AbortController().signal,
  })
  const context = contextOf(endpoint, abort.signal)
  const session = await transport.acquireSession?.(endpoint.address, options, context)
  const peer = await transport.connect(endpoint.address, options, {
    ...context,
    ...(session !== undefined && { session }),
  })
  const producer = await peer.openProducer()
  const close = async (): Promise<void> => {
    await producer[Symbol.asyncDispose]()
    await peer[Symbol.asyncDispose]()
    await endpoint[Symbol.asyncDispose]()
  }
  onTestFinished(close)
  return { endpoint, peer, producer, abort, close }
}

const contextOf = ({ certificate }: Endpoint, signal: AbortSignal): ConnectContext => ({
  scenario,
  signal,
  ...(certificate !== undefined && { certificate }),
})

/** Sends one after the other, whoever drives; resolves when the last is complete. */
async function deliver(producer: Producer, payloads: readonly Uint8Array[]): Promise<number> {
  let completed = 0
  if (producer.kind === 'self-driving') {
    await producer.drive(payloads, process.hrtime.bigint, () => {
      completed += 1
    })
    return completed
  }
  for (const payload of payloads) {
    await producer.send(payload)
    completed += 1
  }
  return completed
}

/** A session with a message under way that the endpoint never answers, and what `send` rejects with. */
async function openHeld(
  transport: Transport,
): Promise<{ session: Session; sending: Promise<unknown> }> {
  const { handle, reach } = arrivals()
  const session = await open(transport, (payload) => {
    handle(payload)
    return new Promise(() => {})
  })
  const sending = failure(
    waitsForArrival(transport)
      ? deliver(session.producer, [binary(14, 1)])
      : sendUntilRejected(session.producer),
  )
  await reach(1)
  return { session, sending }
}

/** Counts arrivals, and lets a test wait for as many as it sent. */
function arrivals(): {
  handle: (payload: Uint8Array) => undefined
  payloads: Buffer[]
  reach(n: number): Promise<void>
} {
  const payloads: Buffer[] = []
  let waiting: { count: number; resolve: () => void } | null = null
  return {
    payloads,
    handle(payload) {
      payloads.push(Buffer.from(payload))
      if (waiting !== null && payloads.length >= waiting.count) waiting.resolve()
      return undefined
    },
    reach: (count) =>
      new Promise((resolve) => {
        if (payloads.length >= count) resolve()
        else waiting = { count, resolve }
      }),
  }
}

/** Bytes of every value in an order that no text has; different for each seed. */
function binary(lengthBytes: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes)
  let state = (seed * 2_654_435_761) >>> 0
  for (let at = 0; at < lengthBytes; at += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}

/** A port of this machine on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function unreachableAddress(endpoint: URL, port: number): URL {
  const address = new URL(endpoint)
  if (address.protocol === 'memory:') address.hostname = 'nobody'
  else address.port = String(port)
  return address
}

/** Without the program that it runs on there is nothing to test; where tools are required, its lack is a failure. */
async function canRun(id: string): Promise<boolean> {
  const transport = await loadTransport(id)
  const missing = (await transport.availability?.(transport.parseOptions({}))) ?? null
  if (missing !== null && process.env.MQTT_VS_HTTP_REQUIRE_TOOLS !== undefined) {
    throw new Error(`${id} ${missing}, and MQTT_VS_HTTP_REQUIRE_TOOLS asks for it`)
  }
  return missing === null
}

/** Those that send readings up, and run here. */
const RUNNABLE: string[] = []
for (const id of TRANSPORT_IDS) {
  const { traits } = await loadTransport(id)
  if (traits.flows.includes('uplink') && (await canRun(id))) RUNNABLE.push(id)
}

/** Whether a message is complete only once the endpoint's application is done with it. */
const waitsForArrival = ({ traits }: Transport): boolean =>
  traits.completion !== 'flushed' && traits.completedBy !== 'broker'

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

function expectConnectionError(error: unknown): void {
  expect(error).toBeInstanceOf(InstrumentError)
  expect(error).toMatchObject({ code: 'connection' })
  expect((error as Error).message).not.toContain('\n')
}

describe.each(RUNNABLE)('%s', (id) => {
  it('has the id and the traits that it is registered under', async () => {
    const transport = await loadTransport(id)
    expect(transport.id).toBe(id)
    expect(transport.title).not.toBe('')
  })

  it('refuses an option that it does not have, by its name', async () => {
    const transport = await loadTransport(id)
    expect(() => transport.parseOptions({ pipelining: 2 })).toThrow(/pipelining.*leave it out/)
  })

  it('delivers payloads of every size once, in order, byte for byte', async () => {
    const transport = await loadTransport(id)
    const received = arrivals()
    const session = await open(transport, received.handle)
    // Around the lengths at which MQTT's Remaining Length grows (§2.2.3), and one
    // that no single read or write carries.
    const { producer } = session
    const opens = producer.kind === 'paced' && producer.connections === 'own'
    expect(opens).toBe(transport.traits.connections === 'own')
    const all = [0, 1, 127, 128, 16_383, 16_384, 1_048_576, 0, 14]
    // An observer fetches what is larger than a block, and the server may have the next by then.
    const most = transport.traits.client === 'libcoap' ? 1_024 : Number.POSITIVE_INFINITY
    const sizes = all.filter((size) => size <= most)
    const payloads = sizes.map((size, seed) => binary(size, seed + 1))
    expect(await deliver(session.producer, payloads)).toBe(payloads.length)
    await received.reach(payloads.length)
    await session.close()
    expect(received.payloads.map((payload) => payload.length)).toEqual(sizes)
    for (const [index, payload] of payloads.entries()) {
      expect(received.payloads[index]?.equals(payload)).toBe(true)
    }
  })

  it('delivers the same object as often as it is sent', async () => {
    const transport = await loadTransport(id)
    const received = arrivals()
    const session = await open(transport, received.handle)
    const [a, b] = [binary(14, 1), binary(15, 2)] as const
    await deliver(session.producer, [a, b, a, b, a])
    await received.reach(5)
    await session.close()
    expect(received.payloads.map((payload) => payload.length)).toEqual([14, 15, 14, 15, 14])
  })

  it('completes as its completion says, when the endpoint holds the message back', async () => {
    const transport = await loadTransport(id)
    let release = (): void => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const steps: string[] = []
    const session = await open(transport, () => {
      steps.push('arrived')
      return waitsForArrival(transport)
        ? // Long enough for an answer that does not wait to come first.
          delay(50).then(() => {
            steps.push('released')
          })
        : released
    })
    await deliver(session.producer, [binary(14, 1)])
    steps.push('completed')
    release()
    // A flush and a broker wait for nobody: had they waited, the release above were never reached.
    if (waitsForArrival(transport)) {
      expect(steps).toEqual(['arrived', 'released', 'completed'])
    }
  })

  it('rejects what is in flight when the endpoint vanishes', async () => {
    const transport = await loadTransport(id)
    const { session, sending } = await openHeld(transport)
    await session.endpoint[Symbol.asyncDispose]()
    expectConnectionError(await sending)
    expectConnectionError(await failure(deliver(session.producer, [binary(14, 2)])))
  })

  it('rejects what is in flight when it is disposed itself', async () => {
    const transport = await loadTransport(id)
    const { session, sending } = await openHeld(transport)
    await session.peer[Symbol.asyncDispose]()
    expectConnectionError(await sending)
  })

  it('says where it found nobody', async () => {
    const transport = await loadTransport(id)
    const session = await open(transport, () => undefined)
    const address = unreachableAddress(session.endpoint.address, await closedPort())
    const error = await failure(
      (async () => {
        const context = contextOf(session.endpoint, new AbortController().signal)
        const peer = await transport.connect(address, transport.parseOptions({}), context)
        onTestFinished(() => peer[Symbol.asyncDispose]())
        // What opens a connection for each message finds out with the first.
        await deliver(await peer.openProducer(), [binary(14, 1), binary(14, 2), binary(14, 3)])
      })(),
    )
    expectConnectionError(error)
    expect((error as Error).message).toMatch(/^cannot connect to /)
    expect((error as Error).message).toContain(address.host)
  })

  it("refuses another protocol's address", async () => {
    const transport = await loadTransport(id)
    const { signal } = new AbortController()
    const connecting = transport.connect(new URL('gopher://127.0.0.1:70'), {}, { scenario, signal })
    expect(await failure(connecting)).toMatchObject({ code: 'usage' })
  })

  it('neither serves nor connects once the signal is aborted', async () => {
    const transport = await loadTransport(id)
    const session = await open(transport, () => undefined)
    const reason = new InstrumentError('stopped', 'stopped by SIGINT')
    const signal = AbortSignal.abort(reason)
    const connecting = transport.connect(session.endpoint.address, {}, { scenario, signal })
    expect(await failure(connecting)).toBe(reason)
    const host = '127.0.0.1'
    const serving = transport.serve({}, { scenario, host, onArrival: () => undefined, signal })
    expect(await failure(serving)).toBe(reason)
  })

  it('rejects what is in flight with the reason of the signal', async () => {
    const transport = await loadTransport(id)
    const { session, sending } = await openHeld(transport)
    const reason = new InstrumentError('deadline', 'was not done within 1 s')
    session.abort.abort(reason)
    expect(await sending).toBe(reason)
  })

  it('may be disposed twice, and at the same time', async () => {
    const transport = await loadTransport(id)
    const session = await open(transport, () => undefined)
    await deliver(session.producer, [binary(14, 1)])
    await Promise.all([session.close(), session.close()])
    await session.close()
  })

  it('may be disposed before anything was sent', async () => {
    const transport = await loadTransport(id)
    const session = await open(transport, () => undefined)
    await session.close()
    expectConnectionError(await failure(deliver(session.producer, [binary(14, 1)])))
  })

  it('answers a keep-alive where it has one, between messages', async () => {
    const transport = await loadTransport(id)
    const received = arrivals()
    const { peer, producer } = await open(transport, received.handle)
    if (peer.keepAlive === undefined) return
    await deliver(producer, [binary(14, 1)])
    await peer.keepAlive()
    await peer.keepAlive()
    await deliver(producer, [binary(14, 2)])
    await received.reach(2)
  })

  it('sets TCP_NODELAY on both ends of the connection', async () => {
    const transport = await loadTransport(id)
    const { protocol } = transport.traits
    if (protocol === 'none' || protocol.startsWith('coap')) return
    const probe = createServer().listen(0, '127.0.0.1')
    await once(probe, 'listening')
    const { _handle: handle } = probe as unknown as { _handle: { constructor: { prototype: Tcp } } }
    const { prototype } = handle.constructor
    probe.close()
    const { setNoDelay } = prototype
    const withoutDelay = new Set<Tcp>()
    prototype.setNoDelay = function (this: Tcp, enable) {
      if (enable) withoutDelay.add(this)
      return setNoDelay.call(this, enable)
    }
    onTestFinished(() => {
      prototype.setNoDelay = setNoDelay
    })
    const session = await open(transport, () => undefined)
    await deliver(session.producer, [binary(14, 1)])
    expect(withoutDelay.size).toBeGreaterThan(0)
    // Where the other end is a program beside this one, there are those of this end alone.
    if (transport.traits.needs === undefined) expect(withoutDelay.size % 2).toBe(0)
  })

  it('refuses a certificate that it was not told to trust', async () => {
    const transport = await loadTransport(id)
    // CoAP has a key that both ends share, and no certificate.
    if (!transport.traits.secure || transport.traits.protocol === 'coap') return
    const received = arrivals()
    const { endpoint } = await open(transport, received.handle)
    const { signal } = new AbortController()
    const error = await failure(
      (async () => {
        const options = transport.parseOptions({})
        const peer = await transport.connect(endpoint.address, options, { scenario, signal })
        onTestFinished(() => peer[Symbol.asyncDispose]())
        await deliver(await peer.openProducer(), [binary(14, 1)])
      })(),
    )
    expect(error).toBeInstanceOf(InstrumentError)
    expect(error).toMatchObject({ code: 'refused' })
    expect((error as Error).message).toContain('certificate')
    expect(received.payloads).toEqual([])
  })

  it('leaves nothing open', async () => {
    const transport = await loadTransport(id)
    const session = async (): Promise<void> => {
      const { producer, close } = await open(transport, () => undefined)
      await deliver(producer, [binary(14, 1), binary(15, 2)])
      await close()
    }
    // The first brings in what the libraries keep for the life of the process.
    await session()
    await untilOpen((count) => count === 0)
    await session()
    await untilOpen((count) => count === 0)
  })
})

interface Tcp {
  setNoDelay(enable: boolean): number
}

/** For a producer that does not wait: it notices that the endpoint is gone some messages later. */
async function sendUntilRejected(producer: Producer): Promise<void> {
  while (true) {
    await deliver(producer, [binary(14, 1)])
    await nextTurn()
  }
}

/** A handle is let go of some turns of the event loop after its `close`. */
async function untilOpen(isIt: (count: number) => boolean): Promise<void> {
  const count = (): number =>
    process
      .getActiveResourcesInfo()
      .filter((name) => /^TCP|^UDP|^Pipe.*Connect|^GetAddrInfo/.test(name)).length
  while (!isIt(count())) await nextTurn()
}
