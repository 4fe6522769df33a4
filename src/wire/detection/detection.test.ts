import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
} from '../../../test/support/dissection.ts'
import { masked } from '../../../test/support/websocket-frames.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { isEncrypted } from '../dissectors/tls/opaque-tls.ts'
import { detectingDissector } from './detecting-dissector.ts'
import { type Detection, detectFinally, detectProtocol } from './signatures.ts'

const text = (source: string): Uint8Array => Buffer.from(source, 'latin1')
const CLIENT_HELLO = hex(`16030100 2a 01 000026 0303 ${'ab'.repeat(32)} 00000000`)
const CONNECT_5 = hex('10 0e 0004 4d515454 05 02 003c 00 0001 61')
const upgraded = (...frames: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat([
    text('GET /mqtt HTTP/1.1\r\nupgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n'),
    ...frames,
  ])
const CONNECT = hex('100d 0004 4d515454 04 02 003c 0001 61')

describe('what a client says first', () => {
  it.each<[string, Uint8Array, Detection]>([
    ['a request', text('POST /a HTTP/1.1\r\n'), { kind: 'known', protocol: 'http/1.1' }],
    ['a request of HTTP/1.0', text('PUT / HTTP/1.0\r\n'), { kind: 'known', protocol: 'http/1.1' }],
    ['CONNECT of MQTT 3.1.1', CONNECT, { kind: 'known', protocol: 'mqtt/3.1.1' }],
    ['CONNECT of MQTT 5', hex('10 8e01 0004 4d515454 05'), { kind: 'known', protocol: 'mqtt/5.0' }],
    [
      'CONNECT of MQTT 3.1',
      hex('10 0f 0006 4d5149736470 03'),
      { kind: 'known', protocol: 'mqtt/3.1' },
    ],
    [
      'CONNECT of a level to come',
      hex('10 0f 0004 4d515454 06'),
      { kind: 'foreign', name: 'MQTT of protocol level 6' },
    ],
    ['ClientHello', CLIENT_HELLO, { kind: 'tls' }],
    ['a GET', text('GET / HTTP/1.1\r\nHost: h\r\n\r\n'), { kind: 'known', protocol: 'http/1.1' }],
    [
      'a WebSocket',
      text('GET /x HTTP/1.1\r\nUpgrade: WebSocket\r\n\r\n'),
      { kind: 'known', protocol: 'websocket' },
    ],
    [
      'MQTT 3.1.1 on a WebSocket',
      upgraded(masked('binary', hex('10 0d 0004 4d515454 04'))),
      { kind: 'known', protocol: 'mqtt/3.1.1 over websocket' },
    ],
    [
      'MQTT 5 on a WebSocket',
      upgraded(masked('binary', CONNECT_5)),
      { kind: 'known', protocol: 'mqtt/5.0 over websocket' },
    ],
    [
      'MQTT 5 on a WebSocket, a long CONNECT in several messages',
      upgraded(
        masked('binary', hex('10')),
        masked('binary', hex('83 01')),
        masked('binary', Buffer.concat([hex('0004 4d515454 05'), Buffer.alloc(200)])),
      ),
      { kind: 'known', protocol: 'mqtt/5.0 over websocket' },
    ],
    [
      'something else on a WebSocket for MQTT',
      upgraded(masked('binary', hex('ff'))),
      { kind: 'known', protocol: 'mqtt/3.1.1 over websocket' },
    ],
    [
      'Socket.IO',
      text('GET /socket.io/?EIO=4 HTTP/1.1\r\nUpgrade: websocket\r\n\r\n'),
      { kind: 'known', protocol: 'socket.io' },
    ],
    ['an SSH client', text('SSH-2.0-OpenSSH_9\r\n'), { kind: 'foreign', name: null }],
    ['an SMTP client', text('EHLO example.org\r\n'), { kind: 'foreign', name: null }],
    ['a Redis client', text('*1\r\n$4\r\nPING\r\n'), { kind: 'foreign', name: null }],
    ['a publish without CONNECT', hex('3004 0001 61 ff'), { kind: 'foreign', name: null }],
    ['noise', hex('00ff00ff'), { kind: 'foreign', name: null }],
  ])('tells the protocol: %s', (_what, first, expected) => {
    expect(detectProtocol(first)).toEqual(expected)
  })

  it.each([
    ['a request', text('POST /a HTTP/1.1\r\n')],
    ['CONNECT', CONNECT.subarray(0, 9)],
    ['ClientHello', CLIENT_HELLO.subarray(0, 43)],
    ['CONNECT on a WebSocket', upgraded(masked('binary', CONNECT_5))],
  ])('is awaited until it can be told: %s', (_what, first) => {
    const whole = detectProtocol(first)
    for (let bytes = 0; bytes < first.length; bytes += 1) {
      const early = detectProtocol(first.subarray(0, bytes))
      if (early !== null) expect(early).toEqual(whole)
    }
    expect(detectProtocol(first.subarray(0, 1))).toBeNull()
  })

  it('is taken for what it looks like where nothing more comes', () => {
    expect(detectFinally(CLIENT_HELLO.subarray(0, 20))).toEqual({ kind: 'tls' })
    expect(detectFinally(text('GET / HTTP/1.1\r\nHost'))).toMatchObject({ protocol: 'http/1.1' })
    expect(detectFinally(upgraded())).toMatchObject({ protocol: 'mqtt/3.1.1 over websocket' })
    expect(detectFinally(text('POST'))).toEqual({ kind: 'foreign', name: null })
  })

  it('always comes to a verdict', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (first) => {
        expect(['known', 'tls', 'foreign']).toContain(detectFinally(first).kind)
      }),
    )
  })
})

