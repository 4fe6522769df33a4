import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  packetsOf,
  pcapOf,
  recordedCell,
  recordingOf,
  renderCells,
} from '../../../test/support/captures.ts'
import { type Conversation, down, hex, up } from '../../../test/support/dissection.ts'
import { createTlsServer, recordTls } from '../../../test/support/tls-conversation.ts'
import { CONTENT_TYPE, converse, keyLog } from '../../../test/support/tls-records.ts'
import { renderCapture } from '../../export/capture/index.ts'
import type { CapturedConnection, CaptureLedger } from '../../model/report/tap/captured.ts'
import type { Protocol } from '../../model/vocabulary.ts'
import { LedgerBook, sumLedger } from '../../model/wire/ledger.ts'
import { readExchange } from '../account/read-exchange.ts'
import { readCaptureLedger } from './capture-ledger.ts'
import { LINK_TYPE } from './files/link-types.ts'

const HTTP: Conversation = [
  up('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4000\r\n\r\n'),
  up('x'.repeat(4000)),
  down('HTTP/1.1 204 No Content\r\n\r\n'),
  up('GET /b HTTP/1.1\r\nHost: h\r\n\r\n'),
  down('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'),
]
const MQTT: Conversation = [
  up(hex('100d 0004 4d515454 04 02 003c 0001 61')),
  down(hex('20020000')),
  up(hex('3206 0001 61 0001 ff 3206 0001 61 0002 fe')),
  down(hex('40020001 40020002')),
  up(hex('c000')),
  down(hex('d000')),
  up(hex('e000')),
]
const TALKS = { 'http/1.1': HTTP, 'mqtt/3.1.1': MQTT } as const

function ledgerOf(file: Uint8Array): CaptureLedger {
  const ledger = readCaptureLedger(file, 'a file', [])
  if (ledger === null) throw new Error('is no capture')
  return ledger
}

const rawIp = (packets: readonly Uint8Array[]): CaptureLedger =>
  ledgerOf(pcapOf(packets, LINK_TYPE.raw))

/** The layers of the stream, without what the packets add. */
const wireOf = ({ ledger }: CapturedConnection) => ledger.filter(({ layer }) => layer !== 'network')

function exchangeLedger(protocol: Protocol, ...talks: Conversation[]) {
  const book = new LedgerBook()
  const { frames } = readExchange(recordingOf(...talks), { protocol, secure: false })
  for (const frame of frames) book.add(frame)
  return book.entries()
}

/** Every byte of every IP packet is in a layer, or unread. */
function accountedBytes({ connections }: CaptureLedger): number {
  return connections.reduce((sum, { ledger, unread }) => {
    const unreadBytes = unread.reduce((bytes, one) => bytes + one.bytes, 0)
    return sum + sumLedger(ledger) + sumLedger(ledger, { layer: 'network' }) + unreadBytes
  }, 0)
}

const bytesOf = (packets: readonly Uint8Array[]): number =>
  packets.reduce((sum, { length }) => sum + length, 0)

describe('a connection that was over long ago', () => {
  it('still has what comes of it counted: an acknowledgement, and what nobody can place', () => {
    const pings = Array.from({ length: 2100 }, () => [up(hex('c000')), down(hex('d000'))]).flat()
    const talk: Conversation = [...MQTT.slice(0, 2), ...pings]
    const [own, all] = [[HTTP], [HTTP, talk]].map((talks) =>
      packetsOf('http/1.1', ...talks).map(({ bytes }) => bytes),
    ) as [Uint8Array[], Uint8Array[]]
    const [acknowledgement, request] = own.slice(2) as [Uint8Array, Uint8Array]
    const late = [...all, acknowledgement, request]
    const [before, after] = [rawIp(all), rawIp(late)].map(({ connections }) => connections[0])
    expect(after?.packets.up).toBe((before?.packets.up ?? 0) + 2)
    expect(wireOf(after as CapturedConnection)).toEqual(wireOf(before as CapturedConnection))
    expect(after?.unread).toEqual([
      {
        direction: 'up',
        bytes: request.length - acknowledgement.length,
        reason: 'in packets that came long after their connection had ended',
      },
    ])
    expect(accountedBytes(rawIp(late))).toBe(bytesOf(late))
  })
})

