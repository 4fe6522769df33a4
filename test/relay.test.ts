import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Direction, Protocol } from '../src/model/vocabulary.ts'
import { ByteAccount } from '../src/wire/account/byte-account.ts'
import { bindFiveDigitPort, portOf } from '../src/wire/relay/five-digit-port.ts'
import {
  type ConnectionFault,
  type ConnectionTap,
  openRelay,
  type Relay,
  type RelayOptions,
  type SocketPlace,
} from '../src/wire/relay/tcp-relay.ts'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A server that does with each connection what the test says. */
async function serve(handle: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    opened.push(() => socket.destroy())
    socket.on('error', () => {})
    handle(socket)
  })
  opened.push(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

interface TapRecord {
  taps: { said: [Direction, Buffer][]; ended: number }[]
  openTap(): ConnectionTap
}

function recordTaps(): TapRecord {
  const taps: TapRecord['taps'] = []
  return {
    taps,
    openTap: () => {
      const tap = { said: [] as [Direction, Buffer][], ended: 0 }
      taps.push(tap)
      return {
        bytes: (direction, chunk) => {
          expect(tap.ended).toBe(0)
          tap.said.push([direction, Buffer.from(chunk)])
        },
        end: () => {
          tap.ended += 1
        },
      }
    },
  }
}

async function relayTo(
  target: { host: string; port: number },
  options: Partial<RelayOptions> = {},
): Promise<Relay> {
  const relay = await openRelay({
    target,
    openTap: () => ({ bytes: () => {}, end: () => {} }),
    signal: new AbortController().signal,
    ...options,
  })
  opened.push(() => relay[Symbol.asyncDispose]())
  return relay
}

function dial(relay: Relay): Socket {
  const socket = connect({ ...relay.address, allowHalfOpen: true, noDelay: true })
  opened.push(() => socket.destroy())
  socket.on('error', () => {})
  return socket
}

/** Not by `for await`, which destroys the socket at its end, and with it what is still to be sent. */
async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk)).resume()
  await once(socket, 'end')
  return Buffer.concat(chunks)
}

/** Also where an error comes first, which `once` would reject with. */
const closing = (socket: Socket): Promise<unknown> =>
  new Promise((resolve) => socket.once('close', resolve))

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const echo = (socket: Socket): unknown => socket.pipe(socket)

