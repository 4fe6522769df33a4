import { randomBytes } from 'node:crypto'
import type { RemoteInfo, Socket } from 'node:dgram'
import { afterEach, describe, expect, it } from 'vitest'
import type { Direction } from '../src/model/vocabulary.ts'
import { ByteAccount } from '../src/wire/account/byte-account.ts'
import type { ConnectionTap, Relay, RelayOptions } from '../src/wire/relay/tcp-relay.ts'
import { openUdpRelay } from '../src/wire/relay/udp-relay.ts'
import { Datagrams } from './support/datagrams.ts'

const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

async function serve(...handle: Parameters<typeof Datagrams.serve>): Promise<Datagrams> {
  const server = await Datagrams.serve(...handle)
  opened.push(() => server[Symbol.asyncDispose]())
  return server
}

const echo = (datagram: Buffer, { port, address }: RemoteInfo, socket: Socket): void =>
  socket.send(datagram, port, address)

async function relayTo(
  { port }: { readonly port: number },
  options: Partial<RelayOptions> = {},
): Promise<Relay> {
  const relay = await openUdpRelay({
    target: { host: '127.0.0.1', port },
    openTap: () => ({ bytes: () => {}, end: () => {} }),
    signal: new AbortController().signal,
    ...options,
  })
  opened.push(() => relay[Symbol.asyncDispose]())
  return relay
}

async function dial(relay: Relay): Promise<Datagrams> {
  const client = await Datagrams.dial(relay.address.port)
  opened.push(() => client[Symbol.asyncDispose]())
  return client
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
        bytes: (direction, datagram) => {
          expect(tap.ended).toBe(0)
          tap.said.push([direction, Buffer.from(datagram)])
        },
        end: () => {
          tap.ended += 1
        },
      }
    },
  }
}

describe('the relay of datagrams', () => {
  it('listens on a loopback port of five digits', async () => {
    const relay = await relayTo(await serve(echo))
    expect(relay.address.host).toBe('127.0.0.1')
    expect(String(relay.address.port)).toMatch(/^\d{5}$/)
  })

  it('passes each datagram on whole and unchanged, and tells it in one call', async () => {
    const record = recordTaps()
    const relay = await relayTo(await serve(echo), record)
    const client = await dial(relay)
    const sizes = [1, 0, 4, 1024, 1473, 60_000, 0, 2]
    for (const [index, size] of sizes.entries()) {
      client.send(randomBytes(size))
      await client.reach(index + 1)
    }
    await client[Symbol.asyncDispose]()
    await relay.drained()
    expect(client.heard.map(({ length }) => length)).toEqual(sizes)
    const said = record.taps[0]?.said ?? []
    expect(said.map(([direction]) => direction)).toEqual(sizes.flatMap(() => ['up', 'down']))
    for (const [index, heard] of client.heard.entries()) {
      expect(said[2 * index]?.[1].equals(heard)).toBe(true)
      expect(said[2 * index + 1]?.[1].equals(heard)).toBe(true)
    }
    const total = sizes.reduce((sum, size) => sum + size)
    expect(relay.totals()).toEqual({ up: total, down: total })
    expect([record.taps.length, record.taps[0]?.ended]).toEqual([1, 1])
    expect(relay.failure()).toBeNull()
  })

  it('gives every client a tap and a way of its own', async () => {
    const record = recordTaps()
    const relay = await relayTo(await serve(echo), record)
    const clients = [await dial(relay), await dial(relay)]
    for (const [index, client] of clients.entries()) client.send(`client ${index}`)
    for (const client of clients) await client.reach(1)
    expect(clients.map(({ heard }) => heard.map(String))).toEqual([['client 0'], ['client 1']])
    await relay.drained()
    const texts = record.taps.map(({ said }) => said.map(([, bytes]) => String(bytes)))
    expect(texts.toSorted()).toEqual([
      ['client 0', 'client 0'],
      ['client 1', 'client 1'],
    ])
    expect(record.taps.map(({ ended }) => ended)).toEqual([1, 1])
  })

  it('has drained what a client sent before it was gone, all of it passed on', async () => {
    const record = recordTaps()
    let received = 0
    let onLast = (): void => {}
    const last = new Promise<void>((resolve) => {
      onLast = resolve
    })
    const target = await serve(() => {
      received += 1
      if (received === 50) onLast()
    })
    const relay = await relayTo(target, record)
    const client = await dial(relay)
    for (let index = 0; index < 50; index += 1) client.send(`datagram ${index}`)
    await client[Symbol.asyncDispose]()
    await relay.drained()
    expect(record.taps[0]?.said.map(([, bytes]) => String(bytes))).toEqual(
      Array.from({ length: 50 }, (_, index) => `datagram ${index}`),
    )
    expect(record.taps[0]?.ended).toBe(1)
    await last
    await relay.drained()
    expect(record.taps[0]?.ended).toBe(1)
  })

  it('has drained at once where nobody came', async () => {
    const relay = await relayTo(await serve(echo))
    await relay.drained()
    expect(relay.totals()).toEqual({ up: 0, down: 0 })
  })
})

