import { describe, expect, it, onTestFinished } from 'vitest'
import { InstrumentError } from '../src/model/errors.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { loadTransport } from '../src/transports/registry.ts'
import type {
  App,
  ConnectContext,
  Endpoint,
  PacedProducer,
  Peer,
  Transport,
} from '../src/transports/transport.ts'
import {
  binary,
  closedPort,
  expectConnectionError,
  failure,
  inbox,
  runnableTransports,
  untilNothingIsOpen,
} from './support/transports.ts'

/** What every transport with the `roundtrip` flow promises: app → device → app. */

const scenario = scenarioSchema.parse({
  name: 'contract',
  title: 'contract',
  flow: 'roundtrip',
  topic: 'home/ac',
  path: '/home/ac',
  payload: { hex: '00' },
})

interface Roundtrip {
  readonly endpoint: Endpoint
  readonly peer: Peer
  readonly states: PacedProducer
  readonly app: App
  readonly abort: AbortController
  /** Sends a command; where the device has to ask for it, it does. */
  command(payload: Uint8Array): Promise<void>
  close(): Promise<void>
}

const contextOf = ({ certificate }: Endpoint, signal: AbortSignal): ConnectContext => ({
  scenario,
  signal,
  ...(certificate !== undefined && { certificate }),
})

async function serve(transport: Transport): Promise<Endpoint> {
  const endpoint = await transport.serve(transport.parseOptions({}), {
    scenario,
    host: '127.0.0.1',
    onArrival: () => {
      throw new Error('a command or a state is no arrival at the endpoint')
    },
    signal: new AbortController().signal,
  })
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  return endpoint
}

async function connectApp(transport: Transport, address: URL, context: ConnectContext) {
  const app = await transport.connectApp?.(address, transport.parseOptions({}), context)
  if (app === undefined) throw new Error(`${transport.id} has no app`)
  onTestFinished(() => app[Symbol.asyncDispose]())
  return app
}

