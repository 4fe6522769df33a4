import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hex } from '../../test/support/dissection.ts'
import { data, OPENING, POST, said } from '../../test/support/http2-frames.ts'
import { saidText } from '../model/said/said.ts'
import { sumLedger } from '../model/wire/ledger.ts'
import { checkAgainst, TapBook, type TapFilter } from './tap-book.ts'
import type { TappedConnection } from './tapped-connection.ts'

const CONNECT = hex('10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00')
const CONNACK = hex('20 02 00 00')
const DISCONNECT = hex('e0 00')
/** QoS 0, topic `t`, a payload of so many bytes below 120. */
const publish = (payloadBytes: number): Uint8Array =>
  Buffer.concat([
    hex('30'),
    Buffer.from([3 + payloadBytes]),
    hex('00 01 74'),
    Buffer.alloc(payloadBytes),
  ])

function openBook(only: TapFilter = { host: null, protocol: null }) {
  const remarks: string[] = []
  let now = 0n
  const book = new TapBook({
    nowNs: () => {
      now += 1_000_000n
      return now
    },
    onRemark: (remark) => remarks.push(saidText(remark)),
    only,
  })
  return {
    book,
    remarks,
    open: (address = '::ffff:192.0.2.7') => book.openConnection({ address, port: 49_152 }),
  }
}

function speakMqtt(connection: TappedConnection, messages = 1): void {
  connection.bytes('up', CONNECT)
  connection.bytes('down', CONNACK)
  for (let index = 0; index < messages; index += 1) connection.bytes('up', publish(10))
}

