import { EventEmitter, getEventListeners, once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { generate, parser } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import { openLibraryDriver } from '../src/load/driver/library-driver.ts'
import type { LoadTally } from '../src/load/driver/load-driver.ts'
import type { MqttLoadSettings } from '../src/load/driver/mqtt/mqtt-load-driver.ts'
import type { ProtocolVersion } from '../src/load/driver/mqtt/publish-frames.ts'
import { constantPacer } from '../src/load/loops/pacer.ts'
import { said, saidText } from '../src/model/said/said.ts'
import { tlsProfileOf } from '../src/model/tls/profiles.ts'
import type { Direction } from '../src/model/vocabulary.ts'
import type { Qos } from '../src/transports/mqtt/broker-limits.ts'
import { startMosquitto } from '../src/transports/mqtt/mosquitto-process.ts'
import { mqtt5Qos1, mqtt5Qos2 } from '../src/transports/mqtt/mqtt5.ts'
import { createTlsIdentity, trustOf } from '../src/transports/tls/certificate.ts'
import { openRelay } from '../src/wire/relay/tcp-relay.ts'
import { hasTool, temporaryFolder } from './support/command.ts'
import {
  acknowledge,
  elapsedNs,
  openBroker,
  openDriver,
  SCENARIO,
  work,
} from './support/mqtt-load.ts'
import { ownMosquitto } from './support/own-mosquitto.ts'
import { freePort } from './support/programs.ts'

const nobody = { completed() {} }
const reasons = ({ lostConnections }: LoadTally): string =>
  [...lostConnections.keys()].map(saidText).join('; ')
const expectSums = ({ sent, completed, unacknowledged }: LoadTally): void =>
  expect(completed + unacknowledged).toBe(sent)

describe.skipIf(!hasTool('mosquitto'))('on a Mosquitto', () => {
  it.each<[ProtocolVersion, Qos]>([
    [4, 0],
    [4, 1],
    [4, 2],
    [5, 0],
    [5, 1],
    [5, 2],
  ])('brings every message to a subscriber, version %i, QoS %i', async (protocolVersion, qos) => {
    const abort = new AbortController()
    await using broker = await startMosquitto('127.0.0.1', abort.signal)
    const subscriber = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`)
    let arrived = 0
    const all = new Promise<void>((resolve) => {
      subscriber.on('message', (_topic, payload) => {
        expect(payload.toString()).toBe('{ "temp": 25 }')
        arrived += 1
        if (arrived === 300) resolve()
      })
    })
    await subscriber.subscribeAsync('sensors/temp', { qos: 0 })
    await using driver = await openDriver(broker.port, { protocolVersion, qos })
    expect(await driver.connect()).toMatchObject({ opened: 3, failed: new Map() })
    const latencies: number[] = []
    const tally = await driver.drive(work({ until: { messages: 300, elapsedNs: 20e9 } }), {
      completed: (responseNs) => latencies.push(responseNs),
    })
    expect(tally).toMatchObject({ offered: 300, sent: 300, completed: 300, unacknowledged: 0 })
    expect(reasons(tally)).toBe('')
    expect(latencies).toHaveLength(300)
    await all
    await subscriber.endAsync(true)
  })

  it('speaks TLS to whom it trusts', async () => {
    const identity = await createTlsIdentity(tlsProfileOf({}))
    const { signal } = new AbortController()
    using folder = temporaryFolder()
    const files = { certfile: identity.chain ?? '', keyfile: identity.key ?? '' }
    const lines = Object.entries(files).map(([key, pem]) => {
      writeFileSync(join(folder.path, key), pem)
      return `${key} ${join(folder.path, key)}`
    })
    await using broker = await startMosquitto('127.0.0.1', signal, { lines })
    const settings = { address: new URL(`mqtts://127.0.0.1:${broker.port}`), keepAliveS: 1 }
    await using driver = await openDriver(broker.port, {
      ...settings,
      trust: { scenario: {}, ...trustOf(identity) },
    })
    expect(await driver.connect()).toMatchObject({ opened: 3 })
    expect(await driver.drive(work(), nobody)).toMatchObject({ sent: 500, completed: 500 })
    const other = await createTlsIdentity(tlsProfileOf({}))
    await using stranger = await openDriver(broker.port, {
      ...settings,
      trust: { scenario: {}, ...trustOf(other) },
    })
    expect(await stranger.connect()).toMatchObject({ opened: 0 })
  })

  it('counts connections over the limit of the broker, and drives the others', async () => {
    await using broker = await ownMosquitto(['max_connections 2'])
    await using driver = await openDriver(broker.port)
    const { opened, failed } = await driver.connect()
    expect(opened).toBe(2)
    expect([...failed.values()]).toEqual([1])
    expect(await driver.drive(work(), nobody)).toMatchObject({ sent: 500, completed: 500 })
  })

  it.each<[string, Partial<MqttLoadSettings>, RegExp]>([
    ['max_qos 1', { qos: 2 }, /^127\.0\.0\.1:\d+ takes QoS 1 at most /],
    [
      'max_packet_size 100',
      { payloads: [Buffer.alloc(9), Buffer.alloc(1_021)] },
      /^127\.0\.0\.1:\d+ takes packets of 100 bytes at most .*, and a message is 1,041; /,
    ],
  ])('opens no connection for what is beyond %s, and says so', async (line, beyond, words) => {
    await using broker = await ownMosquitto([line])
    await using within = await openDriver(broker.port, { protocolVersion: 5 })
    expect(await within.connect()).toMatchObject({ opened: 3 })
    expect(await within.drive(work(), nobody)).toMatchObject({ sent: 500, completed: 500 })
    await using driver = await openDriver(broker.port, { protocolVersion: 5, ...beyond })
    const { opened, failed } = await driver.connect()
    expect([opened, ...failed.values()]).toEqual([0, 3])
    expect([...failed.keys()].map(saidText).join()).toMatch(words)
  })

  it.each([
    ['killed', 'SIGKILL' as const, /broke|closed the connection/],
    ['stopped, its connections half-open', 'SIGSTOP' as const, /^$/],
  ])('counts to the last message when the broker is %s', async (_, signal, reason) => {
    await using broker = await ownMosquitto()
    await using driver = await openDriver(broker.port)
    await driver.connect()
    const given = work({ until: { messages: 1e9, elapsedNs: 2e9 }, drainMs: 100 })
    let seen = 0
    const tally = await driver.drive(given, {
      completed() {
        seen += 1
        if (seen === 200) broker.kill(signal)
      },
    })
    expectSums(tally)
    expect(tally.completed).toBe(seen)
    expect(tally.unacknowledged).toBeGreaterThan(0)
    expect(reasons(tally)).toMatch(reason)
  })
})

describe.skipIf(!hasTool('mosquitto'))('in flight to a Mosquitto', () => {
  /** What crosses a relay: PUBLISH packets up to the acknowledgement that ends each of them, at most. */
  async function mostInFlight(
    client: 'bare' | 'mqtt.js',
    qos: 1 | 2,
    settings: readonly string[],
  ): Promise<number> {
    await using broker = await ownMosquitto(settings)
    const { signal } = new AbortController()
    const [last, unacknowledged] = [qos === 1 ? 'puback' : 'pubcomp', new Set<number>()]
    let most = 0
    await using relay = await openRelay({
      target: { host: '127.0.0.1', port: broker.port },
      openTap() {
        const readers = { up: parser({ protocolVersion: 5 }), down: parser({ protocolVersion: 5 }) }
        readers.up.on('packet', ({ cmd, messageId }) => {
          if (cmd === 'publish') unacknowledged.add(messageId as number)
          most = Math.max(most, unacknowledged.size)
        })
        readers.down.on('packet', ({ cmd, messageId }) => {
          if (cmd === last) unacknowledged.delete(messageId as number)
        })
        const bytes = (direction: Direction, chunk: Uint8Array) =>
          void readers[direction].parse(Buffer.from(chunk))
        return { bytes, end() {} }
      },
      signal,
    })
    const { port } = relay.address
    const shape = { connections: 1, inFlight: 10, connectPerSecond: null }
    await using driver =
      client === 'bare'
        ? await openDriver(port, { protocolVersion: 5, qos, shape })
        : openLibraryDriver({
            ...{ client, shape, signal, now: elapsedNs, payloads: [Buffer.from('25')] },
            connectPeer: () =>
              (qos === 1 ? mqtt5Qos1 : mqtt5Qos2).connect(
                new URL(`mqtt://127.0.0.1:${port}`),
                {},
                { scenario: SCENARIO, signal },
              ),
          })
    await driver.connect()
    expect(await driver.drive(work(), nobody)).toMatchObject({ sent: 500, completed: 500 })
    return most
  }

  it.each([
    ['bare', 1],
    ['bare', 2],
    ['mqtt.js', 1],
    ['mqtt.js', 2],
  ] as const)('are no more than its Receive Maximum: %s, QoS %i', async (client, qos) => {
    expect(await mostInFlight(client, qos, ['max_inflight_messages 1'])).toBe(1)
    expect(await mostInFlight(client, qos, [])).toBeGreaterThan(1)
  })
})

describe.skipIf(!hasTool('mosquitto'))('on a Mosquitto that is killed and started again', () => {
  it.each([
    ['as much as the window lets through', null],
    ['at a rate', constantPacer(1_000)],
  ])('goes on, and counts to the last message: %s', async (_, pacer) => {
    const port = await freePort()
    await using first = await ownMosquitto([], port)
    const second = first.ended.then(() => ownMosquitto([], port))
    await using driver = await openDriver(port)
    await driver.connect()
    const stop = new AbortController()
    let seen = 0
    let enough = Number.POSITIVE_INFINITY
    void second.then(() => {
      enough = seen + 300
    })
    const given = work({
      ...{ pacer, signal: stop.signal, drainMs: 1_000 },
      until: { messages: 1e9, elapsedNs: 20e9 },
    })
    const tally = await driver.drive(given, {
      completed() {
        seen += 1
        if (seen === 200) first.kill('SIGKILL')
        if (seen === enough) stop.abort()
      },
    })
    await using _second = await second
    expectSums(tally)
    expect(tally.completed).toBe(seen)
    // A killed broker ends some with FIN and resets others, by what it had not read.
    const lost = [...tally.lostConnections.values()].reduce((sum, count) => sum + count, 0)
    expect(lost).toBe(3)
    expect(tally.reopenedConnections).toBeGreaterThan(0)
    expect(tally.reopenedConnections).toBeLessThanOrEqual(3)
  })
})

describe('the load driver', () => {
  it('opens a lost connection again, and drives it, also in the next stretch', async () => {
    await using broker = await openBroker((packet, socket, count) => {
      if (count === 50) socket.destroy()
      else acknowledge(packet, socket)
    })
    await using driver = await openDriver(broker.port)
    await driver.connect()
    const first = await driver.drive(work({ pacer: constantPacer(500) }), nobody)
    expectSums(first)
    expect(first.sent).toBe(500)
    expect([...first.lostConnections.values()]).toEqual([1])
    expect(first.reopenedConnections).toBe(1)
    expect(await driver.drive(work(), nobody)).toMatchObject({
      ...{ sent: 500, completed: 500, reopenedConnections: 0 },
    })
    expect(broker.sockets.size).toBe(3)
  })

  it('gives up on a server that never answers anything', async () => {
    await using broker = await openBroker((_packet, socket) => socket.destroy())
    await using driver = await openDriver(broker.port)
    await driver.connect()
    const tally = await driver.drive(work({ pacer: constantPacer(500) }), nobody)
    expectSums(tally)
    expect([...tally.lostConnections.values()]).toEqual([3])
    expect(tally.reopenedConnections).toBe(0)
  })

  it('waits a while for a server that is gone, and no longer', async () => {
    const broker = await openBroker(acknowledge)
    await using driver = await openDriver(broker.port)
    await driver.connect()
    let seen = 0
    const startedNs = elapsedNs()
    const tally = await driver.drive(work({ until: { messages: 1e9, elapsedNs: 60e9 } }), {
      completed() {
        seen += 1
        if (seen === 100) void broker[Symbol.asyncDispose]()
      },
    })
    expectSums(tally)
    expect(tally.reopenedConnections).toBe(0)
    expect(elapsedNs() - startedNs).toBeGreaterThan(2.9e9)
  })

  it('is driven again on the same connections', async () => {
    await using broker = await openBroker(acknowledge)
    await using driver = await openDriver(broker.port)
    await driver.connect()
    for (const messages of [7, 100]) {
      const tally = await driver.drive(work({ until: { messages, elapsedNs: 20e9 } }), nobody)
      expect(tally).toMatchObject({ sent: messages, completed: messages })
    }
    expect(broker.publishes()).toBe(107)
    expect(broker.sockets.size).toBe(3)
  })

  it('sends when messages are due, and counts from then', async () => {
    await using broker = await openBroker(acknowledge)
    await using driver = await openDriver(broker.port)
    await driver.connect()
    const startedNs = elapsedNs()
    const delays: number[] = []
    const pacer = { next: (_elapsed: number, sent: number) => (sent < 50 ? sent * 4e6 : null) }
    const tally = await driver.drive(work({ pacer }), {
      completed(responseNs, sendDelayNs) {
        expect(responseNs).toBeGreaterThanOrEqual(sendDelayNs)
        delays.push(sendDelayNs)
      },
    })
    expect(tally).toMatchObject({ offered: 50, sent: 50, completed: 50 })
    expect(delays.every((delay) => delay >= 0)).toBe(true)
    expect(elapsedNs() - startedNs).toBeGreaterThanOrEqual(49 * 4e6)
  })

  it('lets a message wait where there is no room, and counts the wait', async () => {
    let held: (() => void)[] = []
    await using broker = await openBroker((packet, socket, count) => {
      const answer = (): void => acknowledge(packet, socket)
      if (count <= 3) held.push(answer)
      else answer()
      if (count !== 3) return
      setTimeout(() => {
        for (const each of held) each()
        held = []
      }, 150)
    })
    await using driver = await openDriver(broker.port, {
      shape: { connections: 1, inFlight: 3, connectPerSecond: null },
    })
    await driver.connect()
    const pacer = { next: (_elapsed: number, sent: number) => (sent < 6 ? 0 : null) }
    const delays: number[] = []
    const tally = await driver.drive(work({ pacer }), {
      completed: (_response, sendDelayNs) => delays.push(sendDelayNs),
    })
    expect(tally).toMatchObject({ offered: 6, sent: 6, completed: 6 })
    // The first three had room; how soon they were sent is the machine's affair.
    expect(
      delays.slice(3).every((delay) => delay >= 100e6),
      String(delays),
    ).toBe(true)
  })

  it('does not wait for a batch that a server keeps until it hears more', async () => {
    let held: (() => void)[] = []
    await using broker = await openBroker((packet, socket, count) => {
      held.push(() => acknowledge(packet, socket))
      if (count % 16 !== 1) return
      for (const each of held) each()
      held = []
    })
    await using driver = await openDriver(broker.port, {
      shape: { connections: 1, inFlight: 16, connectPerSecond: null },
    })
    await driver.connect()
    const tally = await driver.drive(work({ until: { messages: 161, elapsedNs: 5e9 } }), nobody)
    expect(tally).toMatchObject({ sent: 161, completed: 161 })
  })

  it('opens no more connections a second than it may', async () => {
    await using broker = await openBroker(acknowledge)
    await using driver = await openDriver(broker.port, {
      shape: { connections: 6, inFlight: 1, connectPerSecond: 50 },
    })
    const { opened, elapsedNs: tookNs } = await driver.connect()
    expect(opened).toBe(6)
    expect(tookNs).toBeGreaterThanOrEqual(99e6)
  })

  it.each<[string, Parameters<typeof openBroker>[0], RegExp]>([
    ['bytes that are no MQTT', (_p, socket) => socket.write(Buffer.alloc(9, 0xff)), /four bytes/],
    [
      'an id that is not in flight',
      (_p, socket) => socket.write(generate({ cmd: 'puback', messageId: 999 })),
      /sent PUBACK with a packet id that nothing waits for/,
    ],
    [
      'an id that is not in flight, and good ones behind it',
      (packet, socket) => {
        const { messageId = 0 } = packet as { messageId?: number }
        const ids = [999, messageId]
        socket.write(Buffer.concat(ids.map((id) => generate({ cmd: 'puback', messageId: id }))))
      },
      /sent PUBACK with a packet id that nothing waits for/,
    ],
    ['an end', (_p, socket) => socket.end(), /closed the connection/],
    ['a reset', (_p, socket) => socket.resetAndDestroy(), /ECONNRESET/],
  ])('drops a connection that answers with %s, and ends', async (_, answer, reason) => {
    await using broker = await openBroker((packet, socket, count) => {
      if (count < 20) acknowledge(packet, socket)
      else answer(packet, socket, count)
    })
    await using driver = await openDriver(broker.port)
    await driver.connect()
    const tally = await driver.drive(work({ drainMs: 500 }), nobody)
    expectSums(tally)
    expect(tally.unacknowledged).toBeGreaterThan(0)
    expect(reasons(tally)).toMatch(reason)
  })

  it('holds back what a server does not read, and gives up on it in time', async () => {
    await using broker = await openBroker((_packet, socket) => socket.pause())
    await using driver = await openDriver(broker.port, {
      payloads: [Buffer.alloc(100_000)],
      shape: { connections: 1, inFlight: 1_000, connectPerSecond: null },
    })
    await driver.connect()
    const before = process.memoryUsage().rss
    const given = work({ until: { messages: 1e9, elapsedNs: 0.3e9 }, drainMs: 100 })
    const tally = await driver.drive(given, nobody)
    expectSums(tally)
    expect(tally.completed).toBe(0)
    expect(tally.sent).toBeLessThanOrEqual(1_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6)
  })

  it('counts what the broker refuses as completed and refused', async () => {
    await using broker = await openBroker((packet, socket) => {
      if (packet.cmd !== 'publish') return
      const { messageId } = packet
      socket.write(
        Buffer.from([0x40, 3, (messageId as number) >> 8, (messageId as number) & 0xff, 0x87]),
      )
    })
    await using driver = await openDriver(broker.port)
    await driver.connect()
    expect(await driver.drive(work(), nobody)).toMatchObject({ completed: 500, refused: 500 })
  })

  it('counts connections that cannot be opened, by what went wrong', async () => {
    const { signal } = new AbortController()
    const driver = await openDriver(1, { signal })
    expect(await driver.connect()).toMatchObject({
      opened: 0,
      failed: new Map([[said('systemCode', { code: 'ECONNREFUSED' }), 3]]),
    })
    expect(await driver.drive(work(), nobody)).toMatchObject({ sent: 0, completed: 0 })
    await driver[Symbol.asyncDispose]()
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('pings every connection as often as the one needs that is kept alive the shortest', async () => {
    const heard = new EventEmitter()
    const allPinged = once(heard, 'all')
    const pinged = new Set<unknown>()
    await using broker = await openBroker(
      ({ cmd }, socket) => {
        if (cmd === 'pingreq') pinged.add(socket)
        if (pinged.size === 3) heard.emit('all')
      },
      (connection) => (connection === 1 ? { serverKeepAlive: 1 } : {}),
    )
    await using driver = await openDriver(broker.port, { protocolVersion: 5 })
    const startedNs = elapsedNs()
    expect(await driver.connect()).toMatchObject({ opened: 3 })
    await allPinged
    // By the keep-alive that was asked for it would be after 30 s.
    expect(elapsedNs() - startedNs).toBeLessThan(10e9)
  })

  it.each([60, 0])(
    'has a library ping as often as the broker asks, not after %i s',
    async (keepAlive) => {
      const heard = new EventEmitter()
      const pinged = once(heard, 'pingreq')
      await using broker = await openBroker(
        ({ cmd }) => heard.emit(cmd),
        () => ({ serverKeepAlive: 1 }),
      )
      const { signal } = new AbortController()
      const scenario = { ...SCENARIO, mqtt: { ...SCENARIO.mqtt, keepAlive } }
      const address = new URL(`mqtt://127.0.0.1:${broker.port}`)
      await using peer = await mqtt5Qos1.connect(address, {}, { scenario, signal })
      expect(peer.serverKeepAliveS).toBe(1)
      const startedNs = elapsedNs()
      await pinged
      expect(elapsedNs() - startedNs).toBeLessThan(10e9)
    },
  )

  it('pings on a connection that was opened again to a broker that wants it by now', async () => {
    const heard = new EventEmitter()
    const pinged = once(heard, 'pingreq')
    await using broker = await openBroker(
      (packet, socket, count) => {
        heard.emit(packet.cmd)
        if (count === 50) socket.destroy()
        else acknowledge(packet, socket)
      },
      (connection) => ({ serverKeepAlive: connection < 3 ? 0 : 1 }),
    )
    await using driver = await openDriver(broker.port, { protocolVersion: 5 })
    await driver.connect()
    const tally = await driver.drive(work({ pacer: constantPacer(500) }), nobody)
    expect(tally).toMatchObject({ reopenedConnections: 1 })
    await pinged
  })

  it('ends at once when it is stopped', async () => {
    await using broker = await openBroker(() => {})
    await using driver = await openDriver(broker.port)
    await driver.connect()
    const abort = new AbortController()
    const driving = driver.drive(work({ signal: abort.signal, drainMs: 60_000 }), nobody)
    setImmediate(() => abort.abort())
    const tally = await driving
    expectSums(tally)
    expect(tally.completed).toBe(0)
  })
})