describe.each(Object.entries(TALKS))('a capture of %s', (name, talk) => {
  const protocol = name as Protocol
  const packets = packetsOf(protocol, talk).map(({ bytes }) => bytes)

  it('has the ledger of what was said, and every byte of its packets', () => {
    const ledger = rawIp(packets)
    expect(ledger.remarks).toEqual([])
    const [connection] = ledger.connections
    expect(ledger.connections).toHaveLength(1)
    expect(wireOf(connection as CapturedConnection)).toEqual(exchangeLedger(protocol, talk))
    expect(connection).toMatchObject({
      ...{ protocol, tls: 'none', beginning: 'captured', ending: 'finished', unread: [] },
      ...{ client: '192.0.2.1:49152', repeatedBytes: { up: 0, down: 0 } },
    })
    expect(accountedBytes(ledger)).toBe(bytesOf(packets))
  })

  it('is the same in whatever order the packets come, and however often', () => {
    // Who opened the connection is known by the first packets; they stay.
    const order = fc.shuffledSubarray(
      packets.slice(2).map((_, index) => index + 2),
      { minLength: packets.length - 2 },
    )
    const again = fc.array(fc.nat(packets.length - 1), { maxLength: 5 })
    fc.assert(
      fc.property(order, again, (indexes, repeated) => {
        const all = [0, 1, ...indexes, ...repeated].map((index) => packets[index] as Uint8Array)
        const ledger = rawIp(all)
        expect(ledger.connections).toHaveLength(1)
        expect(wireOf(ledger.connections[0] as CapturedConnection)).toEqual(
          exchangeLedger(protocol, talk),
        )
        expect(accountedBytes(ledger)).toBe(bytesOf(all))
      }),
    )
  })

  it('says what is missing, whichever packets are, and accounts for the others', () => {
    fc.assert(
      fc.property(fc.subarray([...packets]), (kept) => {
        const ledger = rawIp(kept)
        expect(accountedBytes(ledger)).toBe(bytesOf(kept))
      }),
    )
  })

  it('says how much was cut off the packets, and accounts for them whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 52, max: 200 }), (snapLength) => {
        const ledger = ledgerOf(pcapOf(packets, LINK_TYPE.raw, snapLength))
        // SYNs are longer than the shortest of these, and have nothing to lose but options.
        expect(accountedBytes(ledger)).toBe(bytesOf(packets))
      }),
    )
  })
})

describe('a capture', () => {
  const packets = packetsOf('http/1.1', HTTP).map(({ bytes }) => bytes)

  it('with a gap in a body has all but what is missing', () => {
    const second = packets.filter(({ length }) => length === 1500)[1]
    const [connection] = rawIp(packets.filter((bytes) => bytes !== second)).connections
    expect(connection?.unread).toEqual([])
    expect(connection).toMatchObject({
      ...{ missingBytes: { up: 1448, down: 0 }, messages: { up: 1, down: 1 }, remarks: [] },
    })
    expect(sumLedger(connection?.ledger ?? [], { direction: 'up', layer: 'payload' })).toBe(
      4000 - 1448,
    )
  })

  it('that begins in the middle is read from a message on, its client told by what it says', () => {
    const [connection] = rawIp(packets.slice(3)).connections
    expect(connection).toMatchObject({
      ...{ beginning: 'joined', protocol: 'http/1.1', client: '192.0.2.1:49152', unread: [] },
    })
  })

  it('that begins after CONNECT is told by its packets', () => {
    const late = packetsOf('mqtt/3.1.1', MQTT).map(({ bytes }) => bytes)
    const [connection] = rawIp(late.slice(5)).connections
    expect(connection).toMatchObject({
      ...{ beginning: 'joined', protocol: 'mqtt/3.1.1', messages: { up: 2, down: 0 } },
      ...{ unread: [], remarks: [], server: '192.0.2.2:1883' },
    })
  })

  it('tells connections apart that use the same ports one after the other', () => {
    // The other initial sequence number comes from a capture of its own, moved on by so much.
    const later = packets.map((bytes) => {
      const moved = Buffer.from(bytes)
      const isUp = moved.readUInt16BE(20) === 49_152
      for (const [at, by] of [
        [24, isUp ? 5_000_000 : 7_000_000],
        [28, isUp ? 7_000_000 : 5_000_000],
      ] as const) {
        moved.writeUInt32BE((moved.readUInt32BE(at) + by) % 2 ** 32, at)
      }
      return moved
    })
    const { connections } = rawIp([...packets, ...later])
    expect(connections.map(({ number, unread }) => [number, unread])).toEqual([
      [1, []],
      [2, []],
    ])
    expect(connections.map(({ units }) => units[0]?.count)).toEqual([2, 2])
  })

  it('gives headers to the phase of what they carried', () => {
    const late = packetsOf('mqtt/3.1.1', MQTT).map(({ bytes }) => bytes)
    const [connection] = rawIp(late).connections
    const network = (phase: 'setup' | 'steady' | 'idle' | 'close') =>
      sumLedger(connection?.ledger ?? [], { phase, layer: 'network' })
    // SYN 60, SYN-ACK 60, ACK 52, CONNECT and CONNACK 52 each; then a segment each way.
    expect([network('setup'), network('steady'), network('idle')]).toEqual([276, 104, 104])
    // DISCONNECT, FIN, FIN, ACK.
    expect(network('close')).toBe(4 * 52)
  })

  it('remarks on what is no TCP, with its number', () => {
    const udp = Buffer.from(packets[0] as Uint8Array)
    udp[9] = 17
    const { remarks, connections } = rawIp([udp, udp, hex('60')])
    expect(remarks).toEqual([
      { text: 'a packet is UDP of port 80, which is not read', count: 2 },
      { text: 'a packet is cut off before its IP header ends', count: 1 },
    ])
    expect(connections).toEqual([])
  })

  it('of TLS without keys has its records, and says what is hidden', () => {
    const hello = hex(`16030100 2a 01 000026 0303 ${'ab'.repeat(32)} 00000000`)
    const talk = [
      up(hello),
      down(hex('1603030002 0200')),
      up(hex('1703030011 0000112233445566778899aabbccddeeff')),
    ]
    const [connection] = rawIp(packetsOf('http/1.1', talk).map(({ bytes }) => bytes)).connections
    expect(connection).toMatchObject({ protocol: null, tls: 'closed', messages: null })
    expect(connection?.unread).toEqual([
      {
        direction: 'up',
        bytes: 17,
        reason: 'the content of 1 encrypted records, whose keys are not known',
      },
    ])
    expect(sumLedger(connection?.ledger ?? [], { layer: 'security' })).toBe(hello.length + 7 + 5)
  })

  it('never fails to be read and printed, whatever was done to it', () => {
    const file = renderCells([
      recordedCell(recordingOf(HTTP), 'http/1.1'),
      recordedCell(recordingOf(MQTT), 'mqtt/3.1.1'),
    ])
    const files = [file, pcapOf(packets, LINK_TYPE.raw)]
    const change = fc.record({
      at: fc.nat(),
      byte: fc.nat(255),
      kind: fc.constantFrom('set', 'insert', 'remove', 'cut'),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 12 }),
        (whole, changes) => {
          const damaged = changes.reduce((bytes, { at, byte, kind }) => {
            const place = at % (bytes.length + 1)
            if (kind === 'cut') return bytes.subarray(0, Math.max(place, 24))
            const middle = kind === 'remove' ? [] : [byte]
            return Buffer.concat([
              bytes.subarray(0, place),
              Buffer.from(middle),
              bytes.subarray(kind === 'insert' ? place : place + 1),
            ])
          }, whole)
          const ledger = readCaptureLedger(damaged, 'damaged', ['CLIENT_RANDOM a b', 'nonsense'])
          if (ledger === null) return
          for (const format of ['table', 'json', 'markdown'] as const) {
            expect(renderCapture(format, ledger, { columns: 80, colour: false })).not.toBe('')
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  it('never fails on noise with a head of a capture', () => {
    const heads = [
      pcapOf([], LINK_TYPE.ethernet),
      pcapOf([], LINK_TYPE.raw),
      renderCells([recordedCell(recordingOf(), 'http/1.1')]),
    ]
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), (head, noise) => {
        expect(readCaptureLedger(Buffer.concat([head, noise]), 'noise', [])).not.toBeNull()
      }),
      { numRuns: 400 },
    )
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 100 })),
        fc.constantFrom(0, 1, 101, 113, 276),
        (noise, linkType) => {
          expect(ledgerOf(pcapOf(noise, linkType)).packets).toBe(noise.length)
        },
      ),
      { numRuns: 400 },
    )
  })
})