describe('the book of a tap', () => {
  it('says what messages were about', () => {
    const { book, open } = openBook()
    for (const connection of [open(), open()]) {
      speakMqtt(connection, 2)
      connection.end()
    }
    speakMqtt(open())
    const [mqtt] = book.figures().protocols
    expect(mqtt?.subjects).toEqual([{ direction: 'up', name: 't', messages: 5, bytes: 75 }])
  })

  it.each([
    [{ host: '192.0.2.7', protocol: null }, 1],
    [{ host: null, protocol: 'MQTT' }, 2],
    [{ host: '192.0.2.9', protocol: 'mqtt' }, 1],
    [{ host: null, protocol: 'http' }, 0],
  ])('tells of %o alone, and counts the bytes of the rest', (only, wanted) => {
    const { book, open } = openBook(only)
    for (const connection of [open(), open('192.0.2.9')]) {
      speakMqtt(connection)
      connection.end()
    }
    const { protocols, notable } = book.figures()
    expect(notable).toHaveLength(wanted)
    const names = ['mqtt/3.1.1', ...(wanted === 1 ? ['others'] : [])]
    expect(protocols.map(({ protocol }) => protocol)).toEqual(wanted === 0 ? ['others'] : names)
    const others = protocols.find(({ protocol }) => protocol === 'others')
    if (wanted < 2) {
      expect(others).toMatchObject({ messages: null, ledger: [], units: [], subjects: [] })
      expect(others?.unread.map(({ reason }) => reason)).toContain('of what was not asked for')
    }
    checkAgainst({ up: 2 * 29, down: 2 * 4 }, protocols)
  })

  it('adds up what crossed by protocol, ended connections and open ones', () => {
    const { book, open } = openBook()
    const [first, second] = [open(), open(), open()]
    speakMqtt(first, 3)
    first.bytes('up', DISCONNECT)
    first.end()
    speakMqtt(second)
    const { connections, protocols } = book.figures()
    expect(connections).toMatchObject({ accepted: 3, open: 2, closed: 1, peakConcurrent: 3 })
    expect(protocols.map(({ protocol }) => protocol)).toEqual(['mqtt/3.1.1', 'silent'])
    const [mqtt] = protocols
    expect(mqtt?.connections).toEqual({ open: 1, closed: 1, broken: 0 })
    expect(mqtt?.messages).toEqual({ up: 4, down: 0 })
    expect(mqtt?.wireBytes).toEqual({ up: 2 * 14 + 4 * 15 + 2, down: 8 })
    expect(mqtt?.steadyWireBytesPerMessage).toBe(15)
    expect(sumLedger(mqtt?.ledger ?? [], { layer: 'payload' })).toBe(40)
    expect(mqtt?.units).toContainEqual({ label: 'PUBLISH', direction: 'up', count: 4 })
  })

  it('gives the same figures when it is asked twice', () => {
    const { book, open } = openBook()
    speakMqtt(open())
    const ended = open()
    speakMqtt(ended)
    ended.end()
    const withoutTimes = () => {
      const { connections, protocols, notable } = book.figures()
      return { connections, protocols, notable: notable.map(({ number }) => number) }
    }
    expect(withoutTimes()).toEqual(withoutTimes())
  })

  it('says from which byte on a stream is not explained, and goes on counting it', () => {
    const { book, remarks, open } = openBook()
    const connection = open()
    speakMqtt(connection)
    connection.bytes('up', hex('f0 00 01 02 03'))
    connection.bytes('up', Buffer.alloc(1000))
    const { protocols, notable } = book.figures()
    const unread = protocols[0]?.unread
    expect(unread).toEqual([
      { direction: 'up', bytes: 1005, connections: 1, reason: expect.stringMatching(/reserved/) },
    ])
    expect(notable[0]?.unread[0]?.reason).toMatch(/^from byte 29 on: packet type 15 is reserved/)
    expect(notable[0]?.client).toBe('192.0.2.7:49152')
    expect(remarks).toEqual([
      expect.stringMatching(
        /^connection 1 from 192\.0\.2\.7:49152, mqtt\/3\.1\.1, up: from byte 29 on it is not explained/,
      ),
    ])
  })

  it('does not call a packet unexplained that is still on its way', () => {
    const { book, remarks, open } = openBook()
    const connection = open()
    speakMqtt(connection)
    connection.bytes('up', publish(50).subarray(0, 20))
    expect(book.figures().protocols[0]?.unread).toEqual([
      { direction: 'up', bytes: 20, connections: 1, reason: 'what they begin was not over yet' },
    ])
    expect(remarks).toEqual([])
  })

  it('counts encrypted records apart from what is read', () => {
    const { book, open } = openBook()
    const connection = open()
    const hello = Buffer.concat([hex('16 03 01 00 40 01 00 00 3c 03 03'), Buffer.alloc(58)])
    connection.bytes('up', hello)
    connection.bytes('up', Buffer.concat([hex('17 03 03 00 20'), Buffer.alloc(32)]))
    const [tls] = book.figures().protocols
    expect(tls?.protocol).toBe('TLS')
    expect(tls?.messages).toBeNull()
    expect(tls?.steadyWireBytesPerMessage).toBeNull()
    expect(tls?.unread).toEqual([
      {
        direction: 'up',
        bytes: 32,
        connections: 1,
        reason: 'encrypted, and the keys are not known',
      },
    ])
  })

  it('counts a message that takes several frames once', () => {
    const { book, open } = openBook()
    const connection = open()
    for (const [direction, bytes] of OPENING) connection.bytes(direction, bytes)
    connection.bytes('up', said(POST, data(1, '{ "temp"', '00'), data(1, ': 25 }', '01')))
    const [http2] = book.figures().protocols
    expect(http2?.protocol).toBe('http/2')
    expect(http2?.messages).toEqual({ up: 1, down: 0 })
    expect(http2?.unread).toEqual([])
  })

  it('keeps a bounded number of connections and remarks of any number', () => {
    const { book, remarks, open } = openBook()
    for (let index = 0; index < 500; index += 1) {
      const connection = open()
      if (index % 2 === 0) {
        connection.broken({ side: 'unreachable', reason: 'ECONNREFUSED' })
      } else {
        speakMqtt(connection, index)
        connection.bytes('up', hex('f0'))
        connection.broken({ side: 'client', reason: 'ECONNRESET' })
      }
      connection.end()
    }
    const { connections, notable, protocols } = book.figures()
    expect(connections).toMatchObject({ accepted: 500, open: 0, broken: 250, unreachable: 250 })
    expect(notable.length).toBeLessThanOrEqual(50)
    // The largest are the last that spoke.
    expect(notable.at(-1)?.number).toBe(500)
    expect(notable.find(({ state }) => state === 'unreachable')?.reason).toBe(
      'the target could not be reached: ECONNREFUSED',
    )
    expect(protocols).toHaveLength(1)
    expect(remarks).toHaveLength(20)
    expect(remarks.at(-1)).toMatch(/counted, and not said/)
  })

  it('survives a fault of its own, and says so', () => {
    const { book, remarks, open } = openBook()
    const connection = open()
    speakMqtt(connection)
    connection.account.feed = () => {
      throw new TypeError('no such thing')
    }
    connection.bytes('up', publish(3))
    connection.end()
    expect(remarks[0]).toContain('reading it failed: no such thing')
    expect(book.figures().notable[0]?.wireBytes.up).toBe(14 + 15 + 8)
  })
})

it('sums, with what is unread, to everything that crossed, whatever it is and however it is cut', () => {
  const chunk = fc.oneof(
    fc.constantFrom(CONNECT, CONNACK, DISCONNECT, publish(20), hex('16 03 01 00 10 01')),
    fc.constant(Buffer.from('POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc')),
    fc.uint8Array({ maxLength: 40 }),
  )
  const event = fc.tuple(fc.constantFrom('up' as const, 'down' as const), chunk)
  fc.assert(
    fc.property(
      fc.array(fc.array(event, { maxLength: 12 }), { maxLength: 4 }),
      fc.boolean(),
      (conversations, areOver) => {
        const { book, open } = openBook()
        const totals = { up: 0, down: 0 }
        for (const conversation of conversations) {
          const connection = open()
          for (const [direction, bytes] of conversation) {
            totals[direction] += bytes.length
            connection.bytes(direction, bytes)
          }
          if (areOver) connection.end()
        }
        checkAgainst(totals, book.figures().protocols)
        expect(() =>
          checkAgainst({ ...totals, up: totals.up + 1 }, book.figures().protocols),
        ).toThrow(/the ledgers of the up stream sum to/)
      },
    ),
    { numRuns: 200 },
  )
})
