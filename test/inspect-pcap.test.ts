import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Frame } from '../src/model/wire/frame.ts'
import { sumLedger } from '../src/model/wire/ledger.ts'
import { readCaptureLedger } from '../src/wire/capture/capture-ledger.ts'
import { LINK_TYPE } from '../src/wire/capture/files/link-types.ts'
import { readCapture } from '../src/wire/capture/files/read-capture.ts'
import { pcapOf, recordedCell, recordingOf, renderCells } from './support/captures.ts'
import { hasTool, runCommand, temporaryFolder } from './support/command.ts'
import { down, up } from './support/dissection.ts'
import { findFaults, readFields } from './support/tshark-file.ts'

/**
 * What `--pcap` writes, held against tshark, which shares no code with us: no
 * packet that it finds fault with, and the same messages in its dissectors.
 */

const MESSAGES = 7
const TRANSPORTS = ['http1', 'http1-close', 'https1', 'mqtt-qos0', 'mqtt-qos1', 'mqtt-qos2', 'tcp']

interface InspectedTransport {
  transport: string
  protocol: string
  exchange: { connections: number; totals: { up: number; down: number }; frames: Frame[] }
}

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const file = join(folder.path, 'exchange.pcapng')

const textOf = ({ parts }: Frame, label: string): string =>
  parts.find((part) => part.label === label)?.text ?? '-'

describe.skipIf(!hasTool('tshark'))('the packets of an exchange', () => {
  let inspected: InspectedTransport[]

  beforeAll(async () => {
    const { code, stdout, stderr } = await runCommand([
      ...['inspect', 'json', '-t', TRANSPORTS.join(',')],
      ...['--messages', String(MESSAGES), '--format', 'json', '--pcap', file],
    ])
    expect(stderr).not.toContain('error')
    expect(code).toBe(0)
    inspected = JSON.parse(stdout).transports
    expect(inspected.map(({ transport }) => transport)).toEqual(TRANSPORTS)
  })

  it('have nothing that tshark finds fault with', async () => {
    expect(await findFaults(file)).toBe('')
  })

  it('carry every byte of each direction, a stream a connection', async () => {
    const packets = await readFields(file, [
      'frame.interface_name',
      'tcp.stream',
      'ip.src',
      'tcp.len',
    ])
    const totals = new Map<string, { up: number; down: number; streams: Set<string> }>()
    for (const packet of packets) {
      const [name = ''] = packet['frame.interface_name']
      const total = totals.get(name) ?? { up: 0, down: 0, streams: new Set() }
      totals.set(name, total)
      const direction = packet['ip.src'][0] === '192.0.2.1' ? 'up' : 'down'
      total[direction] += Number(packet['tcp.len'][0])
      total.streams.add(packet['tcp.stream'][0] ?? '')
    }
    for (const { transport, exchange } of inspected) {
      const total = totals.get(`json/${transport}`)
      expect({ up: total?.up, down: total?.down }, transport).toEqual(exchange.totals)
      expect(total?.streams.size, transport).toBe(exchange.connections)
    }
  })

  it('have the same requests and responses, also inside TLS: method, path, length, status, fields', async () => {
    const names = [
      'frame.interface_name',
      'http.request.method',
      'http.request.uri',
      'http.content_length_header',
      'http.response.code',
      'http.request.line',
      'http.response.line',
    ] as const
    const packets = await readFields(file, names)
    for (const { transport, exchange } of inspected.filter(
      ({ protocol }) => protocol === 'http/1.1',
    )) {
      const seen = packets
        .filter((packet) => packet['frame.interface_name'][0] === `json/${transport}`)
        .filter(
          (packet) =>
            packet['http.request.method'].length + packet['http.response.code'].length > 0,
        )
        .map((packet) =>
          [
            packet['http.request.method'][0] ?? '-',
            packet['http.request.uri'][0] ?? '-',
            packet['http.content_length_header'][0] ?? '-',
            packet['http.response.code'][0] ?? '-',
            packet['http.request.line'].length + packet['http.response.line'].length,
          ].join(' '),
        )
      const ours = exchange.frames
        .filter(({ label }) => label === 'request' || label === 'response')
        .map((frame) => {
          const [method = '-', path = '-'] = textOf(frame, 'request line').split(' ')
          const fields = frame.parts.filter(
            ({ label }) =>
              !['request line', 'status line', 'blank line', 'body'].includes(label) &&
              !/^(record|inner|auth)/.test(label),
          )
          const status = textOf(frame, 'status line').split(' ')[1] ?? '-'
          return [method, path, textOf(frame, 'content-length'), status, fields.length].join(' ')
        })
      expect(seen, transport).toEqual(ours)
      expect(ours).toHaveLength(2 * MESSAGES)
    }
  })

  it('have the same MQTT packets: type, remaining length, topic, packet identifier', async () => {
    const packets = await readFields(file, [
      'frame.interface_name',
      'mqtt.msgtype',
      'mqtt.len',
      'mqtt.topic',
      'mqtt.msgid',
    ])
    for (const { transport, exchange } of inspected.filter(({ protocol }) =>
      protocol.startsWith('mqtt'),
    )) {
      const own = packets.filter(
        (packet) => packet['frame.interface_name'][0] === `json/${transport}`,
      )
      const all = (name: 'mqtt.msgtype' | 'mqtt.len' | 'mqtt.topic' | 'mqtt.msgid'): string[] =>
        own.flatMap((packet) => packet[name])
      const said = exchange.frames.map((frame) => ({ frame, label: frame.label }))
      expect(all('mqtt.msgtype')).toEqual(said.map(({ label }) => TYPES[label]))
      expect(all('mqtt.len')).toEqual(said.map(({ frame }) => textOf(frame, 'Remaining Length')))
      const published = said.filter(({ label }) => label === 'PUBLISH')
      expect(published).toHaveLength(MESSAGES)
      expect(all('mqtt.topic')).toEqual(published.map(({ frame }) => textOf(frame, 'Topic Name')))
      const identified = said.map(({ frame }) => textOf(frame, 'Packet Identifier'))
      expect(all('mqtt.msgid')).toEqual(identified.filter((identifier) => identifier !== '-'))
    }
  })

  it('name scenario and transport where a stream begins, and say that they are synthesised', async () => {
    const packets = await readFields(file, ['frame.comment', 'tcp.flags.str', 'tcp.stream'])
    const comments = packets.flatMap((packet) => packet['frame.comment'])
    const connections = inspected.flatMap(({ transport, exchange }) =>
      Array.from(
        { length: exchange.connections },
        (_, index) => `json on ${transport}, connection ${index + 1}`,
      ),
    )
    expect(comments).toEqual(connections)
    for (const packet of packets) {
      expect(packet['frame.comment'].length).toBe(
        /^·+S/.test(packet['tcp.flags.str'][0] ?? '') && !packet['tcp.flags.str'][0]?.includes('A')
          ? 1
          : 0,
      )
    }
    expect(readFileSync(file, 'latin1')).toContain('The packets are synthesised: a relay')
  })

  it('are read back by ourselves to the same ledger', () => {
    const ledger = readCaptureLedger(readFileSync(file), file, [])
    const messages = ledger?.connections.map(
      ({ protocol, messages: sent }) => `${protocol} ${sent?.up}`,
    )
    expect(messages).toEqual([
      `http/1.1 ${MESSAGES}`,
      ...Array.from({ length: MESSAGES }, () => 'http/1.1 1'),
      `http/1.1 ${MESSAGES}`,
      ...Array.from({ length: 3 }, () => `mqtt/3.1.1 ${MESSAGES}`),
      'null undefined',
    ])
  })

  it('open with a key log too, and without one TLS is counted by record', () => {
    const { packets, secrets } = readCapture(readFileSync(file)) ?? { packets: [], secrets: [] }
    const plain = pcapOf(
      packets.map(({ bytes }) => bytes),
      LINK_TYPE.raw,
    )
    const tlsIn = (keyLog: readonly string[]) =>
      readCaptureLedger(plain, 'plain', keyLog)?.connections.find(({ server }) =>
        server.endsWith(':443'),
      )
    expect(tlsIn(secrets)).toMatchObject({ tls: 'opened', protocol: 'http/1.1', unread: [] })
    const closed = tlsIn([])
    expect(closed).toMatchObject({ tls: 'closed', protocol: null, messages: null })
    const hidden = closed?.unread.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0
    const { totals } = inspected.find(({ transport }) => transport === 'https1')?.exchange ?? {}
    expect(sumLedger(closed?.ledger ?? []) + hidden).toBe((totals?.up ?? 0) + (totals?.down ?? 0))
  })
})

