import { generate, type Packet } from 'mqtt-packet'
import type { Protocol } from '../../src/model/vocabulary.ts'
import { type Conversation, down, hex, up } from './dissection.ts'
import { type FrameKind, HANDSHAKE, masked as maskedBy, plain } from './websocket-frames.ts'

/** Many units of each kind, each an utterance, so that one can be lost without another. */
const ROUNDS = 8

/** Each frame with a key of its own, as clients do (RFC 6455 §5.3), and the same in every run. */
let seed = 1
function masked(kind: FrameKind, content: Uint8Array | string = ''): Uint8Array {
  const key = Array.from({ length: 4 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return (seed >> 16) & 255
  })
  return maskedBy(kind, content, 'last', key)
}

const times = (make: (round: number) => Conversation): Conversation =>
  Array.from({ length: ROUNDS }, (_, round) => make(round)).flat()

const encoder =
  (protocolVersion: 4 | 5) =>
  (packet: Packet): Uint8Array =>
    generate(packet, { protocolVersion })

function publish(
  version: 4 | 5,
  qos: 0 | 1 | 2,
  messageId: number,
  payload: string | Buffer,
): Uint8Array {
  const topic = `sensors/溫度/${messageId % 3}`
  const packet = {
    cmd: 'publish',
    topic,
    payload,
    qos,
    messageId,
    dup: false,
    retain: false,
  } as const
  return encoder(version)(packet)
}

const answer = (type: number, id: number): Uint8Array => Uint8Array.of(type, 2, id >> 8, id & 255)

function mqtt(version: 4 | 5): Conversation {
  const code = encoder(version)
  const connect = { cmd: 'connect', clientId: 'sensor-1', clean: true, keepalive: 60 } as const
  const protocol = { protocolId: 'MQTT', protocolVersion: version } as const
  return [
    up(code({ ...connect, ...protocol })),
    down(version === 4 ? hex('20020000') : hex('2003000000')),
    up(code({ cmd: 'subscribe', messageId: 900, subscriptions: [{ topic: 'a/#', qos: 1 }] })),
    down(version === 4 ? hex('9003038401') : hex('900403840001')),
    ...times((round) => {
      const id = 3 * round + 1
      return [
        up(publish(version, 1, id, `{ "temp": ${20 + round} }`)),
        down(answer(0x40, id)),
        up(publish(version, 0, id, 'x'.repeat(40 * round))),
        up(publish(version, 2, id + 1, Buffer.from([0x7b, 0xff, round, 0xd0, 0x32]))),
        down(answer(0x50, id + 1)),
        up(answer(0x62, id + 1)),
        down(answer(0x70, id + 1)),
        down(publish(version, 1, id + 2, `{ "set": "on", "round": ${round} }`)),
        up(answer(0x40, id + 2)),
        up(hex('c000')),
        down(hex('d000')),
      ]
    }),
    up(hex('e000')),
  ]
}

/** The same packets, each in a WebSocket message of its own. */
const inMessages = (conversation: Conversation): Conversation => [
  ...HANDSHAKE,
  ...conversation.map(([direction, bytes]): Conversation[number] =>
    direction === 'up' ? up(masked('binary', bytes)) : down(plain('binary', bytes)),
  ),
  up(masked('close', hex('03e8'))),
  down(plain('close', hex('03e8'))),
]

const WEBSOCKET: Conversation = [
  ...HANDSHAKE,
  ...times((round) => [
    up(masked('binary', `{ "temp": ${20 + round} }`)),
    down(plain('text')),
    up(masked('text', 'y'.repeat(60 * round))),
    down(plain('binary', Buffer.from([round, 0x81, 0x02, 0x82, 0x7f]))),
    up(masked('ping', 'still there?')),
    down(plain('pong', 'still there?')),
  ]),
  up(masked('close', hex('03e8'))),
  down(plain('close', hex('03e8'))),
]

const SOCKET_IO: Conversation = [
  ...HANDSHAKE,
  down(plain('text', '0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')),
  up(masked('text', '40')),
  down(plain('text', '40{"sid":"b"}')),
  ...times((round) => [
    up(masked('text', `42${round}["temp",{"value":${20 + round}}]`)),
    down(plain('text', `43${round}[]`)),
    down(plain('text', `42["set","${'on'.repeat(round + 1)}"]`)),
    down(plain('text', '2')),
    up(masked('text', '3')),
  ]),
  up(masked('text', '41')),
  up(masked('close')),
  down(plain('close')),
]

const HTTP1: Conversation = times((round) => [
  up(`POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\nround ${round}`),
  down('HTTP/1.1 204 No Content\r\n\r\n'),
  up(`GET /set/${round} HTTP/1.1\r\nHost: h\r\n\r\n`),
  down(`HTTP/1.1 200 OK\r\nContent-Length: ${60 * round}\r\n\r\n${'z'.repeat(60 * round)}`),
  up('POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'),
  down('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
  up('GET /poll HTTP/1.1\r\nHost: h\r\n\r\n'),
  down('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'),
])

const HTTP2: Conversation = [
  up('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  up(hex('000006 04 00 00000000 0004 0000ffff')),
  down(hex('000000 04 00 00000000')),
  up(hex('000000 04 01 00000000')),
  down(hex('000000 04 01 00000000')),
  ...times((round) => {
    const id = (2 * round + 1).toString(16).padStart(8, '0')
    const content = '7a'.repeat(20 * round + 1)
    const contentBytes = (20 * round + 1).toString(16).padStart(6, '0')
    return [
      // POST / on h, and its content; 204.
      up(hex(`000006 01 04 ${id} 838684410168`)),
      up(hex(`000002 00 00 ${id} 6f6b`)),
      up(hex(`${contentBytes} 00 01 ${id} ${content}`)),
      down(hex(`000001 01 05 ${id} 89`)),
      up(hex('000008 06 00 00000000 0001020304050607')),
      down(hex('000008 06 01 00000000 0001020304050607')),
    ]
  }),
]

/** A conversation of each protocol that is clean by every rule. */
export const LONG: Partial<Record<Protocol, Conversation>> = {
  'mqtt/3.1.1': mqtt(4),
  'mqtt/5.0': mqtt(5),
  'mqtt/3.1.1 over websocket': inMessages(mqtt(4)),
  'mqtt/5.0 over websocket': inMessages(mqtt(5)),
  websocket: WEBSOCKET,
  'socket.io': SOCKET_IO,
  'http/1.1': HTTP1,
  'http/2': HTTP2,
}