describe('the relay', () => {
  it('listens on a loopback port of five digits', async () => {
    const relay = await relayTo(await serve(echo))
    expect(relay.address.host).toBe('127.0.0.1')
    expect(String(relay.address.port)).toMatch(/^\d{5}$/)
  })

  it('passes a half-close on, and the other direction can still finish', async () => {
    const record = recordTaps()
    const target = await serve((socket) => {
      socket.resume().once('end', () => socket.end('heard the end'))
    })
    const relay = await relayTo(target, record)
    const client = dial(relay)
    client.end('question')
    expect((await readAll(client)).toString()).toBe('heard the end')
    await relay.drained()
    expect(record.taps).toHaveLength(1)
    expect(record.taps[0]?.said.map(([direction, bytes]) => [direction, String(bytes)])).toEqual([
      ['up', 'question'],
      ['down', 'heard the end'],
    ])
    expect(record.taps[0]?.ended).toBe(1)
    expect(relay.totals()).toEqual({ up: 8, down: 13 })
    expect(relay.failure()).toBeNull()
  })

  it.each([
    ['after its last byte, where it ended in order', false, ['up', 'up finished', 'down', 'end']],
    ['not at all where the connection broke', true, ['up', 'end']],
  ])('tells that a direction has finished: %s', async (_what, breaks, expected) => {
    const told: string[] = []
    const target = await serve((socket) => {
      socket.resume()
      if (breaks) socket.once('data', () => socket.resetAndDestroy())
      // Its own end comes with the relay's disposal; only what the client said is awaited here.
      else socket.once('end', () => socket.write('heard'))
    })
    const relay = await relayTo(target, {
      openTap: () => ({
        bytes: (direction) => told.push(direction),
        finished: (direction) => told.push(`${direction} finished`),
        end: () => told.push('end'),
      }),
    })
    const client = dial(relay)
    if (breaks) {
      client.write('question')
      await closing(client)
    } else {
      client.end('question')
      await once(client, 'data')
      client.destroy()
      await relay[Symbol.asyncDispose]()
    }
    await relay.drained()
    expect(told).toEqual(expected)
  })

  it('carries 5 MB of noise each way unchanged, though one side reads late', async () => {
    const [question, answer] = [randomBytes(5_000_000), randomBytes(5_000_000)]
    const record = recordTaps()
    let heard: Promise<Buffer> | undefined
    let startReading = (): void => {}
    const target = await serve((socket) => {
      socket.pause()
      socket.end(answer)
      startReading = () => {
        heard = readAll(socket)
      }
    })
    const relay = await relayTo(target, record)
    const client = dial(relay)
    const received = readAll(client)
    client.end(question)
    expect(digest(await received)).toBe(digest(answer))
    startReading()
    await relay.drained()
    expect(digest((await heard) as Buffer)).toBe(digest(question))
    expect(relay.totals()).toEqual({ up: question.length, down: answer.length })
    for (const [direction, sent] of [['up', question] as const, ['down', answer] as const]) {
      const said = record.taps[0]?.said.filter(([way]) => way === direction) ?? []
      expect(digest(Buffer.concat(said.map(([, bytes]) => bytes)))).toBe(digest(sent))
    }
    expect(record.taps[0]?.ended).toBe(1)
  })

  it('takes no more from a fast sender than the receiver has room for', async () => {
    const sizeBytes = 64 * 1024 * 1024
    let server: Socket | undefined
    const target = await serve((socket) => {
      server = socket.pause()
    })
    const relay = await relayTo(target)
    const client = dial(relay)
    client.end(Buffer.alloc(sizeBytes))
    // Nothing moved for so many turns of the event loop: everything is full.
    for (let still = 0, seen = 0; still < 200; still += 1) {
      await new Promise(setImmediate)
      if (relay.totals().up !== seen || seen === 0) still = 0
      seen = relay.totals().up
    }
    expect(relay.totals().up).toBeLessThan(sizeBytes / 2)
    server?.resume().once('end', () => server?.end())
    await once(client.resume(), 'end')
    await relay.drained()
    expect(relay.totals().up).toBe(sizeBytes)
  })

  it('taps a question before its answer, every time', async () => {
    const record = recordTaps()
    const relay = await relayTo(await serve(echo), record)
    const client = dial(relay)
    for (let index = 0; index < 100; index += 1) {
      client.write(`${index};`)
      await once(client, 'data')
    }
    client.end()
    await relay.drained()
    const said = record.taps[0]?.said.map(([direction, bytes]) => `${direction} ${bytes}`)
    expect(said).toEqual(Array.from({ length: 100 }, (_, i) => [`up ${i};`, `down ${i};`]).flat())
  })

  it('gives every connection a tap of its own', async () => {
    const record = recordTaps()
    const relay = await relayTo(await serve(echo), record)
    const answers = ['one', 'three'].map((text) => {
      const client = dial(relay)
      client.end(text)
      return readAll(client)
    })
    expect((await Promise.all(answers)).map(String)).toEqual(['one', 'three'])
    await relay.drained()
    expect(record.taps.map((tap) => [tap.said.length, tap.ended])).toEqual([
      [2, 1],
      [2, 1],
    ])
    expect(relay.totals()).toEqual({ up: 8, down: 8 })
  })
})