function detect(conversation: Conversation) {
  const detections: Detection[] = []
  const factory = detectingDissector(new TlsSecrets(), (detection) => detections.push(detection))
  return { ...dissect(factory, conversation), detections }
}

describe('a connection of which nothing is known', () => {
  const request = 'POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi'

  it('is read by the dissector of its protocol, from its first byte', () => {
    const conversation = [up(request), down('HTTP/1.1 204 No Content\r\n\r\n')]
    const { frames, gaps, detections } = detect(conversation)
    expect(frames.map(({ label }) => label)).toEqual(['request', 'response'])
    expect([gaps, detections]).toEqual([[], [{ kind: 'known', protocol: 'http/1.1' }]])
  })

  it('is read the same byte by byte', () => {
    const bytes = Array.from(text(request), (byte) => up(Uint8Array.of(byte)))
    expect(detect(bytes).frames).toEqual(detect([up(request)]).frames)
  })

  it.each([
    ['not recognised', [up('EHLO a\r\n'), down('250 b\r\n')], 'the protocol is not recognised'],
    [
      'known by name only',
      [up(hex('100d 0004 4d515454 06')), down(hex('20020000'))],
      'there is no dissector for MQTT of protocol level 6',
    ],
    [
      'silent on its client’s side',
      [down('SSH-2.0-x\r\n'), down('more')],
      'the protocol is not recognised',
    ],
  ] as [string, Conversation, string][])(
    'is not read, from its first byte on: %s',
    (_what, said, reason) => {
      const { frames, gaps } = detect(said)
      expect(frames).toEqual([])
      const directions = [...new Set(said.map(([direction]) => direction))]
      expect(gaps).toEqual(directions.map((direction) => ({ direction, offset: 0, reason })))
    },
  )

  it('does not fill the memory while its client is silent', () => {
    const chunk = down(new Uint8Array(10_000))
    const { gaps } = detect([...Array.from({ length: 10 }, () => chunk), up(request)])
    expect(gaps.map(({ direction }) => direction).sort()).toEqual(['down', 'up'])
  })

  it('of TLS without keys is counted by record', () => {
    const said = [
      up(CLIENT_HELLO),
      down(hex('1603030002 0200 1403030001 01 1703030010 00112233445566778899aabbccddeeff')),
      up(hex('1703030011 0000112233445566778899aabbccddeeff 1503030002 0100')),
    ]
    const found = detect(said)
    expect(findTilingFault(found, said)).toBeNull()
    expect(found.gaps).toEqual([])
    expect(
      found.frames.map(({ direction, phase, label }) => [direction, phase, label].join(' ')),
    ).toEqual([
      'up setup handshake record',
      'down setup handshake record',
      'down setup change_cipher_spec record',
      'down steady application data record',
      'up steady application data record',
      'up close alert record',
    ])
    const encrypted = found.frames.flatMap(({ parts }) => parts.filter(isEncrypted))
    expect(encrypted.map(({ lengthBytes }) => lengthBytes)).toEqual([16, 17])
  })

  it('of TLS whose records are damaged has a gap', () => {
    const { gaps } = detect([up(CLIENT_HELLO), up('nonsense of some length')])
    expect(gaps).toMatchObject([{ direction: 'up', offset: CLIENT_HELLO.length }])
  })

  it('never throws, and leaves no byte out', () => {
    const start = fc.constantFrom(text(request), CONNECT, CLIENT_HELLO, new Uint8Array(0))
    const said = fc.array(
      fc.tuple(fc.constantFrom('up' as const, 'down' as const), fc.uint8Array()),
    )
    fc.assert(
      fc.property(start, said, (first, rest) => {
        const conversation: Conversation = [['up', first], ...rest]
        expect(findTilingFault(detect(conversation), conversation)).toBeNull()
      }),
    )
  })
})
