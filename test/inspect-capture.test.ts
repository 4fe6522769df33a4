import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CapturedConnection, CaptureLedger } from '../src/model/report/tap/captured.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { startMosquitto } from '../src/transports/mqtt/mosquitto-process.ts'
import { readCaptureLedger } from '../src/wire/capture/capture-ledger.ts'
import { hasTool, runCommand, temporaryFolder } from './support/command.ts'
import { LoopbackCapture } from './support/loopback-capture.ts'
import { runProgram, startNginx } from './support/programs.ts'
import { readFields } from './support/tshark-file.ts'

/**
 * Captures of programs that are not ours, read by ourselves and by tshark: the
 * same totals and the same messages on every connection.
 */

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())

const HAS_READER = hasTool('tshark') && hasTool('tcpdump')
const HAS_MQTT = HAS_READER && hasTool('mosquitto') && hasTool('mosquitto_pub')
const HAS_HTTP = HAS_READER && hasTool('nginx') && hasTool('curl')

interface Recorded {
  path: string
  port: number
  ledger: CaptureLedger
}

/** Captures what `talk` does on the port, and reads it. */
async function record(
  name: string,
  port: number,
  talk: () => Promise<void>,
  options: readonly string[] = [],
): Promise<Recorded> {
  const capture = await LoopbackCapture.start(port, options)
  await talk()
  // A client may be gone before its server has said goodbye.
  await vi.waitUntil(() => openConnections(port) === 0, { timeout: 20_000 })
  const file = await capture.stop()
  const path = join(folder.path, name)
  writeFileSync(path, file)
  const ledger = readCaptureLedger(file, name, [])
  if (ledger === null) throw new Error('is no capture')
  return { path, port, ledger }
}

/** ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK: one side has not said its last word. */
const UNFINISHED = new Set(['01', '04', '05', '08', '09'])

function openConnections(port: number): number {
  const here = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return ['/proc/net/tcp', '/proc/net/tcp6']
    .flatMap((table) => readFileSync(table, 'utf8').split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, remote]) => local?.endsWith(here) || remote?.endsWith(here))
    .filter(([, , , state = '']) => UNFINISHED.has(state)).length
}

/** What tshark counts on each connection, in the order of its streams. */
interface StreamTotals {
  payloadBytes: { up: number; down: number }
  ipBytes: number
  packets: number
}

const REPEATED = [
  'tcp.analysis.retransmission',
  'tcp.analysis.spurious_retransmission',
  'tcp.analysis.keep_alive',
] as const

const newTotals = (): StreamTotals => ({
  payloadBytes: { up: 0, down: 0 },
  ipBytes: 0,
  packets: 0,
})

async function streamsByTshark({ path, port }: Recorded): Promise<StreamTotals[]> {
  const names = ['tcp.stream', 'tcp.dstport', 'tcp.len', 'ip.len'] as const
  const packets = await readFields(path, [...names, ...REPEATED])
  const streams: StreamTotals[] = []
  for (const packet of packets) {
    const [stream] = packet['tcp.stream']
    if (stream === undefined) continue
    const totals = streams[Number(stream)] ?? newTotals()
    streams[Number(stream)] = totals
    const direction = Number(packet['tcp.dstport'][0]) === port ? 'up' : 'down'
    // A busy machine sends again even on loopback; the stream has it once.
    const isRepeated = REPEATED.some((name) => packet[name].length > 0)
    if (!isRepeated) totals.payloadBytes[direction] += Number(packet['tcp.len'][0])
    totals.ipBytes += Number(packet['ip.len'][0])
    totals.packets += 1
  }
  return streams
}

function ourTotals({ ledger, packets, unread }: CapturedConnection): StreamTotals {
  const unreadOf = (direction: 'up' | 'down'): number =>
    unread.filter((one) => one.direction === direction).reduce((sum, { bytes }) => sum + bytes, 0)
  const payloadBytes = {
    up: sumLedger(ledger, { direction: 'up' }) + unreadOf('up'),
    down: sumLedger(ledger, { direction: 'down' }) + unreadOf('down'),
  }
  const network = sumLedger(ledger, { layer: 'network' })
  return {
    payloadBytes,
    ipBytes: payloadBytes.up + payloadBytes.down + network,
    packets: packets.up + packets.down,
  }
}

/** `CONNECT ×1, PUBLISH ×2` of a connection. */
const unitsOf = ({ units }: CapturedConnection): string[] =>
  units.map(({ direction, label, count }) => `${direction} ${label} ×${count}`).sort()

