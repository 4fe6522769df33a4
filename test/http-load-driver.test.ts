import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { expect, it } from 'vitest'
import {
  type HttpLoadSettings,
  openHttpLoadDriver,
} from '../src/load/driver/http/http-load-driver.ts'
import { said, saidText } from '../src/model/said/said.ts'
import { scenarioSchema } from '../src/model/scenario/scenario.ts'
import { elapsedNs, work } from './support/mqtt-load.ts'

const nobody = { completed() {} }
const PAYLOAD = '{ "temp": 25 }'

async function serve(listener: RequestListener): Promise<AsyncDisposable & { server: Server }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const SCENARIO = scenarioSchema.parse({
  ...{ name: 'json', title: 'json', payload: { text: PAYLOAD, contentType: 'application/json' } },
  http: { request: { headers: { 'X-Unit': 'C' } } },
})

const openDriver = (server: { address(): unknown }, settings: Partial<HttpLoadSettings> = {}) => {
  const address = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return openHttpLoadDriver({
    address,
    trust: { scenario: SCENARIO },
    url: new URL('/sensors/temp', address),
    scenario: SCENARIO,
    payloads: [Buffer.from(PAYLOAD), Buffer.from('')],
    shape: { connections: 3, inFlight: 1, connectPerSecond: null },
    now: elapsedNs,
    signal: new AbortController().signal,
    onRedirect: () => {},
    onDate: () => {},
    ...settings,
  })
}

it.each([1, 5])('posts every payload, %i in flight on a connection', async (inFlight) => {
  const bodies: string[] = []
  await using served = await serve(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    bodies.push(`${request.method} ${request.url} ${request.headers['x-unit']} ${body}`)
    response.writeHead(204).end()
  })
  await using driver = openDriver(served.server, {
    shape: { connections: 3, inFlight, connectPerSecond: null },
  })
  expect(await driver.connect()).toMatchObject({ opened: 3 })
  let seen = 0
  const tally = await driver.drive(work({ until: { messages: 100, elapsedNs: 20e9 } }), {
    completed(responseNs) {
      expect(responseNs).toBeGreaterThan(0)
      seen += 1
    },
  })
  expect(tally).toMatchObject({ sent: 100, completed: 100, unacknowledged: 0, refused: 0 })
  expect(seen).toBe(100)
  const each = (body: string): number =>
    bodies.filter((text) => text === `POST /sensors/temp C ${body}`).length
  expect([each(PAYLOAD), each('')]).toEqual([50, 50])
})

it('counts an answer that says no as completed and refused', async () => {
  await using served = await serve((request, response) => {
    request.resume()
    response.writeHead(500).end('no')
  })
  await using driver = openDriver(served.server)
  await driver.connect()
  const tally = await driver.drive(work({ until: { messages: 30, elapsedNs: 20e9 } }), nobody)
  expect(tally).toMatchObject({ completed: 30, refused: 30 })
})

it('counts to the last request when the server cuts connections', async () => {
  let requests = 0
  await using served = await serve((request, response) => {
    request.resume()
    requests += 1
    if (requests > 20) request.socket.destroy()
    else response.writeHead(204).end()
  })
  await using driver = openDriver(served.server)
  await driver.connect()
  const tally = await driver.drive(work(), nobody)
  expect(tally.sent).toBe(tally.completed + tally.unacknowledged)
  expect(tally.unacknowledged).toBeGreaterThan(0)
  expect([...tally.lostConnections.keys()].map(saidText).join()).toMatch(
    /closed the connection|broke/,
  )
})

it('opens a connection again that the server ends in order, and has lost nothing', async () => {
  let requests = 0
  await using served = await serve((request, response) => {
    request.resume()
    requests += 1
    const isLast = requests % 10 === 0
    response.writeHead(204, isLast ? { connection: 'close' } : {}).end()
  })
  await using driver = openDriver(served.server)
  await driver.connect()
  const tally = await driver.drive(work(), nobody)
  expect(tally).toMatchObject({ sent: 500, completed: 500, reopenedConnections: 0 })
  expect(tally.renewedConnections).toBeGreaterThanOrEqual(45)
  expect(tally.lostConnections.size).toBe(0)
})