describe('what goes wrong', () => {
  it('a target that refuses: the client is cut off, and the failure names the target', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const record = recordTaps()
    const relay = await relayTo({ host: '127.0.0.1', port }, record)
    const client = dial(relay)
    await closing(client)
    await relay.drained()
    expect(relay.failure()?.code).toBe('connection')
    expect(relay.failure()?.message).toMatch(
      new RegExp(`^cannot connect to 127.0.0.1:${port}: .*ECONNREFUSED`),
    )
    expect(record.taps[0]?.ended).toBe(1)
  })

  it('a client that resets: the target is cut off', async () => {
    let cutOff: Promise<unknown> | undefined
    const target = await serve((socket) => {
      echo(socket)
      cutOff = closing(socket)
    })
    const relay = await relayTo(target)
    const client = dial(relay)
    client.write('x')
    await once(client, 'data')
    client.resetAndDestroy()
    await cutOff
    await relay.drained()
    expect(relay.failure()?.message).toMatch(/connection from the client broke: .*ECONNRESET/)
  })

  it('a target that resets in the middle of an answer: no orderly end for the client', async () => {
    const target = await serve((socket) => {
      socket.once('data', () => {
        socket.write('half')
        socket.once('data', () => socket.resetAndDestroy())
      })
    })
    const relay = await relayTo(target)
    const client = dial(relay)
    const broken = new Promise<NodeJS.ErrnoException>((resolve) => client.once('error', resolve))
    client.write('x')
    await once(client, 'data')
    client.write('y')
    const error = await broken
    expect(error.code).toBe('ECONNRESET')
    await relay.drained()
    expect(relay.failure()?.message).toMatch(/ECONNRESET/)
  })

  it('disposing does not wait for a reader that does not read', async () => {
    const target = await serve((socket) => socket.end(Buffer.alloc(64 * 1024 * 1024)))
    const relay = await relayTo(target)
    const client = dial(relay).pause()
    // Nothing moved for so many turns of the event loop: everything is full.
    for (let still = 0, seen = 0; still < 200; still += 1) {
      await new Promise(setImmediate)
      if (relay.totals().down !== seen || seen === 0) still = 0
      seen = relay.totals().down
    }
    await relay[Symbol.asyncDispose]()
    const closed = closing(client)
    client.resume().end()
    await closed
    expect(client.bytesRead).toBeLessThan(32 * 1024 * 1024)
  })

  it('disposing cuts every connection and ends every tap', async () => {
    const record = recordTaps()
    const relay = await relayTo(await serve(echo), record)
    const client = dial(relay)
    client.write('x')
    await once(client, 'data')
    const broken = once(client.resume(), 'end')
    await relay[Symbol.asyncDispose]()
    // Not by an orderly end: nobody said that there was no more to come.
    await expect(broken).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(record.taps.map((tap) => tap.ended)).toEqual([1])
    await relay[Symbol.asyncDispose]()
  })

  it('the signal does the same', async () => {
    const controller = new AbortController()
    const relay = await relayTo(await serve(echo), { signal: controller.signal })
    const client = dial(relay)
    client.write('x')
    await once(client, 'data')
    const broken = once(client.resume(), 'end')
    controller.abort()
    await expect(broken).rejects.toMatchObject({ code: 'ECONNRESET' })
    await relay.drained()
    expect(relay.failure()?.message).toMatch(/the relay was stopped/)
    await expect(relayTo(relay.address, { signal: controller.signal })).rejects.toThrow(/stopped/)
  })
})