/** MQTT 3.1.1 §2.2.1. */
const TYPES: Record<string, string> = {
  CONNECT: '1',
  CONNACK: '2',
  PUBLISH: '3',
  PUBACK: '4',
  PUBREC: '5',
  PUBREL: '6',
  PUBCOMP: '7',
  PINGREQ: '12',
  PINGRESP: '13',
  DISCONNECT: '14',
}

describe.skipIf(!hasTool('tshark'))('packets that no exchange of ours has', () => {
  it.each([
    ['a megabyte each way', [up('x'.repeat(1_000_000)), down('y'.repeat(1_000_000))]],
    [
      'bytes of one segment exactly',
      [up('x'.repeat(1448)), up('x'.repeat(2896)), down('y'.repeat(1449))],
    ],
    ['nothing said', []],
  ])('have nothing that tshark finds fault with: %s', async (_what, conversation) => {
    const path = join(folder.path, 'other.pcapng')
    writeFileSync(path, renderCells([recordedCell(recordingOf(conversation), 'length-prefixed')]))
    expect(await findFaults(path)).toBe('')
    const packets = await readFields(path, ['tcp.len'])
    for (const packet of packets) expect(Number(packet['tcp.len'][0])).toBeLessThanOrEqual(1448)
  })

  it('say that a connection was reset', async () => {
    const { events, ...rest } = recordingOf([up('hello')])
    const broken = { ...rest, events: events.filter(({ kind }) => kind !== 'finished') }
    const path = join(folder.path, 'reset.pcapng')
    writeFileSync(path, renderCells([recordedCell(broken, 'length-prefixed')]))
    const packets = await readFields(path, ['tcp.flags.reset'])
    expect(packets.map((packet) => packet['tcp.flags.reset'][0])).toEqual(['0', '0', '0', '0', '1'])
  })
})

describe('the secrets of TLS connections', () => {
  const secret = 'CLIENT_TRAFFIC_SECRET_0 aa bb'
  const cell = recordedCell({ ...recordingOf([up('x')]), secrets: [secret] }, 'http/1.1', true)

  it('stand in the file', () => {
    expect(renderCells([cell], 'included').toString('latin1')).toContain(secret)
  })

  it('do not where they are withheld', () => {
    expect(renderCells([cell], 'withheld').toString('latin1')).not.toContain('SECRET')
  })
})