describe.skipIf(!HAS_MQTT).each(['mqttv311', 'mqttv5'] as const)(
  'mosquitto_pub and mosquitto_sub against Mosquitto, %s',
  (version) => {
    const stop = new AbortController()
    let recorded: Recorded

    beforeAll(async () => {
      await using broker = await startMosquitto('127.0.0.1', stop.signal)
      const { port } = broker
      recorded = await record(`${version}.pcap`, port, () => talk(port, version))
    })

    it('is read to its last byte', () => {
      const { remarks, connections } = recorded.ledger
      // What closes the capture is a datagram.
      expect(remarks).toEqual([
        {
          text: expect.stringMatching(/^a packet is UDP of port \d+, which is not read$/),
          count: 1,
        },
      ])
      expect(connections.flatMap(({ unread }) => unread)).toEqual([])
      const protocol = version === 'mqttv5' ? 'mqtt/5.0' : 'mqtt/3.1.1'
      for (const connection of connections) {
        expect(connection).toMatchObject({ protocol, tls: 'none', beginning: 'captured' })
      }
    })

    it('has the totals that tshark counts, on every connection', async () => {
      const streams = await streamsByTshark(recorded)
      expect(recorded.ledger.connections.map(ourTotals)).toEqual(streams)
      expect(streams.length).toBeGreaterThan(5)
    })

    it('has the packets that tshark finds, on every connection', async () => {
      const packets = await readFields(
        recorded.path,
        ['tcp.stream', 'tcp.dstport', 'mqtt.msgtype', 'mqtt.qos', 'mqtt.retain'],
        [`tcp.port==${recorded.port},mqtt`],
      )
      const streams: Map<string, number>[] = recorded.ledger.connections.map(() => new Map())
      for (const packet of packets) {
        const direction = Number(packet['tcp.dstport'][0]) === recorded.port ? 'up' : 'down'
        for (const type of packet['mqtt.msgtype']) {
          const key = `${direction} ${NAMES[Number(type)]}`
          const counts = streams[Number(packet['tcp.stream'][0])]
          counts?.set(key, (counts.get(key) ?? 0) + 1)
        }
      }
      const seen = streams.map((counts) =>
        Array.from(counts, ([key, count]) => `${key} ×${count}`).sort(),
      )
      expect(recorded.ledger.connections.map(unitsOf)).toEqual(seen)
      // All of the exchange was there: every QoS, both ways.
      for (const name of ['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK']) {
        expect(seen.flat().some((unit) => unit.includes(name))).toBe(true)
      }
    })
  },
)

const NAMES = [
  ...['', 'CONNECT', 'CONNACK', 'PUBLISH', 'PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBSCRIBE'],
  ...['SUBACK', 'UNSUBSCRIBE', 'UNSUBACK', 'PINGREQ', 'PINGRESP', 'DISCONNECT', 'AUTH'],
]

/**
 * A device with a will and a user name subscribes and goes; readings of QoS 1
 * and 2 wait for it, and it comes back for them. One is retained, one has no
 * payload, one is large, two share a connection.
 */
async function talk(port: number, version: 'mqttv311' | 'mqttv5'): Promise<void> {
  const broker = ['-h', '127.0.0.1', '-p', String(port), '-V', version]
  const publish = (...args: string[]) => runProgram('mosquitto_pub', [...broker, ...args])
  const subscribe = (...args: string[]) => runProgram('mosquitto_sub', [...broker, ...args])
  const device = [
    ...['-i', 'device', '-c', '-q', '2', '-t', 'sensors/#', '-u', 'device', '-P', 'secret'],
    ...['--will-topic', 'gone', '--will-payload', 'bye', '--will-qos', '1'],
    ...(version === 'mqttv5' ? ['-x', '3600'] : []),
  ]
  await subscribe(...device, '-E')
  const properties = version === 'mqttv5' ? MQTT5_PROPERTIES : []
  for (const qos of ['0', '1', '2']) {
    await publish('-t', 'sensors/temp', '-q', qos, '-m', '{ "temp": 25 }', ...properties)
  }
  await publish('-t', 'sensors/state', '-q', '1', '-r', '-m', '溫度：25°C')
  await publish('-t', 'sensors/empty', '-q', '1', '-n')
  // More than a segment of loopback holds.
  const large = join(folder.path, 'large')
  writeFileSync(large, Buffer.alloc(100_000, 'x'))
  await publish('-t', 'sensors/large', '-q', '2', '-f', large)
  await publish('-t', 'sensors/twice', '-q', '1', '-m', 'again', '--repeat', '2')
  // Of QoS 0 nothing waits for who is not there.
  await subscribe(...device, '-C', '7')
  // Who comes later gets what was retained.
  await subscribe('-t', 'sensors/state', '-C', '1')
}

