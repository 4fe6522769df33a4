import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { lost, unreachable } from '../connection-errors.ts'
import { HeardBytes } from './heard-bytes.ts'
import {
  disconnected,
  refusedConnect,
  refusedPublish,
  refusedSubscription,
} from './mqtt-answers.ts'
import { recogniseServer, speaksOther } from './other-protocol.ts'

const MQTTS = new URL('mqtts://host:8883')
const HTTP = new URL('http://host:8080/')
const failed = (code: string): Error => Object.assign(new Error('failed'), { code })

describe('an alert of TLS', () => {
  it.each([
    [
      'TLSV13_ALERT_CERTIFICATE_REQUIRED',
      /alert certificate_required .* --cert FILE and --key FILE$/,
    ],
    [
      'TLSV1_ALERT_UNKNOWN_CA',
      /alert unknown_ca .*authority of the client’s certificate; give one/,
    ],
    ['SSLV3_ALERT_HANDSHAKE_FAILURE', /alert handshake_failure .*--cert FILE/],
    ['SSL/TLS_ALERT_BAD_CERTIFICATE', /alert bad_certificate .*; give one that its authority/],
    ['TLSV1_ALERT_INTERNAL_ERROR', /alert internal_error .*; see the log of the server$/],
  ])('is what is told, before and after the handshake: %s', (code, words) => {
    for (const error of [lost, unreachable].map((tell) => tell(MQTTS, failed(`ERR_SSL_${code}`)))) {
      expect(error).toMatchObject({ code: 'refused', message: expect.stringMatching(words) })
    }
  })
})