it('opens a connection again that the server ends without a word, while nothing is under way', async () => {
  await using served = await serve((request, response) => {
    request.resume()
    response.writeHead(204).end(() => request.socket.end())
  })
  await using driver = openDriver(served.server, {
    shape: { connections: 1, inFlight: 1, connectPerSecond: null },
  })
  await driver.connect()
  const pacer = { next: (_elapsed: number, sent: number) => (sent < 5 ? sent * 100e6 : null) }
  const tally = await driver.drive(work({ pacer }), nobody)
  expect(tally).toMatchObject({ sent: 5, completed: 5, reopenedConnections: 0 })
  expect(tally.renewedConnections).toBeGreaterThan(0)
  expect(tally.lostConnections.size).toBe(0)
})

it('sends again what was under way where the server goes without a word, and counts it', async () => {
  let answers = 0
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      answers += 1
      // FIN comes with the answer, and the next request crosses it.
      socket.end('HTTP/1.1 204 No Content\r\n\r\n')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  await using driver = openDriver(server, {
    shape: { connections: 1, inFlight: 1, connectPerSecond: null },
  })
  await driver.connect()
  const tally = await driver.drive(work({ until: { messages: 5, elapsedNs: 20e9 } }), nobody)
  expect(tally).toMatchObject({ sent: 5, completed: 5, unacknowledged: 0, reopenedConnections: 0 })
  expect([...tally.lostConnections]).toEqual([])
  expect(answers).toBe(5)
  // Each but the last message finds its connection gone.
  expect(tally.renewedConnections).toBeGreaterThanOrEqual(4)
  expect(tally.repeatedMessages).toBeGreaterThan(0)
  expect(tally.repeatedMessages).toBeLessThanOrEqual(4)
  server.close()
})

it('does not hammer a server that takes connections and closes them', async () => {
  let accepted = 0
  const server = createTcpServer((socket) => {
    accepted += 1
    socket.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  {
    await using driver = openDriver(server)
    await driver.connect()
    const pacer = { next: () => 450e6 }
    await driver.drive(work({ pacer, until: { messages: 1, elapsedNs: 0.4e9 } }), nobody)
  }
  server.close()
  // Three at first, and each again with a pause of 200 ms.
  expect(accepted).toBeLessThan(30)
})

it('counts a connection as lost whose server is gone since the last answer', async () => {
  const served = await serve((request, response) => {
    request.resume()
    response.writeHead(204).end()
  })
  await using driver = openDriver(served.server, {
    shape: { connections: 1, inFlight: 1, connectPerSecond: null },
  })
  await driver.connect()
  let gone: PromiseLike<void> | null = null
  const pacer = { next: (_elapsed: number, sent: number) => sent * 30e9 }
  const tally = await driver.drive(work({ pacer, until: { messages: 9, elapsedNs: 60e9 } }), {
    completed() {
      gone = served[Symbol.asyncDispose]()
    },
  })
  await gone
  expect(tally).toMatchObject({ sent: 1, completed: 1, renewedConnections: 0 })
  expect(Array.from(tally.lostConnections, ([what, times]) => [saidText(what), times])).toEqual([
    [expect.stringMatching(/^the server closed the connection and took no other: /), 1],
  ])
})

it('gives up a handshake that nobody answers when it is stopped', async () => {
  const abort = new AbortController()
  const silent = createTcpServer(() => abort.abort()).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  await using driver = openDriver(silent, {
    ...{ address: new URL(`https://127.0.0.1:${port}`), signal: abort.signal },
    shape: { connections: 1, inFlight: 1, connectPerSecond: null },
  })
  expect(await driver.connect()).toMatchObject({
    opened: 0,
    failed: new Map([[said('stopped'), 1]]),
  })
  silent.close()
})

it('says what became of pipelined requests behind the last answer', async () => {
  let requests = 0
  await using served = await serve((request, response) => {
    request.resume()
    requests += 1
    response.writeHead(204, requests === 20 ? { connection: 'close' } : {}).end()
  })
  await using driver = openDriver(served.server, {
    shape: { connections: 1, inFlight: 8, connectPerSecond: null },
  })
  await driver.connect()
  const tally = await driver.drive(work(), nobody)
  expect(tally.sent).toBe(500)
  expect(tally.sent).toBe(tally.completed + tally.unacknowledged)
  expect([...tally.lostConnections.keys()].map(saidText)).toEqual([
    expect.stringMatching(/pipelined requests unanswered; --in-flight 1 does not pipeline$/),
  ])
})

it('waits no longer than it may for a server that does not answer', async () => {
  await using served = await serve((request) => void request.resume())
  await using driver = openDriver(served.server)
  await driver.connect()
  const tally = await driver.drive(
    work({ drainMs: 50, until: { messages: 9, elapsedNs: 1e8 } }),
    nobody,
  )
  expect(tally).toMatchObject({ completed: 0, unacknowledged: tally.sent })
})
