import { describe, expect, it } from 'vitest'
import type { PacedProducer, Peer } from '../../transports/transport.ts'
import { constantPacer } from '../loops/pacer.ts'
import { openLibraryDriver } from './library-driver.ts'
import type { LoadShape, LoadTally, LoadWork } from './load-driver.ts'

const NOTHING = { async [Symbol.asyncDispose]() {} }
const PAYLOADS = [Uint8Array.of(1), Uint8Array.of(2)]
const SHAPE: LoadShape = { connections: 3, inFlight: 4, connectPerSecond: null }
const now = (): number => performance.now() * 1e6

const peerOf = (producer: Partial<PacedProducer>): Peer => ({
  openProducer: async () => ({ kind: 'paced', send: async () => {}, ...NOTHING, ...producer }),
  ...NOTHING,
})

const work = (over: Partial<LoadWork> = {}): LoadWork => ({
  pacer: null,
  until: { messages: 100, elapsedNs: 5e9 },
  drainMs: 60_000,
  signal: new AbortController().signal,
  ...over,
})

interface Driven {
  tally: LoadTally
  responses: number[]
  delays: number[]
}

async function drive(
  connectPeer: (index: number) => Promise<Peer>,
  given: Partial<LoadWork> = {},
  shape = SHAPE,
): Promise<Driven> {
  const { signal } = new AbortController()
  const settings = { client: 'fake', shape, payloads: PAYLOADS, now, signal, connectPeer }
  await using driver = openLibraryDriver(settings)
  await driver.connect()
  const responses: number[] = []
  const delays: number[] = []
  const tally = await driver.drive(work(given), {
    completed(responseNs, sendDelayNs) {
      responses.push(responseNs)
      delays.push(sendDelayNs)
    },
  })
  return { tally, responses, delays }
}

describe('the library driver', () => {
  it('sends nothing behind the end of a stretch, however late this process looks', async () => {
    let elapsedNs = 0
    let sent = 0
    let answer = (): void => {}
    const send = (): Promise<void> => {
      sent += 1
      return new Promise((resolve) => {
        answer = resolve
      })
    }
    const { signal } = new AbortController()
    await using driver = openLibraryDriver({
      ...{ client: 'fake', payloads: PAYLOADS, signal, now: () => elapsedNs },
      shape: { ...SHAPE, connections: 1, inFlight: 1 },
      connectPeer: async () => peerOf({ send }),
    })
    await driver.connect()
    // One turn of the event loop sees the time over, and the answer to all that is in flight.
    setTimeout(() => {
      elapsedNs = 1e6
    }, 1)
    const until = { messages: 100, elapsedNs: 1e6 }
    const driving = driver.drive(work({ pacer: constantPacer(1e4), until }), { completed() {} })
    setTimeout(() => answer(), 1)
    const tally = await driving
    await new Promise((resolve) => setImmediate(resolve))
    expect(tally).toMatchObject({ offered: 10, sent: 1, completed: 1, unacknowledged: 0 })
    expect(sent).toBe(1)
  })

  it('keeps as many in flight as it may, on each connection, and sends each message once', async () => {
    const inFlight = new Map<number, number>()
    let most = 0
    const sent: number[] = []
    const { tally, responses } = await drive(async (index) =>
      peerOf({
        async send(payload) {
          sent.push(payload[0] as number)
          inFlight.set(index, (inFlight.get(index) ?? 0) + 1)
          most = Math.max(most, ...inFlight.values())
          await new Promise((resolve) => setImmediate(resolve))
          inFlight.set(index, (inFlight.get(index) as number) - 1)
        },
      }),
    )
    expect(most).toBe(4)
    expect(sent.filter((value) => value === 1)).toHaveLength(50)
    expect(sent.filter((value) => value === 2)).toHaveLength(50)
    expect(responses).toHaveLength(100)
    const counts = { offered: 100, sent: 100, completed: 100, unacknowledged: 0 }
    expect(tally).toMatchObject(counts)
  })

  it('gives the event loop its turns where sends complete without one', async () => {
    let turns = 0
    const count = (): void => {
      turns += 1
      if (turns < 50) setImmediate(count)
    }
    setImmediate(count)
    const { tally } = await drive(async () => peerOf({}), {
      until: { messages: 20_000, elapsedNs: 5e9 },
    })
    expect(tally.completed).toBe(20_000)
    expect(turns).toBeGreaterThan(10)
  })

  it('has one in flight where each message has a connection of its own', async () => {
    let inFlight = 0
    let most = 0
    await drive(
      async () =>
        peerOf({
          connections: 'own',
          async send() {
            inFlight += 1
            most = Math.max(most, inFlight)
          },
          async settled() {
            await new Promise((resolve) => setImmediate(resolve))
            inFlight -= 1
          },
        }),
      {},
      { ...SHAPE, connections: 1 },
    )
    expect(most).toBe(1)
  })

  it('counts what stays unacknowledged, and waits no longer than it may', async () => {
    const { tally } = await drive(
      async (index) => peerOf(index === 0 ? { send: () => new Promise(() => {}) } : {}),
      { drainMs: 50 },
    )
    expect(tally).toMatchObject({ sent: 100, completed: 96, unacknowledged: 4 })
  })

  it('goes on without a connection that is lost, and says what befell it once', async () => {
    let calls = 0
    const { tally } = await drive(async (index) =>
      peerOf(
        index === 1
          ? {
              async send() {
                calls += 1
                await new Promise((resolve) => setImmediate(resolve))
                throw new Error('was reset')
              },
            }
          : {},
      ),
    )
    expect(calls).toBe(4)
    expect(tally).toMatchObject({ sent: 100, completed: 96, unacknowledged: 4 })
    expect([...tally.lostConnections]).toEqual([['was reset', 1]])
  })

  it('connects a device again that had answers before it was lost, and says goodbye to the old', async () => {
    let sends = 0
    const peers: { index: number; closed: boolean }[] = []
    const { tally } = await drive(
      async (index) => {
        const peer = { index, closed: false }
        peers.push(peer)
        return {
          ...peerOf({
            async send() {
              sends += 1
              await new Promise((resolve) => setImmediate(resolve))
              if (sends > 20 && peers.length === 1) throw new Error('was reset')
            },
          }),
          async [Symbol.asyncDispose]() {
            peer.closed = true
          },
        }
      },
      {},
      { ...SHAPE, connections: 1 },
    )
    expect(tally).toMatchObject({ sent: 100, reopenedConnections: 1 })
    expect(tally.completed + tally.unacknowledged).toBe(100)
    expect([...tally.lostConnections]).toEqual([['was reset', 1]])
    expect(peers).toEqual([0, 0].map((index) => ({ index, closed: true })))
  })

  it('goes on where a connection a message fails: the next one is another', async () => {
    let sends = 0
    const { tally } = await drive(
      async () =>
        peerOf({
          connections: 'own',
          async send() {
            sends += 1
            if (sends <= 2) throw new Error('refused the connection')
          },
          async settled() {},
        }),
      { until: { messages: 10, elapsedNs: 5e9 } },
      { ...SHAPE, connections: 1 },
    )
    expect(tally).toMatchObject({ sent: 10, completed: 8, unacknowledged: 2 })
    expect([...tally.lostConnections]).toEqual([['refused the connection', 2]])
  })

  it('ends when every connection is lost', async () => {
    const { tally } = await drive(async () =>
      peerOf({ send: () => Promise.reject(new Error('gone')) }),
    )
    expect(tally).toMatchObject({ completed: 0 })
    expect(tally.sent).toBe(tally.unacknowledged)
    expect([...tally.lostConnections]).toEqual([['gone', 3]])
  })

  it('ends at once when it is told to', async () => {
    const abort = new AbortController()
    const running = drive(async () => peerOf({ send: () => new Promise(() => {}) }), {
      drainMs: 60_000,
      signal: abort.signal,
    })
    setImmediate(() => abort.abort())
    expect((await running).tally).toMatchObject({ sent: 12, completed: 0 })
  })

  it('tells connections that could not be opened, by what went wrong', async () => {
    const connectPeer = async (index: number): Promise<Peer> => {
      if (index > 0) throw new Error('too many connections')
      return peerOf({})
    }
    const { signal } = new AbortController()
    await using driver = openLibraryDriver({
      ...{ client: 'fake', shape: SHAPE, payloads: PAYLOADS, now, signal, connectPeer },
    })
    const tally = await driver.connect()
    expect(tally.opened).toBe(1)
    expect([...tally.failed]).toEqual([['too many connections', 2]])
  })
})

