import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../test/support/dissection.ts'
import { HANDSHAKE, masked, plain } from '../../../test/support/websocket-frames.ts'
import type { Protocol } from '../../model/vocabulary.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import { DISSECTORS } from '../dissectors/index.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { DetectedConnection } from './detected-connection.ts'
import { KeptSessions } from './kept-sessions.ts'

/** What a message is, in every family: the table of docs/tap.md. */
interface Row {
  rule: string
  /** Connections of one client, one after the other. */
  said: readonly Conversation[]
  messages: readonly [up: number, down: number]
  /** Bytes of payload, both ways. */
  payload: number
  /** Bytes of the phase `idle`, both ways. */
  idle?: number
  /** What is said of it besides: an outcome, or a remark. */
  told?: RegExp
}

const PREFACE: Conversation = [
  up('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  up(hex('000000 04 00 00000000')),
  down(hex('000000 04 00 00000000')),
]
const HTTP2_GET = '000006 01 05 00000001 828684410168'
const GET = 'GET /t HTTP/1.1\r\nHost: h\r\n\r\n'

const connect = (clean: boolean): Conversation => [
  up(hex(`10 0d 0004 4d515454 04 ${clean ? '02' : '00'} 003c 0001 61`)),
  down(hex(clean ? '20020000' : '20020100')),
]
const connect5: Conversation = [
  up(hex('10 0e 0004 4d515454 05 00 003c 00 0001 61')),
  down(hex('20 03 01 00 00')),
]
const PUBLISH = '32 07 0001 61 0001 6f6b'
const AGAIN = '3a 07 0001 61 0001 6f6b'
const PUBLISH5 = '32 08 0001 61 0001 00 6f6b'
const AGAIN5 = '3a 08 0001 61 0001 00 6f6b'

const overWebSocket = (conversation: Conversation): Conversation => [
  ...HANDSHAKE,
  ...conversation.map(([direction, bytes]): Conversation[number] =>
    direction === 'up' ? up(masked('binary', bytes)) : down(plain('binary', bytes)),
  ),
]

const SENT_AGAIN = 'a DUP redelivery is a message sent again, on the next connection too'
const UNSEEN = 'a DUP whose first copy is not there counts as one message, marked so'
const QUERY = /whether a reading is in it cannot be told/

const redelivered = (opening: Conversation, first: string, again: string, ack: string): Row[] => [
  {
    rule: SENT_AGAIN,
    said: [
      [...opening, up(hex(first))],
      [...opening, up(hex(again)), down(hex(ack))],
    ],
    messages: [1, 0],
    payload: 2,
    told: /sent again \(DUP\)$/,
  },
  {
    rule: UNSEEN,
    said: [[...opening, down(hex(again)), up(hex(ack))]],
    messages: [0, 1],
    payload: 2,
    told: /first copy did not cross here/,
  },
]

const overMqttWebSocket = (rows: Row[]): Row[] =>
  rows.map((row) => ({ ...row, said: row.said.map(overWebSocket) }))

const MQTT = redelivered(connect(false), PUBLISH, AGAIN, '40020001')
const MQTT5 = redelivered(connect5, PUBLISH5, AGAIN5, '40020001')

const RULES: Readonly<Record<Exclude<Protocol, 'none'>, readonly Row[]>> = {
  'http/1.1': [
    {
      rule: 'what a POST sends is a message up, its answer an acknowledgement',
      said: [
        [
          up('POST /t HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok'),
          down('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes'),
        ],
      ],
      messages: [1, 0],
      payload: 2,
    },
    {
      rule: 'the body that answers a GET is a message down',
      said: [[up(GET), down('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')]],
      messages: [0, 1],
      payload: 2,
    },
    ...[204, 304].map(
      (status): Row => ({
        rule: `${status} to a poll is idle`,
        said: [[up(GET), down(`HTTP/1.1 ${status} x\r\n\r\n`)]],
        messages: [0, 0],
        payload: 0,
        idle: GET.length + 18,
      }),
    ),
    {
      rule: 'a reading in a query string is one that cannot be told',
      said: [[up('GET /t?temp=25 HTTP/1.1\r\nHost: h\r\n\r\n'), down('HTTP/1.1 400 no\r\n\r\n')]],
      messages: [0, 0],
      payload: 0,
      told: QUERY,
    },
  ],
  'http/2': [
    {
      rule: 'what a POST sends is a message up, its answer an acknowledgement',
      said: [
        [
          ...PREFACE,
          up(hex('000006 01 04 00000001 838684410168 000002 00 01 00000001 6f6b')),
          down(hex('000001 01 04 00000001 88 000003 00 01 00000001 796573')),
        ],
      ],
      messages: [1, 0],
      payload: 2,
    },
    {
      rule: 'the body that answers a GET is a message down, in however many frames',
      said: [
        [
          ...PREFACE,
          up(hex(HTTP2_GET)),
          down(hex('000001 01 04 00000001 88 000002 00 00 00000001 6f6b')),
          down(hex('000001 00 01 00000001 21')),
        ],
      ],
      messages: [0, 1],
      payload: 3,
    },
    {
      rule: 'a body of no byte is one too',
      said: [[...PREFACE, up(hex(HTTP2_GET)), down(hex('000001 01 05 00000001 88'))]],
      messages: [0, 1],
      payload: 0,
    },
    ...['89', '8b'].map(
      (status): Row => ({
        rule: `${status === '89' ? 204 : 304} to a poll is idle`,
        said: [[...PREFACE, up(hex(HTTP2_GET)), down(hex(`000001 01 05 00000001 ${status}`))]],
        messages: [0, 0],
        payload: 0,
        idle: 15 + 10,
      }),
    ),
    {
      rule: 'a reading in a query string is one that cannot be told',
      said: [
        [
          ...PREFACE,
          up(hex('00000e 01 05 00000001 8286 04072f743f743d3231 410168')),
          down(hex('000001 01 05 00000001 8c')),
        ],
      ],
      messages: [0, 0],
      payload: 0,
      told: QUERY,
    },
  ],
  'mqtt/3.1.1': MQTT,
  'mqtt/5.0': MQTT5,
  'mqtt/3.1.1 over websocket': overMqttWebSocket(MQTT),
  'mqtt/5.0 over websocket': overMqttWebSocket(MQTT5),
  websocket: [
    {
      rule: 'a message is a message, in however many frames; an empty text of the server answers it',
      said: [
        [
          ...HANDSHAKE,
          up(masked('binary', 'o', 'more')),
          up(masked('continuation', 'k')),
          down(plain('text')),
          down(plain('text', 'go')),
        ],
      ],
      messages: [1, 1],
      payload: 4,
    },
  ],
  'socket.io': [
    {
      rule: 'an event is a message, its acknowledgement none',
      said: [
        [
          ...HANDSHAKE,
          down(plain('text', '0{"sid":"a"}')),
          up(masked('text', '40')),
          down(plain('text', '40{"sid":"b"}')),
          up(masked('text', '421["t",21]')),
          down(plain('text', '431["ok"]')),
        ],
      ],
      messages: [1, 0],
      payload: 2,
    },
  ],
  coap: [
    {
      rule: 'what a POST sends is a message up; a retransmission is that message sent again',
      said: [
        [
          up(hex('42 02 0002 abcd b1 61 ff 7b7d')),
          up(hex('42 02 0002 abcd b1 61 ff 7b7d')),
          down(hex('62 44 0002 abcd')),
        ],
      ],
      messages: [1, 0],
      payload: 2,
      told: /sent again/,
    },
    {
      rule: 'the body that answers a GET is a message down',
      said: [[up(hex('42 01 0002 abcd b1 61')), down(hex('62 45 0002 abcd ff 7b7d'))]],
      messages: [0, 1],
      payload: 2,
    },
    {
      rule: 'a reading in a query is one that cannot be told',
      said: [[up(hex('42 01 0002 abcd b1 61 44 743d3231')), down(hex('62 80 0002 abcd'))]],
      messages: [0, 0],
      payload: 0,
      told: QUERY,
    },
  ],
  'length-prefixed': [
    {
      rule: 'a message up; its echo acknowledges it',
      said: [[up(hex('00000002 6f6b')), down(hex('00000002 6f6b'))]],
      messages: [1, 0],
      payload: 2,
    },
  ],
}

describe.each(Object.entries(RULES))('%s', (protocol, rows) => {
  it.each(rows.map((row): [string, Row] => [row.rule, row]))('%s', (_, row) => {
    const memory = new KeptSessions()
    const dissect = DISSECTORS[protocol as Protocol]
    if (dissect === null) throw new Error(`no dissector for ${protocol}`)
    const found = { messages: [0, 0], payload: 0, idle: 0 }
    const told: string[] = []
    for (const conversation of row.said) {
      const known = { protocol, dissect }
      const connection = new DetectedConnection(new TlsSecrets(), { known, memory })
      for (const [direction, bytes] of conversation) connection.feed(direction, bytes)
      connection.end()
      const entries = connection.book.entries()
      const { up: sent, down: got } = connection.messages
      found.messages = [(found.messages[0] ?? 0) + sent, (found.messages[1] ?? 0) + got]
      found.payload += sumLedger(entries, { layer: 'payload' })
      found.idle += sumLedger(entries, { phase: 'idle' })
      told.push(...[...connection.outcomes, ...connection.remarks].map(({ text }) => text))
      expect([connection.unread('up'), connection.unread('down')]).toEqual([[], []])
    }
    const { messages, payload, idle = 0 } = row
    expect(found).toEqual({ messages, payload, idle })
    if (row.told !== undefined) expect(told.join('\n')).toMatch(new RegExp(row.told.source, 'm'))
  })
})