describe('a relay for connections of others', () => {
  it('listens where it is told, and tells who connects', async () => {
    const first = await relayTo(await serve(echo), { listen: { host: '127.0.0.1', port: 0 } })
    const clients: SocketPlace[] = []
    const { port } = first.address
    await first[Symbol.asyncDispose]()
    const relay = await relayTo(await serve(echo), {
      listen: { host: '127.0.0.1', port },
      openTap: (client) => {
        clients.push(client)
        return { bytes: () => {}, end: () => {} }
      },
    })
    expect(relay.address).toEqual({ host: '127.0.0.1', port })
    const client = dial(relay)
    client.end('x')
    await readAll(client)
    expect(clients).toEqual([{ address: '127.0.0.1', port: expect.any(Number) }])
    await expect(
      relayTo(relay.address, { listen: { host: '127.0.0.1', port } }),
    ).rejects.toMatchObject({ code: 'connection', message: expect.stringMatching(/EADDRINUSE/) })
  })

  it('accepts no more once it is told so, and those that are there go on', async () => {
    const accepting = new AbortController()
    const relay = await relayTo(await serve(echo), { accepting: accepting.signal })
    const client = dial(relay)
    client.write('one')
    await once(client, 'data')
    accepting.abort()
    const late = dial(relay)
    const refused = new Promise<NodeJS.ErrnoException>((resolve) => late.once('error', resolve))
    expect((await refused).code).toBe('ECONNREFUSED')
    client.end('two')
    expect(String(await readAll(client))).toBe('two')
    await relay.drained()
    expect(relay.failure()).toBeNull()
  })

  it.each(['client', 'target', 'unreachable'] as const)(
    'tells a tap on which side its connection broke: %s',
    async (side) => {
      const faults: ConnectionFault[] = []
      const target = await serve((socket) => {
        socket.write('hello')
        if (side === 'target') socket.once('data', () => socket.resetAndDestroy())
      })
      const nowhere = await relayTo(target)
      await nowhere[Symbol.asyncDispose]()
      let tapped = 0
      const relay = await relayTo(side === 'unreachable' ? nowhere.address : target, {
        openTap: () => ({
          bytes: () => {
            tapped += 1
          },
          broken: (fault) => faults.push(fault),
          end: () => {},
        }),
      })
      const client = dial(relay)
      const closed = closing(client)
      client.write('x')
      if (side === 'client') client.once('data', () => client.resetAndDestroy())
      await closed
      await relay.drained()
      const reason = side === 'unreachable' ? 'ECONNREFUSED' : 'ECONNRESET'
      expect(faults).toEqual([{ side, reason }])
      // What cannot be passed on is not taken.
      if (side === 'unreachable') expect(tapped).toBe(0)
    },
  )
})

describe('a stray byte', () => {
  it.each([
    ['up', 0, 'ff61626364', '61626364'],
    ['up', 2, '6162ff6364', '61626364'],
    ['up', 4, '61626364ff', '61626364'],
    ['down', 3, '61626364', '616263ff64'],
  ] as const)(
    '%s after %i bytes is forwarded, tapped and counted',
    async (direction, afterBytes, heard, answered) => {
      const record = recordTaps()
      let received: Promise<Buffer> | undefined
      const target = await serve((socket) => {
        received = readAll(socket)
        socket.once('end', () => socket.end('abcd'))
      })
      const relay = await relayTo(target, { ...record, strayByte: { direction, afterBytes } })
      const client = dial(relay)
      client.end('abcd')
      expect((await readAll(client)).toString('hex')).toBe(answered)
      await relay.drained()
      expect((await received)?.toString('hex')).toBe(heard)
      expect(relay.totals()).toEqual({ up: heard.length / 2, down: answered.length / 2 })
      const tapped = (way: Direction): string =>
        Buffer.concat(
          (record.taps[0]?.said ?? []).filter(([d]) => d === way).map(([, b]) => b),
        ).toString('hex')
      expect([tapped('up'), tapped('down')]).toEqual([heard, answered])
    },
  )

  const REQUEST = Buffer.from('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi')
  const RESPONSE = Buffer.from('HTTP/1.1 204 No Content\r\n\r\n')
  const conversations: [Protocol, Buffer, Buffer][] = [
    ['http/1.1', REQUEST, RESPONSE],
    [
      'mqtt/3.1.1',
      Buffer.from('100d00044d51545404020000000161', 'hex'),
      Buffer.from('20020000', 'hex'),
    ],
    ['length-prefixed', Buffer.from('000000026869', 'hex'), Buffer.from('000000026869', 'hex')],
  ]
  const cases = conversations.flatMap(([protocol, asked, answered]) =>
    ([null, 'up', 'down'] as const).map((direction) => ({ protocol, asked, answered, direction })),
  )
  it.each(cases)(
    'fails the account of $protocol, and its absence does not: $direction',
    async ({ protocol, asked, answered, direction }) => {
      const account = new ByteAccount({ protocol, secure: false })
      const target = await serve((socket) => {
        socket.once('data', () => socket.end(answered))
      })
      const relay = await relayTo(target, {
        openTap: () => account.openTap(),
        ...(direction === null ? {} : { strayByte: { direction, afterBytes: 0 } }),
      })
      const client = dial(relay)
      client.write(asked)
      await readAll(client.on('end', () => client.end()))
      await relay.drained()
      if (direction === null) {
        expect(account.settle(relay.totals()).totals).toEqual({
          up: asked.length,
          down: answered.length,
        })
      } else {
        expect(() => account.settle(relay.totals())).toThrow(
          expect.objectContaining({
            code: 'unexplained-bytes',
            message: expect.stringMatching(new RegExp(`^byte 0 of the ${direction} stream`)),
          }),
        )
      }
    },
  )
})