/** Everybody connected: the device listens, the app sees states. */
async function open(
  id: string,
  onCommand: (payload: Uint8Array, states: PacedProducer) => void,
): Promise<Roundtrip> {
  const transport = await loadTransport(id)
  const abort = new AbortController()
  const endpoint = await serve(transport)
  const context = contextOf(endpoint, abort.signal)
  const options = transport.parseOptions({})
  const session = await transport.acquireSession?.(endpoint.address, options, context)
  const peer = await transport.connect(endpoint.address, options, {
    ...context,
    ...(session !== undefined && { session }),
  })
  onTestFinished(() => peer[Symbol.asyncDispose]())
  const app = await connectApp(transport, endpoint.address, context)
  const states = await peer.openProducer()
  if (states.kind !== 'paced') throw new Error(`${id} paces itself`)
  const consumer = await peer.openConsumer?.((payload) => onCommand(payload, states))
  if (consumer === undefined) throw new Error(`${id} consumes nothing`)
  const command = async (payload: Uint8Array): Promise<void> => {
    await app.command(payload)
    await peer.poll?.()
  }
  const close = async (): Promise<void> => {
    await consumer[Symbol.asyncDispose]()
    await peer[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
    await endpoint[Symbol.asyncDispose]()
  }
  return { endpoint, peer, states, app, abort, command, close }
}

/** A device that reports each command as its state. */
async function openEchoing(id: string) {
  const commands = inbox()
  const states = inbox()
  const reports: Promise<void>[] = []
  const roundtrip = await open(id, (payload, producer) => {
    commands.take(payload)
    const report = producer.send(Uint8Array.from(payload))
    report.catch(() => {})
    reports.push(report)
  })
  roundtrip.app.onState = states.take
  return { ...roundtrip, commands, arrived: states, reports }
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

describe.each(await runnableTransports('roundtrip'))('%s', (id) => {
  it('carries commands to the device and states to the app, in order, as they were sent', async () => {
    const { command, commands, arrived, reports, close } = await openEchoing(id)
    const payloads = Array.from({ length: 20 }, (_, index) => text(`{ "target": ${10 + index} }`))
    for (const [index, payload] of payloads.entries()) {
      await command(payload)
      await arrived.reach(index + 1)
    }
    await Promise.all(reports)
    await close()
    expect(commands.payloads.map(String)).toEqual(payloads.map((each) => String(Buffer.from(each))))
    expect(arrived.payloads).toEqual(commands.payloads)
  })

  it('carries payloads of every size and any bytes', async () => {
    const { command, commands, arrived, close } = await openEchoing(id)
    const sizes = [0, 1, 127, 128, 16_383, 16_384, 1_048_576, 0, 14]
    const payloads = [
      ...sizes.map((size, seed) => binary(size, seed + 1)),
      text('several\nlines\n\nof text'),
      text('ends in CR\r'),
      text('\r\n'),
      text(' 溫度：25°C'),
      text('data: 1\n\ndata: 2'),
      text('\ufeff'),
    ]
    for (const [index, payload] of payloads.entries()) {
      await command(payload)
      await arrived.reach(index + 1)
    }
    await close()
    for (const [index, payload] of payloads.entries()) {
      expect(commands.payloads[index]?.equals(payload), `command ${index}`).toBe(true)
      expect(arrived.payloads[index]?.equals(payload), `state ${index}`).toBe(true)
    }
  })

  it('keeps the order of commands that are sent at once', async () => {
    const { app, peer, commands, close } = await openEchoing(id)
    const payloads = Array.from({ length: 10 }, (_, index) => binary(14, index))
    await Promise.all(payloads.map((payload) => app.command(payload)))
    if (peer.poll !== undefined) for (const _ of payloads) await peer.poll()
    await commands.reach(payloads.length)
    await close()
    for (const [index, payload] of payloads.entries()) {
      expect(commands.payloads[index]?.equals(payload)).toBe(true)
    }
  })

  it('lets the device report without having been commanded', async () => {
    const { states, arrived, close } = await openEchoing(id)
    await states.send(text('by hand'))
    await arrived.reach(1)
    await close()
    expect(arrived.payloads.map(String)).toEqual(['by hand'])
  })

  it('has a waiting exchange that changes nothing', async () => {
    const { peer, app, command, commands, arrived, close } = await openEchoing(id)
    const waitOnce = async (): Promise<void> => {
      const waited = peer.keepAlive?.()
      await app.endWait?.()
      await waited
    }
    await waitOnce()
    await command(text('first'))
    await arrived.reach(1)
    await waitOnce()
    await waitOnce()
    await command(text('second'))
    await arrived.reach(2)
    await close()
    expect(commands.payloads.map(String)).toEqual(['first', 'second'])
  })

  it('says how its device waits', async () => {
    const transport = await loadTransport(id)
    const waiting = transport.waiting?.(transport.parseOptions({}), scenario)
    const { peer, close } = await openEchoing(id)
    expect(waiting?.delivery === 'polled').toBe(peer.poll !== undefined)
    expect(waiting?.everyS === null || waiting === undefined).toBe(peer.keepAlive === undefined)
    await close()
  })

  it('rejects what either side sends once the endpoint has vanished', async () => {
    const { endpoint, states, command, app } = await openEchoing(id)
    await command(text('before'))
    await endpoint[Symbol.asyncDispose]()
    // What is only flushed notices some messages later.
    const untilRejected = async (send: () => Promise<void>): Promise<void> => {
      while (true) {
        await send()
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    expectConnectionError(await failure(untilRejected(() => app.command(text('after')))))
    expectConnectionError(await failure(untilRejected(() => states.send(text('after')))))
  })

  it('rejects with the reason of the signal', async () => {
    const { abort, states, app, peer } = await openEchoing(id)
    const reason = new InstrumentError('deadline', 'was not done within 1 s')
    abort.abort(reason)
    expect(await failure(app.command(text('late')))).toBe(reason)
    expect(await failure(states.send(text('late')))).toBe(reason)
    if (peer.poll !== undefined) expect(await failure(peer.poll())).toBe(reason)
    if (peer.keepAlive !== undefined) expect(await failure(peer.keepAlive())).toBe(reason)
  })

  it('may be disposed twice, and at the same time, on all sides', async () => {
    const { close, command } = await openEchoing(id)
    await command(text('one'))
    await Promise.all([close(), close()])
    await close()
  })

  it('does not connect an app once the signal is aborted, or to another protocol, or to nobody', async () => {
    const transport = await loadTransport(id)
    const endpoint = await serve(transport)
    const reason = new InstrumentError('stopped', 'stopped by SIGINT')
    const context = contextOf(endpoint, new AbortController().signal)
    const aborted = { ...context, signal: AbortSignal.abort(reason) }
    expect(await failure(connectApp(transport, endpoint.address, aborted))).toBe(reason)
    const gopher = connectApp(transport, new URL('gopher://127.0.0.1:70'), context)
    expect(await failure(gopher)).toMatchObject({ code: 'usage' })
    const address = new URL(endpoint.address)
    address.port = String(await closedPort())
    const error = await failure(connectApp(transport, address, context))
    expectConnectionError(error)
    expect((error as Error).message).toContain(`cannot connect to ${address.host}`)
  })

  it('leaves nothing open', async () => {
    const session = async (): Promise<void> => {
      const { command, arrived, close } = await openEchoing(id)
      await command(text('one'))
      await arrived.reach(1)
      await close()
    }
    // The first brings in what the libraries keep for the life of the process.
    await session()
    await untilNothingIsOpen()
    await session()
    await untilNothingIsOpen()
  })
})