describe('the library driver at a rate', () => {
  it('sends each message when it is due', async () => {
    const { tally, delays } = await drive(async () => peerOf({}), {
      pacer: constantPacer(1_000),
      until: { messages: 50, elapsedNs: 10e9 },
    })
    expect(tally).toMatchObject({ offered: 50, sent: 50, completed: 50 })
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0)
    expect(tally.elapsedNs).toBeGreaterThanOrEqual(49e6)
  })

  it('counts latency from the due instant, also of messages that had to wait for room', async () => {
    let stalled: Promise<void> | null = null
    const send = (): Promise<void> => {
      // From when the first is sent: sooner, a busy machine would have it released before that.
      stalled ??= new Promise((resolve) => setTimeout(resolve, 100))
      return stalled
    }
    const { tally, responses, delays } = await drive(
      async () => peerOf({ send }),
      { pacer: constantPacer(1_000), until: { messages: 50, elapsedNs: 10e9 } },
      { connections: 1, inFlight: 1, connectPerSecond: null },
    )
    expect(tally).toMatchObject({ offered: 50, sent: 50, completed: 50 })
    // The first waited for its answer, the second for the first.
    expect(responses[0]).toBeGreaterThan(90e6)
    expect(delays[0]).toBeLessThan(responses[0] as number)
    expect(delays[1]).toBeGreaterThan(80e6)
  })

  it('offers what it could not send, when time is over', async () => {
    const { tally } = await drive(
      async () => peerOf({ send: () => new Promise(() => {}) }),
      { pacer: constantPacer(1_000), until: { messages: 1e6, elapsedNs: 50e6 }, drainMs: 50 },
      { connections: 1, inFlight: 2, connectPerSecond: null },
    )
    expect(tally).toMatchObject({ sent: 2, completed: 0, unacknowledged: 2 })
    expect(tally.offered).toBeGreaterThan(30)
    expect(tally.offered).toBeLessThanOrEqual(50)
  })

  it('offers and sends what became due while the process was busy, however late it looks', async () => {
    const busy = async (): Promise<void> => {
      const until = now() + 80e6
      while (now() < until);
    }
    let sends = 0
    const { tally } = await drive(
      async () => peerOf({ send: async () => void (sends++ === 10 && (await busy())) }),
      { pacer: constantPacer(1_000), until: { messages: 1e6, elapsedNs: 50e6 } },
      { connections: 1, inFlight: 50, connectPerSecond: null },
    )
    expect(tally).toMatchObject({ offered: 50, sent: 50, completed: 50 })
  })
})