describe('binding until the port has five digits', () => {
  /** Stands for servers on these ports. */
  function offer(ports: readonly number[]): { bind: () => Promise<Server>; closed: number[] } {
    const closed: number[] = []
    let next = 0
    const bind = async (): Promise<Server> => {
      const port = ports[next % ports.length] ?? 0
      next += 1
      return { address: () => ({ port }), close: () => closed.push(port) } as unknown as Server
    }
    return { bind, closed }
  }

  it('takes the first such port and gives the others back', async () => {
    const { bind, closed } = offer([80, 9999, 10_000])
    expect(portOf(await bindFiveDigitPort(bind))).toBe(10_000)
    expect(closed).toEqual([80, 9999])
  })

  it('gives up after a bounded number of tries', async () => {
    const { bind, closed } = offer([9999])
    await expect(bindFiveDigitPort(bind)).rejects.toMatchObject({ code: 'connection' })
    expect(closed).toHaveLength(16)
  })

  it('connects, taps and counts nothing for a client before it is admitted', async () => {
    const record = recordTaps()
    let reached = 0
    const target = await serve((socket) => {
      reached += 1
      echo(socket)
    })
    const strangers: SocketPlace[] = []
    const asked: { port: number; decide: (isWelcome: boolean) => void }[] = []
    const relay = await relayTo(target, {
      ...record,
      admit: ({ port }) => new Promise((decide) => asked.push({ port, decide })),
      onStranger: (client, port) => {
        expect(port).toBe(relay.address.port)
        strangers.push(client)
      },
    })
    const decide = async (client: Socket, isWelcome: boolean): Promise<void> => {
      await expect.poll(() => asked.some(({ port }) => port === client.localPort)).toBe(true)
      asked.find(({ port }) => port === client.localPort)?.decide(isWelcome)
    }
    const own = dial(relay)
    const stranger = dial(relay)
    own.end('own')
    stranger.write('stranger')
    await Promise.all([once(own, 'connect'), once(stranger, 'connect')])
    const strangerPort = stranger.localPort
    // By a FIN, or by a reset where its bytes were not read yet.
    const refused = new Promise((resolve) =>
      stranger.resume().once('end', resolve).once('error', resolve),
    )
    await decide(stranger, false)
    await refused
    expect(stranger.bytesRead).toBe(0)
    expect([reached, record.taps.length]).toEqual([0, 0])
    await decide(own, true)
    expect((await readAll(own)).toString()).toBe('own')
    await relay.drained()
    expect(relay.totals()).toEqual({ up: 3, down: 3 })
    expect([reached, record.taps.length]).toEqual([1, 1])
    expect(strangers).toEqual([{ address: '127.0.0.1', port: strangerPort }])
    expect(relay.failure()).toBeNull()
  })

  it('ends while a client is held', async () => {
    const asked: unknown[] = []
    const target = await serve(echo)
    let decide: (isWelcome: boolean) => void = () => {}
    const relay = await relayTo(target, {
      admit: (client) => {
        asked.push(client)
        return new Promise((resolve) => {
          decide = resolve
        })
      },
      onStranger: () => expect.unreachable('nobody said that it is one'),
    })
    const client = dial(relay)
    const gone = closing(client)
    await expect.poll(() => asked.length).toBe(1)
    const ended = relay[Symbol.asyncDispose]()
    await gone
    await ended
    decide(true)
    await new Promise(setImmediate)
  })
})