describe('what goes wrong', () => {
  it('a target that is not there: the failure names it, and the client is refused', async () => {
    const target = await serve(echo)
    const { port } = target
    await target[Symbol.asyncDispose]()
    const relay = await relayTo({ port })
    const client = await dial(relay)
    client.send('anybody?')
    // The relay hears of it, closes its port, and so does the client hear of it.
    const refused = new Promise<Error>((resolve) => client.socket.once('error', resolve))
    while (relay.failure() === null) await new Promise(setImmediate)
    client.send('anybody?')
    expect(await refused).toMatchObject({ code: 'ECONNREFUSED' })
    expect(relay.failure()?.code).toBe('connection')
    expect(relay.failure()?.message).toMatch(
      new RegExp(`^127.0.0.1:${port} cannot be reached: .*ECONNREFUSED`),
    )
    await relay.drained()
  })

  it('an aborted signal ends it, and keeps another from beginning', async () => {
    const controller = new AbortController()
    const target = await serve(echo)
    const relay = await relayTo(target, { signal: controller.signal })
    const client = await dial(relay)
    client.send('x')
    await client.reach(1)
    controller.abort()
    await relay.drained()
    expect(relay.failure()?.message).toMatch(/the relay was stopped/)
    await expect(relayTo(target, { signal: controller.signal })).rejects.toThrow(/stopped/)
  })
})

