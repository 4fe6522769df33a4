import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../src/model/report/report.ts'
import {
  hasTool,
  readReport,
  runCommand,
  startCommand,
  temporaryFolder,
} from './support/command.ts'
import { ownMosquitto } from './support/own-mosquitto.ts'

const SCENARIO = `
name: readings
title: numbered readings
flow: uplink
topic: plant/temp
path: /plant/temp
payload:
  records:
    count: 100
    as: messages
    record: { n: { sequence: { digits: 4 } }, temp: { integer: [10, 99] } }
  seed: 1
`
const MESSAGES = 200

describe.skipIf(!hasTool('mosquitto'))('publishers and subscribers apart', () => {
  // What a busy machine has ready after the common start has missed what was sent before.
  let leadMs = 8_000
  it('are held against each other, and faults of the broker are told', { retry: 2 }, async () => {
    await using broker = await ownMosquitto()
    await using meddler = await openMeddler(broker.port)
    using folder = temporaryFolder()
    const at = (name: string): string => join(folder.path, name)
    writeFileSync(at('readings.yaml'), SCENARIO)
    // Five processes that have loaded the command before it is known when they start.
    await Promise.all(Array.from({ length: 5 }, () => runCommand(['--version'])))
    const startAt = new Date(Date.now() + leadMs).toISOString()
    leadMs *= 4
    const end = (name: string, role: string, part: string, port = broker.port) => [
      ...['run', at('readings.yaml'), '-t', 'mqtt-qos1', '--role', role, '--part', part],
      ...['--mqtt-url', `mqtt://127.0.0.1:${port}`, '--start-at', startAt, '--rate', '400'],
      ...['--connections', '5', '--messages', String(MESSAGES), '--out', at(name)],
    ]
    const killed = startCommand(end('killed', 'subscribe', '2/2'))
    const killing = killed
      .printed('subscribed, waiting for')
      .then(() => killed.child.kill('SIGKILL'))
    const [, ...runs] = await Promise.all([
      killing,
      runCommand(end('p1', 'publish', '1/2')),
      runCommand(end('p2', 'publish', '2/2')),
      runCommand(end('s1', 'subscribe', '1/2')),
      runCommand(end('s2', 'subscribe', '2/2')),
      runCommand(end('meddled', 'subscribe', '2/2', meddler.port)),
    ])
    for (const { code, stderr } of runs) expect(code, stderr).toBe(0)
    await killed.ended
    const merge = async (...parts: string[]) => {
      const result = await runCommand([
        'report',
        '--merge',
        ...parts.map(at),
        '--out',
        at('merged'),
        '--full',
      ])
      return {
        ...result,
        text: result.stdout.replace(/\s+/g, ' '),
        report: readReport(at('merged')),
      }
    }
    const whole = await merge('p1', 's2', 's1', 'p2')
    expect(whole.code, whole.stderr).toBe(0)
    const nothing = { missing: 0, duplicated: 0, reordered: 0, corrupted: 0 }
    const all = { publishers: 2, subscribers: 2, sent: MESSAGES, acknowledged: MESSAGES }
    expect(endsOf(whole.report)).toMatchObject({ ...all, delivered: MESSAGES, ...nothing })
    expect(whole.report.partial).toBe(false)
    expect(whole.text).toContain('End to end: 2 publishers, 2 subscribers')
    expect(whole.text).toContain('no delivery latency')
    const shares = ['s1', 's2'].map((name) => receivedIn(readReport(at(name))))
    expect(shares.map((each) => each?.connections)).toEqual([3, 2])
    expect(shares.every((each) => each?.silent === 0)).toBe(true)

    const faulty = await merge('p1', 'p2', 's1', 'meddled')
    expect(endsOf(faulty.report)).toMatchObject({
      ...{ ...all, delivered: MESSAGES - 1 },
      ...{ missing: 1, duplicated: 1, reordered: 1, corrupted: 0 },
    })
    expect(faulty.text).toContain('not all messages were delivered intact: 1 lost, 1 duplicated')

    const cut = await merge('p1', 'p2', 's1', 'killed')
    expect(cut.code).toBe(3)
    expect(cut.text).toContain('subscriber 2 was cut short')
    expect(endsOf(cut.report)).toMatchObject({ ...all, delivered: null, missing: null })

    const missing = await merge('p2', 's1', 's2')
    expect(missing.code).toBe(3)
    expect(missing.text).toContain('of 2 publishers 1 is missing: these figures are not the whole')
    const twice = await runCommand(['report', '--merge', at('p1'), at('s1'), at('s1')])
    expect(twice.code).toBe(2)
    expect(twice.stderr).toContain('are both subscriber 1 of 2; give each part once')
  })
})

const measuredIn = ({ cells: [cell] }: Report) => (cell?.status === 'measured' ? cell : undefined)
const endsOf = (report: Report) => measuredIn(report)?.endToEnd
const receivedIn = (report: Report) => measuredIn(report)?.received

/** A broker that keeps one message to itself, says another twice, and puts one behind the next of its topic. */
async function openMeddler(port: number) {
  const sockets = new Set<ReturnType<typeof connect>>()
  const server = createServer((client) => {
    const broker = connect(port, '127.0.0.1')
    for (const socket of [client, broker]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        broker.destroy()
      })
    }
    client.pipe(broker)
    let rest = Buffer.alloc(0)
    let publishes = 0
    let held: { topic: string; packet: Buffer } | null = null
    broker.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (let packet = firstPacket(rest); packet !== null; packet = firstPacket(rest)) {
        rest = rest.subarray(packet.length)
        if (packet[0] === undefined || packet[0] >> 4 !== 3) {
          client.write(packet)
          continue
        }
        publishes += 1
        const topic = topicOf(packet)
        if (publishes === 11) continue
        if (publishes === 41) held = { topic, packet }
        else client.write(packet)
        if (publishes === 21) client.write(packet)
        if (held !== null && held.packet !== packet && held.topic === topic) {
          client.write(held.packet)
          held = null
        }
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Null where it has not come whole. Nothing here is as long as 128 bytes. */
function firstPacket(bytes: Buffer): Buffer | null {
  const length = 2 + (bytes[1] ?? Number.POSITIVE_INFINITY)
  return bytes.length < length ? null : bytes.subarray(0, length)
}

const topicOf = (packet: Buffer): string =>
  packet.subarray(4, 4 + packet.readUInt16BE(2)).toString('latin1')