describe('a key log', () => {
  const secured = recordingOf(
    converse(({ client }) => [
      ['up', client.seal(CONTENT_TYPE.data, Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'))],
    ]),
  )
  const file = renderCells([recordedCell(secured, 'http/1.1', true)], 'withheld')
  const read = (lines: readonly string[]) => {
    const { connections = [], remarks } = readCaptureLedger(file, 'a file', lines) ?? {}
    return [connections[0]?.protocol, connections[0]?.tls, remarks?.map(({ text }) => text)]
  }

  it('opens the connections that are its own', () => {
    expect(read(keyLog())).toEqual(['http/1.1', 'opened', []])
  })

  it('that fits nothing says so', () => {
    const others = keyLog().map((line) => line.replaceAll('c1c1', 'c2c2'))
    expect(read(others)).toEqual([null, 'closed', [expect.stringMatching(/fits no connection/)]])
    const none = [expect.stringMatching(/no line that is a secret/)]
    expect(read(['a diary'])).toEqual([null, 'closed', none])
    expect(read([])).toEqual([null, 'closed', []])
  })

  it('of TLS 1.2 opens it as that of 1.3 does', async () => {
    const server = await createTlsServer()
    const { conversation, keyLog: lines } = await recordTls(
      server,
      async (client, peer) => {
        const arrived = new Promise((resolve) => peer.once('data', resolve))
        client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
        await arrived
      },
      { maxVersion: 'TLSv1.2' },
    )
    const cells = [recordedCell(recordingOf(conversation), 'http/1.1', true)]
    const [connection] =
      readCaptureLedger(renderCells(cells, 'withheld'), 'a file', lines)?.connections ?? []
    expect([connection?.protocol, connection?.tls]).toEqual(['http/1.1', 'opened'])
    expect(connection?.units.map(({ label }) => label)).toContain('request')
  })
})