const MQTT5_PROPERTIES = [
  ...['-D', 'publish', 'user-property', 'token', 'abc'],
  ...['-D', 'publish', 'content-type', 'application/json'],
  ...['-D', 'publish', 'message-expiry-interval', '60'],
  ...['-D', 'connect', 'session-expiry-interval', '0'],
]

describe.skipIf(!HAS_HTTP)('curl against nginx', () => {
  let recorded: Recorded
  let cut: Recorded

  beforeAll(async () => {
    await using nginx = await startNginx()
    const { port } = nginx
    recorded = await record('http.pcap', port, () => browse(port))
    cut = await record('cut.pcap', port, () => browse(port), ['-s', '120'])
  })

  it('is read to its last byte', () => {
    const { connections } = recorded.ledger
    expect(connections.flatMap(({ unread }) => unread)).toEqual([])
    for (const connection of connections) {
      expect(connection).toMatchObject({ protocol: 'http/1.1', ending: 'finished' })
    }
  })

  it('has the totals that tshark counts, on every connection', async () => {
    expect(recorded.ledger.connections.map(ourTotals)).toEqual(await streamsByTshark(recorded))
  })

  it('has the requests and responses that tshark finds', async () => {
    const packets = await readFields(
      recorded.path,
      ['http.request.method', 'http.response.code'],
      [`tcp.port==${recorded.port},http`],
    )
    const count = (name: 'http.request.method' | 'http.response.code'): number =>
      packets.flatMap((packet) => packet[name]).length
    const ours = (pattern: RegExp): number =>
      recorded.ledger.connections
        .flatMap(({ units }) => units)
        .filter(({ label }) => pattern.test(label))
        .reduce((sum, { count: times }) => sum + times, 0)
    expect(ours(/^request$/)).toBe(count('http.request.method'))
    expect(ours(/response$/)).toBe(count('http.response.code'))
    expect(ours(/^request$/)).toBe(8)
    expect(ours(/interim/)).toBeGreaterThan(0)
  })

  it('cut off by its snapshot length is accounted for whole, and says what is not there', async () => {
    expect(cut.ledger.connections.map(ourTotals)).toEqual(await streamsByTshark(cut))
    const reasons = cut.ledger.connections.flatMap(({ unread }) =>
      unread.map(({ reason }) => reason),
    )
    expect(reasons).toContain('left out of the packets when they were captured')
  })

  it('is printed by the command, in every format', async () => {
    for (const format of ['table', 'markdown', 'json']) {
      const result = await runCommand(['inspect', recorded.path, '--format', format])
      expect([result.code, result.stderr]).toEqual([0, ''])
      expect(result.stdout).toContain('http/1.1')
      if (format === 'json') expect(JSON.parse(result.stdout).connections).toHaveLength(7)
    }
  })
})

/**
 * A POST, a chunked one, two GETs on one connection, a HEAD, a 404, and one that
 * waits for 100 (Continue) and is passed on by nginx to itself, in HTTP/1.0.
 */
async function browse(port: number): Promise<void> {
  const url = `http://127.0.0.1:${port}`
  const curl = (...args: string[]) => runProgram('curl', ['-sS', ...args])
  const json = ['-H', 'Content-Type: application/json', '-d', '{ "temp": 25 }']
  await curl(...json, `${url}/sensors`)
  await curl(...json, '-H', 'Transfer-Encoding: chunked', `${url}/sensors`)
  await curl(`${url}/hello.txt`, `${url}/hello.txt`)
  await curl('--head', `${url}/hello.txt`)
  await curl(`${url}/nothing.txt`)
  const large = join(folder.path, 'body')
  writeFileSync(large, Buffer.alloc(200_000, 'y'))
  await curl('-H', 'Expect: 100-continue', '--data-binary', `@${large}`, `${url}/forward`)
}

describe.skipIf(!HAS_HTTP)('other ways to capture', () => {
  it.each([
    ['Linux cooked', ['-i', 'any', '-y', 'LINUX_SLL']],
    ['Linux cooked, version 2', ['-i', 'any', '-y', 'LINUX_SLL2']],
    ['nanoseconds', ['--time-stamp-precision', 'nano']],
  ])('are read as well: %s', async (name, options) => {
    await using nginx = await startNginx()
    const { port } = nginx
    const recorded = await record(
      `${name}.pcap`,
      port,
      async () => {
        await runProgram('curl', [
          '-sS',
          '-d',
          '{ "temp": 25 }',
          `http://127.0.0.1:${port}/sensors`,
        ])
      },
      options,
    )
    const [connection, ...others] = recorded.ledger.connections
    expect(others).toEqual([])
    expect(connection).toMatchObject({
      protocol: 'http/1.1',
      unread: [],
      messages: { up: 1, down: 0 },
    })
  })
})
