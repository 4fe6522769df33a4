import fc from 'fast-check'
import { generate, type Packet } from 'mqtt-packet'
import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
} from '../../../test/support/dissection.ts'
import { cuts, mutate, mutation, noise, split } from '../../../test/support/distortion.ts'
import { HANDSHAKE, masked, plain } from '../../../test/support/websocket-frames.ts'
import type { Protocol } from '../../model/vocabulary.ts'
import type { DissectorFactory } from '../../model/wire/frame.ts'
import { DISSECTORS } from './index.ts'

const mqtt = (packet: Packet): Uint8Array => generate(packet, { protocolVersion: 4 })
const mqtt5 = (packet: Packet): Uint8Array => generate(packet, { protocolVersion: 5 })
const publish = (qos: 0 | 1 | 2, messageId: number): Uint8Array =>
  mqtt({
    cmd: 'publish',
    topic: 'sensors/溫度',
    payload: 'x'.repeat(200),
    qos,
    messageId,
    dup: false,
    retain: false,
  })

const RECORDED: Partial<Record<Protocol, Conversation>> = {
  'http/1.1': [
    up('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello'),
    down('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\n\r\n'),
    up('POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'),
    up(
      '3\r\nabc\r\n10;x=y\r\n0123456789abcdef\r\n0\r\nT: t\r\n\r\nHEAD / HTTP/1.1\r\nHost: h\r\n\r\n',
    ),
    down('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'),
    down('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n'),
    up('GET /set HTTP/1.1\r\nHost: h\r\n\r\nGET /set HTTP/1.1\r\nHost: h\r\n\r\n'),
    down('HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n21'),
    up('GET /events HTTP/1.1\r\nHost: h\r\nAccept: text/event-stream\r\n\r\n'),
    down(
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
    ),
    down('3\r\n:\n\n\r\n4\r\ndata\r\n'),
    down('21\r\n: 21\n\nevent: base64\ndata: //4=\n\n:\r\n2\r\n\r\r\r\n0\r\n\r\n'),
    up('GET / HTTP/1.1\r\nHost: h\r\n\r\n'),
    down('HTTP/1.1 200 OK\r\n\r\nuntil the end'),
  ],
  'http/2': [
    up('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    up(hex('000006 04 00 00000000 0004 0000ffff 000004 08 00 00000000 00010000')),
    down(hex('000000 04 00 00000000 000000 04 01 00000000')),
    up(hex('000000 04 01 00000000 000002 fa 00 00000000 0102')),
    // POST /sensors/temp in two fragments, cut inside a field; its content in two frames, one padded.
    up(hex('000009 01 00 00000001 838604896105a907b1')),
    up(hex('000013 09 04 00000001 0c24b4d74101685f05612f623b630f0d023134')),
    down(hex('000005 01 04 00000001 0803313030')),
    up(hex('000008 00 00 00000001 7b202274656d7022 000009 00 09 00000001 023a203235207d0000')),
    down(hex('000006 01 04 00000001 884001610162 000002 00 00 00000001 6f6b')),
    down(hex('000001 01 05 00000001 be 000004 08 00 00000000 00000011')),
    up(hex('000007 01 05 00000003 20838684010168 00000b 01 25 00000005 800000030f838684010168')),
    up(hex('000004 03 00 00000005 00000008 000005 02 00 00000007 000000030f')),
    down(hex('000007 05 04 00000003 00000002828684 000001 01 04 00000002 88')),
    down(hex('000001 00 01 00000002 78 000001 01 05 00000003 89')),
    up(hex('000008 06 00 00000000 0001020304050607')),
    down(hex('000008 06 01 00000000 0001020304050607')),
    up(hex('000008 07 00 00000000 0000000500000000')),
  ],
  'mqtt/3.1.1': [
    up(hex('10 17 0004 4d515454 04 02 003c 000b 73656e736f722d30303031')),
    down(hex('20020000')),
    up(mqtt({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/#', qos: 1 }] })),
    down(hex('9003000101')),
    up(publish(0, 0)),
    up(publish(1, 2)),
    up(publish(2, 3)),
    down(hex('40020002 50020003')),
    up(hex('62020003')),
    down(publish(1, 2)),
    down(hex('70020003')),
    up(hex('40020002 c000')),
    down(hex('d000')),
    up(hex('e000')),
  ],
  'mqtt/5.0': [
    up(
      mqtt5({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 5,
        clientId: 'a',
        clean: true,
        keepalive: 60,
        properties: { sessionExpiryInterval: 9, userProperties: { k: 'v' }, topicAliasMaximum: 1 },
        will: {
          topic: 'w',
          payload: Buffer.from('gone'),
          qos: 1,
          retain: false,
          properties: { willDelayInterval: 1 },
        },
      }),
    ),
    down(hex('20 09 00 00 06 22000a 210014')),
    up(mqtt5({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a/#', qos: 1 }] })),
    down(hex('900400010001')),
    up(hex('32 0c 0001 61 0002 03 230001 ff 00ff 3208 0000 0003 03 230001')),
    down(hex('40020002 4003000310')),
    up(hex('34 06 0001 61 0004 00')),
    down(hex('50020004')),
    up(hex('6204 0004 00 00')),
    down(hex('70020004')),
    up(hex('c000')),
    down(hex('d000')),
    up(hex('f0 02 18 00')),
    up(hex('a2 08 0005 00 0003 612f23')),
    down(hex('b0 04 0005 00 00')),
    down(hex('e0 07 8b 05 1f 0002 6f6b')),
    up(hex('e000')),
  ],
  'mqtt/3.1.1 over websocket': [
    ...HANDSHAKE,
    up(masked('binary', hex('10 0d 0004 4d515454 04 02 003c 0001 61'))),
    down(plain('binary', hex('20020000'))),
    // A packet in three frames of two messages, a ping and an empty frame in the middle of it.
    up(masked('binary', publish(1, 1).subarray(0, 1), 'more')),
    up(masked('ping', 'hi')),
    up(masked('continuation', publish(1, 1).subarray(1, 90))),
    down(plain('pong', 'hi')),
    up(masked('binary', '', 'more')),
    up(masked('continuation', publish(1, 1).subarray(90))),
    down(plain('binary', hex('40'), 'more')),
    down(plain('continuation', hex('020001'))),
    // Two packets in one message, and a message without a byte.
    up(masked('binary', Buffer.concat([publish(1, 2), publish(1, 3)]))),
    up(masked('binary')),
    down(plain('binary', hex('40020002 40020003'))),
    up(masked('binary', hex('c000'))),
    down(plain('binary', hex('d000'))),
    up(masked('binary', hex('e000'))),
    up(masked('close')),
    down(plain('close')),
  ],
  'mqtt/5.0 over websocket': [
    ...HANDSHAKE,
    up(masked('binary', hex('10 0e 0004 4d515454 05 02 003c 00 0001 61'))),
    down(plain('binary', hex('20 06 00 00 03 22000a'))),
    up(masked('binary', hex('32 08 0001 61'), 'more')),
    up(masked('continuation', hex('0001 00 ffff'))),
    down(plain('binary', hex('40020001'))),
    up(masked('binary', hex('32 08 0001 61 0002 00 ffff c000'))),
    down(plain('binary', hex('40030002 10 d000'))),
    up(masked('binary', hex('e0020000'))),
    up(masked('close')),
    down(plain('close')),
  ],
  websocket: [
    ...HANDSHAKE,
    up(masked('binary', '{ "temp": 25 }')),
    down(plain('text')),
    up(masked('binary')),
    down(plain('text')),
    up(masked('binary', 'x'.repeat(126), 'more')),
    up(masked('ping', 'still there?')),
    down(plain('pong', 'still there?')),
    up(masked('continuation', '', 'more')),
    up(masked('continuation', 'x'.repeat(130))),
    down(plain('text', '', 'more')),
    down(plain('continuation')),
    down(plain('binary', 'on')),
    up(masked('text', 'off')),
    up(masked('close', hex('03e8 627965'))),
    down(plain('close', hex('03e8'))),
  ],
  'socket.io': [
    ...HANDSHAKE,
    down(plain('text', '0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}')),
    up(masked('text', '40')),
    down(plain('text', '40{"sid":"b"}')),
    up(masked('text', '40/admin,{"token":"t"}')),
    down(plain('text', '44/admin,{"message":"no"}')),
    up(masked('text', '451-0["sensors/溫度",{"_placeholder":true,"num":0}]')),
    up(masked('binary', '{ "temp": 25 }')),
    down(plain('text', '430[]')),
    down(plain('text', '2')),
    up(masked('text', '3')),
    up(masked('text', '452-12["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]')),
    up(masked('binary', 'x'.repeat(200), 'more')),
    up(masked('ping')),
    down(plain('pong')),
    up(masked('continuation')),
    up(masked('text', '6')),
    up(masked('binary')),
    down(plain('text', '461-12[{"_placeholder":true,"num":0}]')),
    down(plain('binary', 'ok')),
    down(plain('text', '42["set", 21 ,{"a":[]}]')),
    up(masked('text', '42["b', 'more')),
    up(masked('continuation', '\\"ye"]')),
    up(masked('text', '41')),
    up(masked('close')),
    down(plain('close')),
  ],
  'length-prefixed': [
    up(hex('00000003 616263')),
    down(hex('00000003 616263')),
    up(hex('00000000')),
    up(hex('00000001 ff')),
    down(hex('00000000 00000001 ff')),
  ],
}

describe.each(Object.entries(RECORDED))('the dissector of %s', (protocol, conversation) => {
  const factory = DISSECTORS[protocol as Protocol] as DissectorFactory
  const whole = dissect(factory, conversation)

  it('explains the recorded conversation', () => {
    expect(whole.gaps).toEqual([])
    expect(whole.frames.length).toBeGreaterThan(4)
    expect(findTilingFault(whole, conversation)).toBeNull()
  })

  it('finds the same frames byte by byte', () => {
    expect(dissect(factory, split(conversation, [1]))).toEqual(whole)
  })

  it('finds the same frames however the bytes are split', () => {
    fc.assert(
      fc.property(cuts, (lengths) => {
        expect(dissect(factory, split(conversation, lengths))).toEqual(whole)
      }),
    )
  })

  it('never throws on damaged bytes, and leaves none out: in a frame, or after the gap', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), cuts, (damage, lengths) => {
        const damaged = damage.reduce(mutate, conversation)
        const found = dissect(factory, damaged)
        expect(findTilingFault(found, damaged)).toBeNull()
        // What cannot be explained does not depend on the split either.
        expect(dissect(factory, split(damaged, lengths))).toEqual(found)
      }),
      { numRuns: 1000 },
    )
  })

  it('never throws on noise', () => {
    fc.assert(
      fc.property(noise, (said) => {
        expect(findTilingFault(dissect(factory, said), said)).toBeNull()
      }),
    )
  })
})