describe('a connection that ended', () => {
  it.each([
    [HTTP, 'nothing', /closed it; it said nothing before: .* speaks TLS, write https:\/\/$/],
    [MQTTS, 'nothing', /closed it; it said nothing before: .* speaks no TLS, write mqtt:\/\/$/],
    [new URL('ws://host/mqtt'), 'nothing', /speaks TLS, write wss:\/\/$/],
    [new URL('coap://host'), 'nothing', /ended: the other side closed it$/],
    [HTTP, 'something', /ended: the other side closed it$/],
  ] as const)('%s, of which it had heard %s', (address, heard, words) => {
    expect(lost(address, null, heard).message).toMatch(words)
  })

  it.each([
    ['UND_ERR_HEADERS_OVERFLOW', /larger than the 16 KiB .*; let the server send fewer/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /no TLS .*write the URL with http:\/\//],
    ['EXOTIC', /ended: EXOTIC$/],
  ])('says why: %s', (code, words) => {
    expect(lost(HTTP, failed(code)).message).toMatch(words)
  })
})

describe('what a server speaks', () => {
  it.each([
    ['HTTP/1.1', Buffer.from('HTTP/1.0 400 Bad Request\r\n')],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2\r\n')],
    ['TLS', Buffer.of(0x15, 3, 1, 0, 2, 2, 70)],
    ['MQTT', Buffer.of(0x20, 2, 0, 5)],
    ['HTTP/2', Buffer.of(0, 0, 0, 4, 0, 0, 0, 0, 0)],
    [undefined, Buffer.from('220 mail ready\r\n')],
    [undefined, Buffer.of()],
  ])('is told by its first bytes: %s', (spoken, said) => {
    expect(recogniseServer(said)?.spoken).toBe(spoken)
  })

  it.each([
    [
      'mqtt://h',
      'mqtt/3.1.1',
      false,
      'HTTP/1.1 400 Bad',
      /speaks HTTP\/1.1, not MQTT \(it answered “HTTP\/1.1 400 Bad”\); give the port/,
    ],
    ['https://h', 'http/1.1', true, 'HTTP/1.1 400 Bad', /not TLS .*; write http:\/\/$/],
    ['mqtts://h', 'mqtt/5.0', true, '\x20\x02\0\0', /speaks MQTT, not TLS; write mqtt:\/\/$/],
    ['mqtts://h', 'mqtt/5.0', true, 'HTTP/1.1 400 Bad', /; give the port that speaks MQTT/],
    [
      'http://h',
      'http/1.1',
      false,
      '\x15\x03\x03\0\x02',
      /speaks TLS, not HTTP\/1.1; write https:\/\/$/,
    ],
    ['http://h', 'http/1.1', false, '\x20\x02\0\0', /that is a broker: give it with --mqtt-url$/],
    ['http://h', 'http/2', false, 'HTTP/1.1 400 Bad', /not HTTP\/2 .*such as http1/],
  ] as const)('is not what %s is for: %s', (url, protocol, secure, said, words) => {
    const bytes = Buffer.from(said, 'latin1')
    expect(speaksOther(new URL(url), { protocol, secure }, bytes)?.message).toMatch(words)
  })

  it('is nothing to speak of where it is the right one', () => {
    const answers = {
      'http/1.1': 'HTTP/1.1 204 No Content\r\n',
      websocket: 'HTTP/1.1 101 Switching Protocols\r\n',
      'mqtt/5.0': '\x20\x02\0\0',
    } as const
    for (const protocol of ['http/1.1', 'websocket', 'mqtt/5.0'] as const) {
      const said = Buffer.from(answers[protocol], 'latin1')
      expect(speaksOther(HTTP, { protocol, secure: false }, said)).toBeNull()
    }
  })

  it.each([
    ['mqtt/5.0', '\x20\x02\0\x01', /unacceptable protocol version \(CONNACK 1, /],
    [
      'mqtt/3.1.1 over websocket',
      'HTTP/1.1 404 Not Found\r\n',
      /was answered 404, where 101 opens a WebSocket; give the path/,
    ],
  ] as const)('may say no before it begins: %s', (protocol, said, words) => {
    const bytes = Buffer.from(said, 'latin1')
    expect(speaksOther(HTTP, { protocol, secure: false }, bytes)?.message).toMatch(words)
  })
})

describe('an answer of a broker', () => {
  const broker = new URL('mqtt://host')
  it.each([
    [refusedConnect(broker, 5, 4), /not authorized \(CONNACK 5, MQTT 3.1.1 §3.2.2.3\); check user/],
    [refusedConnect(broker, 1, 5), /unacceptable protocol version \(CONNACK 1, .*mqtt5-… are 5$/],
    [
      refusedConnect(broker, 0x9c, 5, { serverReference: 'b.example' }),
      /use another server, which is b\.example .*--mqtt-url$/,
    ],
    [refusedPublish(broker, 't', 'PUBACK', 0x87), /not authorized \(PUBACK 0x87, .*access rules/],
    [refusedPublish(broker, 't', 'PUBACK', 0x97), /quota exceeded .*; raise its quota/],
    [
      refusedSubscription(broker, { topic: 't', qos: 1 }, 0x80, 4),
      /does not say why \(SUBACK 0x80, MQTT 3.1.1 .*access rule/,
    ],
    [
      refusedSubscription(broker, { topic: 't', qos: 1 }, 0x8f, 5),
      /topic filter invalid .*--topic-prefix/,
    ],
    [
      refusedSubscription(broker, { topic: 't', qos: 2 }, 1, 5),
      /granted QoS 1 to t, not QoS 2 .*name a transport of QoS 1/,
    ],
    [disconnected(broker, 0x95), /packet too large \(DISCONNECT 0x95, .*send a smaller payload/],
    [disconnected(broker, 0x8b, { reasonString: 'upgrade' }), /server shutting down, “upgrade” /],
    [disconnected(broker, 0), /it gives no reason \(DISCONNECT 0x00, MQTT 5.0 §3.14.2.1\)$/],
  ])('is told with its code: %s', (error, words) => {
    expect(error).toMatchObject({ code: 'refused', message: expect.stringMatching(words) })
  })

  it('speaks of access rules only where one is meant', () => {
    for (let code = 0x80; code <= 0xa2; code += 1) {
      const told = [disconnected(broker, code), refusedPublish(broker, 't', 'PUBACK', code)]
      for (const { message } of told) expect(message.includes('access rule')).toBe(code === 0x87)
    }
  })
})

describe('the bytes that were heard', () => {
  it('have the code that MQTT.js does not name', async () => {
    const stream = new PassThrough()
    const heard = new HeardBytes(stream)
    stream.write(Buffer.of(0x20, 3, 0, 0, 0))
    stream.write(Buffer.of(0x40, 2, 0, 1, 0x40, 3, 0, 2, 0x95, 0x50, 4, 0, 3, 0x10, 0))
    await new Promise((resolve) => setImmediate(resolve))
    expect(heard.first).toEqual(Buffer.of(0x20, 3, 0, 0, 0))
    expect([heard.reasonIn(4), heard.reasonIn(5), heard.reasonIn(7)]).toEqual([0x95, 0x10, null])
  })
})
