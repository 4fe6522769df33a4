import { describe, expect, it, onTestFinished } from 'vitest'
import { type ScenarioInput, scenarioSchema } from '../src/model/scenario/scenario.ts'
import { serveBroadcast } from '../src/transports/http/downlink/broadcast-server.ts'
import { serveCommands } from '../src/transports/http/downlink/command-server.ts'
import { EventStreams } from '../src/transports/http/downlink/event-streams.ts'
import { HoldingDesk } from '../src/transports/http/downlink/holding-desk.ts'
import { PolledDesk } from '../src/transports/http/downlink/polled-desk.ts'
import { sse } from '../src/transports/http/downlink/sse.ts'
import { StreamingDesk } from '../src/transports/http/downlink/streaming-desk.ts'
import type { Endpoint, ServeContext } from '../src/transports/transport.ts'
import { inbox } from './support/transports.ts'

/** Waits are the clock's here, and short. */
const SHORT_MS = 20

function contextOf(input: Partial<ScenarioInput> = {}): ServeContext {
  const scenario = scenarioSchema.parse({
    name: 'commands',
    title: 'commands',
    flow: 'roundtrip',
    path: '/ac',
    payload: { text: '24', contentType: 'text/plain' },
    ...input,
  })
  const { signal } = new AbortController()
  return { scenario, host: '127.0.0.1', onArrival: () => undefined, signal }
}

function closing(endpoint: Endpoint): URL {
  onTestFinished(() => endpoint[Symbol.asyncDispose]())
  return endpoint.address
}

const send = (url: URL, body = '24') => fetch(url, { method: 'POST', body })
const below = (address: URL, path: string): URL => new URL(path, address)

/** The text of a stream up to and with the first `end`. */
async function readUntil(response: Response, end: string): Promise<string> {
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (text.includes(end)) break
  }
  return text
}

describe('a server that is polled', () => {
  it('answers the oldest command with its media type and the scenario’s headers, then 204', async () => {
    const http = { response: { headers: { 'x-server': 'a' } } }
    const serving = serveCommands(contextOf({ http }), (answer) => new PolledDesk(answer))
    const set = below(closing(await serving), '/ac/set')
    for (const command of ['24', '25']) expect((await send(set, command)).status).toBe(204)
    const first = await fetch(set)
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'text/plain'])
    expect([await first.text(), first.headers.get('x-server')]).toEqual(['24', 'a'])
    expect(await (await fetch(set)).text()).toBe('25')
    expect((await fetch(set)).status).toBe(204)
  })

  it.each(['/ac', '/ac/set/', '/ac/set?x=1', '/other'])('knows nothing of %s', async (path) => {
    const serving = serveCommands(contextOf(), (answer) => new PolledDesk(answer))
    const address = below(closing(await serving), path)
    expect((await fetch(address)).status).toBe(404)
    expect((await send(address)).status).toBe(404)
  })

  it('answers a state as the scenario says', async () => {
    const http = { response: { status: 200, body: 'thanks' } }
    const serving = serveCommands(contextOf({ http }), (answer) => new PolledDesk(answer))
    const answer = await send(below(closing(await serving), '/ac/state'))
    expect([answer.status, await answer.text()]).toEqual([200, 'thanks'])
  })
})

describe('a server that holds', () => {
  const open = async (holdMs: number): Promise<URL> => {
    const serving = serveCommands(contextOf(), (answer) => new HoldingDesk(answer, holdMs))
    return below(closing(await serving), '/ac/set')
  }

  it('answers 204 when the hold time is over', async () => {
    expect((await fetch(await open(SHORT_MS))).status).toBe(204)
  })

  it('answers when a command comes, and keeps the order of those that came before', async () => {
    const set = await open(60_000)
    await send(set, '1')
    await send(set, '2')
    for (const expected of ['1', '2']) expect(await (await fetch(set)).text()).toBe(expected)
    const held = fetch(set)
    await send(set, '3')
    expect(await (await held).text()).toBe('3')
  })
})

describe('a server that streams', () => {
  it('beats when its time has come, and refuses a command that no device would get', async () => {
    const context = contextOf()
    const streams = new EventStreams(context.scenario)
    const serving = serveCommands(context, () => new StreamingDesk(streams, SHORT_MS))
    const set = below(closing(await serving), '/ac/set')
    expect((await send(set)).status).toBe(503)
    const stream = await fetch(set)
    expect(await readUntil(stream, ':')).toBe(':\n\n')
  })

  it('sends one state to every app', async () => {
    const serving = serveCommands(contextOf(), (answer) => new PolledDesk(answer))
    const state = below(closing(await serving), '/ac/state')
    const apps = await Promise.all([fetch(state), fetch(state)])
    await send(state, '{ "target": 24 }')
    for (const app of apps) expect(await readUntil(app, '\n\n')).toBe('data: { "target": 24 }\n\n')
  })
})

describe('a fan-out over event streams', () => {
  it('gives each message to every subscriber, in order', async () => {
    const context = contextOf({ flow: 'fanout', path: '/news' })
    const endpoint = await sse.serve({}, context)
    onTestFinished(() => endpoint[Symbol.asyncDispose]())
    const connect = async () => {
      const peer = await sse.connect(endpoint.address, {}, context)
      onTestFinished(() => peer[Symbol.asyncDispose]())
      return peer
    }
    const inboxes = [inbox(), inbox(), inbox()]
    for (const { take } of inboxes) await (await connect()).openConsumer?.(take)
    const producer = await (await connect()).openProducer()
    if (producer.kind !== 'paced') throw new Error('it paces itself')
    for (const text of ['a', 'b', 'c']) await producer.send(Buffer.from(text))
    for (const { reach, payloads } of inboxes) {
      await reach(3)
      expect(payloads.map(String)).toEqual(['a', 'b', 'c'])
    }
  })

  it('keeps its subscribers’ connections alive', async () => {
    const context = contextOf({ flow: 'fanout', path: '/news' })
    const address = closing(await serveBroadcast(context, SHORT_MS))
    expect(await readUntil(await fetch(address), ':')).toBe(':\n\n')
  })
})