describe('a stray byte', () => {
  it.each([
    ['up', 0, ['ff', '6162', '6364'], ['6162', '6364']],
    ['up', 1, ['6162', 'ff', '6364'], ['6162', '6364']],
    ['up', 2, ['6162', 'ff', '6364'], ['6162', '6364']],
    ['up', 4, ['6162', '6364', 'ff'], ['6162', '6364']],
    ['down', 0, ['6162', '6364'], ['ff', '6162', '6364']],
    ['down', 3, ['6162', '6364'], ['6162', '6364', 'ff']],
  ] as const)(
    '%s after %i bytes is a datagram of its own, forwarded, tapped and counted',
    async (direction, afterBytes, heard, answered) => {
      const record = recordTaps()
      const received: string[] = []
      const target = await serve((datagram, from, socket) => {
        received.push(datagram.toString('hex'))
        if (datagram.length > 1) echo(datagram, from, socket)
      })
      const relay = await relayTo(target, { ...record, strayByte: { direction, afterBytes } })
      const client = await dial(relay)
      for (const text of ['ab', 'cd']) {
        const before = client.heard.length
        client.send(text)
        await client.reach(before + 1)
      }
      await client.reach(answered.length)
      await relay.drained()
      while (received.length < heard.length) await new Promise(setImmediate)
      expect(received).toEqual(heard)
      expect(client.heard.map((datagram) => datagram.toString('hex'))).toEqual(answered)
      const bytes = (digits: readonly string[]): number => digits.join('').length / 2
      expect(relay.totals()).toEqual({ up: bytes(heard), down: bytes(answered) })
      const tapped = (way: Direction): string[] =>
        (record.taps[0]?.said ?? [])
          .filter(([said]) => said === way)
          .map(([, datagram]) => datagram.toString('hex'))
      expect([tapped('up'), tapped('down')]).toEqual([heard, answered])
    },
  )

  const POST = Buffer.from('410200 01aab161ff7b7d'.replace(' ', ''), 'hex')
  const CHANGED = Buffer.from('61440001aa', 'hex')

  it.each([null, 'up', 'down'] as const)(
    'fails the account, and its absence does not: %s',
    async (direction) => {
      const account = new ByteAccount({ protocol: 'coap', secure: false })
      const target = await serve((datagram, { port, address }, socket) => {
        if (datagram.length > 1) socket.send(CHANGED, port, address)
      })
      const relay = await relayTo(target, {
        openTap: () => account.openTap(),
        ...(direction === null ? {} : { strayByte: { direction, afterBytes: 0 } }),
      })
      const client = await dial(relay)
      client.send(POST)
      await client.reach(direction === 'down' ? 2 : 1)
      await relay.drained()
      if (direction !== null) {
        expect(() => account.settle(relay.totals())).toThrow(
          expect.objectContaining({
            code: 'unexplained-bytes',
            message: expect.stringMatching(new RegExp(`^byte 0 of the ${direction} stream`)),
          }),
        )
        return
      }
      const { totals, ledger, roundTrips, firstMessage } = account.settle(relay.totals())
      expect(totals).toEqual({ up: POST.length, down: CHANGED.length })
      const MODELLED = { basis: 'modelled', packets: 1 }
      expect(ledger).toEqual([
        { phase: 'steady', direction: 'up', layer: 'payload', bytes: 2, basis: 'measured' },
        { phase: 'steady', direction: 'up', layer: 'framing', bytes: 8, basis: 'measured' },
        { phase: 'steady', direction: 'up', layer: 'network', bytes: 28, ...MODELLED },
        {
          phase: 'steady',
          direction: 'down',
          layer: 'acknowledgement',
          bytes: 5,
          basis: 'measured',
        },
        { phase: 'steady', direction: 'down', layer: 'network', bytes: 28, ...MODELLED },
      ])
      // No TCP, no handshake.
      expect(roundTrips).toMatchObject({ steady: 1, connections: 0, tcp: { roundTrips: 0 } })
      expect(firstMessage).toEqual({ connection: 'kept', wireBytes: 15, roundTrips: 1 })
    },
  )

  it('passes nothing on of a client before it is admitted, and then all of it in order', async () => {
    const server = await serve(echo)
    const record = recordTaps()
    const strangers: number[] = []
    const asked = new Map<number, (isWelcome: boolean) => void>()
    const relay = await relayTo(server, {
      ...record,
      admit: ({ port }) => new Promise((decide) => asked.set(port, decide)),
      onStranger: ({ port }) => strangers.push(port),
    })
    const own = await dial(relay)
    const stranger = await dial(relay)
    for (const text of ['1', '22', '333']) {
      stranger.socket.send(`not ${text}`)
      own.socket.send(text)
    }
    await expect.poll(() => asked.size).toBe(2)
    asked.get(stranger.port)?.(false)
    await expect.poll(() => strangers).toEqual([stranger.port])
    expect(record.taps).toHaveLength(0)
    asked.get(own.port)?.(true)
    await expect.poll(() => own.heard.map(String)).toEqual(['1', '22', '333'])
    await relay.drained()
    expect(relay.totals()).toEqual({ up: 6, down: 6 })
    expect(stranger.heard).toEqual([])
  })
})
