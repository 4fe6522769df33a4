import { deflateRawSync } from 'node:zlib'
import type { Conversation } from '../../test/support/dissection.ts'
import { down, hex, up } from '../../test/support/dissection.ts'
import { HANDSHAKE, masked, plain } from '../../test/support/websocket-frames.ts'

/** What a stranger sends who means harm: an opening, and a unit that is said again and again. */
export interface Attack {
  what: string
  opening: Conversation
  /** @param round counts from 0: for what must differ each time */
  unit(round: number): Conversation[number]
  /** In a single piece each; else many are sent at once. */
  isDrip?: boolean
}

const same = (unit: Conversation[number]) => (): Conversation[number] => unit

const upgradeTo = (subprotocol: string, path = '/mqtt'): Conversation => [
  up(
    `GET ${path} HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${subprotocol}Sec-WebSocket-Version: 13\r\n\r\n`,
  ),
  HANDSHAKE[1] ?? down(''),
]

const OVER_MQTT: Conversation = [
  ...upgradeTo('Sec-WebSocket-Protocol: mqtt\r\n'),
  up(masked('binary', hex('10 0d 0004 4d515454 04 02 003c 0001 61'))),
  down(plain('binary', hex('20020000'))),
]
/** A PUBLISH of 200 MB, as its Remaining Length says. */
const ENDLESS_PUBLISH = hex('30 80 84 af 5f 0001 61')

const SOCKET_IO: Conversation = [
  ...upgradeTo('', '/socket.io/?EIO=4&transport=websocket'),
  down(plain('text', '0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')),
  up(masked('text', '40')),
  down(plain('text', '40{"sid":"b"}')),
]

const EVENTS: Conversation = [
  up('GET /events HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n'),
  down('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'),
]

const HTTP2: Conversation = [
  up('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  up(hex('000000 04 00 00000000')),
  // A table as large as it can be.
  down(hex('000006 04 00 00000000 0001 00100000')),
]

const MQTT: Conversation = [
  up(hex('10 0d 0004 4d515454 04 02 003c 0001 61')),
  down(hex('20020000')),
]
const MQTT5: Conversation = [
  up(hex('10 0e 0004 4d515454 05 02 003c 00 0001 61')),
  down(hex('20 03 00 00 00')),
]

const id16 = (round: number): string => (1 + (round % 0xffff)).toString(16).padStart(4, '0')
const id32 = (value: number): string => value.toString(16).padStart(8, '0')

/** HEADERS of a POST on a stream of its own, with the block behind its four fields. */
function headers(round: number, block: Uint8Array): Conversation[number] {
  const bytes = Buffer.concat([hex('838684410168'), block])
  const length = bytes.length.toString(16).padStart(6, '0')
  return up(Buffer.concat([hex(`${length} 01 05 ${id32(2 * round + 1)}`), bytes]))
}

const BOMB = deflateRawSync(Buffer.alloc(1_000_000), { level: 9 })

export const ATTACKS: readonly Attack[] = [
  {
    what: 'SSE: one line without an end',
    opening: EVENTS,
    unit: same(down(`10\r\n${'x'.repeat(16)}\r\n`)),
  },
  { what: 'SSE: many lines of data', opening: EVENTS, unit: same(down('8\r\ndata: x\n\r\n')) },
  { what: 'SSE: chunks of one byte', opening: EVENTS, unit: same(down('1\r\nx\r\n')) },
  { what: 'SSE: events of one byte', opening: EVENTS, unit: same(down('1\r\n\n\r\n')) },
  {
    what: 'HTTP/1.1: chunks of one byte',
    opening: [up('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n')],
    unit: same(up('1\r\nx\r\n')),
  },
  {
    what: 'HTTP/1.1: requests that nobody answers',
    opening: [],
    unit: same(up('GET / HTTP/1.1\r\n\r\n')),
  },
  {
    what: 'HTTP/1.1: a head of lines of one letter',
    opening: [up('GET / HTTP/1.1\r\n')],
    unit: same(up('a:\r\n')),
  },
  {
    what: 'HTTP/1.1: empty lines',
    opening: [up('GET / HTTP/1.1\r\nHost: h\r\n\r\n')],
    unit: same(up('\r\n')),
  },
  {
    what: 'HTTP/1.1: beginnings of heads',
    opening: [up('GET / HTTP/1.1\r\nHost: h\r\n\r\nnothing\r\n')],
    unit: same(up('GET /aaaaaaaaaa ')),
  },
  {
    what: 'HTTP/1.1: heads that never end',
    opening: [up('GET / HTTP/1.1\r\nHost: h\r\n\r\nnothing\r\n')],
    unit: same(up('GET / HTTP/1.1\r\n')),
  },
  {
    what: 'HTTP/1.1: POST with Upgrade, and frames',
    opening: [
      up('POST / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n'),
      down('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n'),
    ],
    unit: same(up(masked('ping'))),
  },
  {
    what: 'HTTP/2: indexed fields',
    opening: HTTP2,
    unit: (round) => headers(round, Buffer.alloc(16_000, 0x82 + (round % 2) * 16)),
  },
  {
    what: 'HTTP/2: fields of one kilobyte, a byte each',
    opening: [
      ...HTTP2,
      headers(0, Buffer.concat([hex('4001 61 7f 8107'), Buffer.alloc(1024 - 16, 0x62)])),
    ],
    unit: (round) => headers(round + 1, Buffer.alloc(900, 0xbe)),
  },
  {
    what: 'HTTP/2: insertions into the table',
    opening: [...HTTP2, up(hex('000000 04 01 00000000'))],
    unit: (round) =>
      headers(round, Buffer.concat(Array.from({ length: 2000 }, () => hex('40016100')))),
  },
  {
    what: 'HTTP/2: sizes of the table, up and down',
    opening: HTTP2,
    unit: (round) => headers(round, hex('400161003fe11f203fe11f')),
  },
  {
    what: 'HTTP/2: streams that nobody ends',
    opening: HTTP2,
    unit: (round) => up(hex(`000006 01 04 ${id32(2 * round + 1)} 838684410168`)),
  },
  {
    what: 'HTTP/2: GETs that nobody answers',
    opening: HTTP2,
    unit: (round) => up(hex(`000006 01 05 ${id32(2 * round + 1)} 828684410168`)),
  },
  {
    what: 'HTTP/2: interim responses that end their stream',
    opening: [...HTTP2, up(hex('000006 01 05 00000001 838684410168'))],
    unit: same(down(hex('000005 01 05 00000001 0803313033'))),
  },
  {
    what: 'HTTP/2: CONTINUATIONs of no byte',
    opening: [...HTTP2, up(hex('000006 01 00 00000001 838684410168'))],
    unit: same(up(hex('000000 09 00 00000001'))),
  },
  {
    what: 'HTTP/2: PINGs',
    opening: HTTP2,
    unit: same(up(hex('000008 06 00 00000000 0001020304050607'))),
  },
  {
    what: 'MQTT: messages that nobody acknowledges',
    opening: MQTT,
    unit: (round) => up(hex(`32 05 0001 61 ${id16(round)}`)),
  },
  {
    what: 'MQTT: topics without an end',
    opening: MQTT,
    unit: (round) => up(hex(`30 06 0004 ${id32(0x61616161 + round)}`)),
  },
  {
    what: 'MQTT: subscriptions that nobody answers',
    opening: MQTT,
    unit: (round) => up(hex(`82 06 ${id16(round)} 0001 61 00`)),
  },
  { what: 'MQTT: packets of two bytes', opening: MQTT, unit: same(up(hex('c000'))) },
  {
    what: 'MQTT: a search for packets in what looks like them',
    opening: [...MQTT, up(hex('f0'))],
    unit: same(up(hex('30 ff ff 7f 00 02 61'))),
  },
  {
    what: 'MQTT 5: aliases',
    opening: MQTT5,
    unit: (round) => up(hex(`30 08 0001 61 03 23 ${id16(round)} 78`)),
  },
  {
    what: 'MQTT over WebSocket: frames of one byte',
    opening: [...OVER_MQTT, up(masked('binary', ENDLESS_PUBLISH))],
    unit: same(up(masked('binary', 'x'))),
  },
  {
    what: 'MQTT over WebSocket: pings inside a packet',
    opening: [...OVER_MQTT, up(masked('binary', ENDLESS_PUBLISH))],
    unit: same(up(masked('ping'))),
  },
  {
    what: 'MQTT over WebSocket: empty frames inside a packet',
    opening: [...OVER_MQTT, up(masked('binary', ENDLESS_PUBLISH))],
    unit: same(up(masked('binary'))),
  },
  {
    what: 'WebSocket: pings inside a message',
    opening: [...upgradeTo(''), up(masked('binary', 'x', 'more'))],
    unit: same(up(masked('ping'))),
  },
  {
    what: 'WebSocket: a message in frames of one byte',
    opening: [...upgradeTo(''), up(masked('text', 'x', 'more'))],
    unit: same(up(masked('continuation', 'x', 'more'))),
  },
  {
    what: 'WebSocket: one-byte segments',
    opening: upgradeTo(''),
    unit: (round) => up(Uint8Array.of(masked('ping')[round % 6] ?? 0)),
    isDrip: true,
  },
  {
    what: 'Socket.IO: acknowledgements that nobody sends',
    opening: SOCKET_IO,
    unit: (round) => up(masked('text', `42${round}["a"]`)),
  },
  {
    what: 'Socket.IO: acknowledgements that nobody asked for',
    opening: SOCKET_IO,
    unit: (round) => up(masked('text', `43${round}[]`)),
  },
  {
    what: 'Socket.IO: namespaces without an end',
    opening: SOCKET_IO,
    unit: (round) => up(masked('text', `40/${round},`)),
  },
  {
    what: 'Socket.IO: pings between a packet and its attachments',
    opening: [...SOCKET_IO, up(masked('text', '451-["a",{"_placeholder":true,"num":0}]'))],
    unit: same(up(masked('text', '3'))),
  },
  {
    what: 'Socket.IO: a text that unpacks to a thousand times its length',
    opening: [
      SOCKET_IO[0] ?? up(''),
      down(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
      ),
    ],
    unit: same(
      down(Buffer.concat([hex('c1 7e'), hex(BOMB.length.toString(16).padStart(4, '0')), BOMB])),
    ),
  },
  {
    what: 'TLS: records of no byte',
    opening: [up(Buffer.concat([hex('16030100c4 010000c0 0303'), Buffer.alloc(190)]))],
    unit: same(up(hex('1703030000'))),
  },
  {
    what: 'HTTP/1.1: what a server says without being asked',
    opening: [up('GET / HTTP/1.1\r\nHost: h\r\n\r\n')],
    unit: same(down('HTTP/1.1 204 x\r\n\r\n')),
  },
  { what: 'nothing of any protocol', opening: [], unit: same(up('\u0000\u0001\u0002\u0003')) },
]
