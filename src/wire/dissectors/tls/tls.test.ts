import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  type Dissection,
  describeParts,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
} from '../../../../test/support/dissection.ts'
import {
  CONTENT_TYPE,
  clientHello,
  closeNotify,
  converse,
  encryptedExtensions,
  finished,
  handshake,
  keyUpdate,
  knownSecrets,
  newSessionTicket,
  plainRecord,
  RETRY_RANDOM,
  sealerOf,
  serverHello,
  shakeHands,
} from '../../../../test/support/tls-records.ts'
import type { DissectorFactory, Frame } from '../../../model/wire/frame.ts'
import { roundTripsOf } from '../../account/round-trips.ts'
import { dissectHttp1 } from '../http1/http1.ts'
import { dissectLengthPrefixed } from '../length-prefixed.ts'
import { dissectTls } from './tls.ts'

const MESSAGE = hex('00000003 616263')

const overTls = (inner: DissectorFactory = dissectLengthPrefixed): DissectorFactory =>
  dissectTls(inner, knownSecrets())

const HANDSHAKE_FRAMES = 4

/** The frames after the handshake, in a conversation that is explained to its last byte. */
function framesAfterHandshake(
  conversation: Conversation,
  inner: DissectorFactory = dissectLengthPrefixed,
): Frame[] {
  const found = dissect(overTls(inner), conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.frames.slice(HANDSHAKE_FRAMES)
}

const summarize = ({ direction, phase, label, lengthBytes }: Frame): string =>
  `${direction} ${phase} ${label} ${lengthBytes}`

const summarizeAll = ({ frames }: Dissection): string[] => frames.map(summarize)

describe('TLS around a protocol', () => {
  it('adds 22 bytes a record to a message, and changes neither its name nor its phase', () => {
    const frames = framesAfterHandshake(
      converse(({ client, server }) => [
        up(client.seal(CONTENT_TYPE.data, MESSAGE)),
        down(server.seal(CONTENT_TYPE.data, MESSAGE)),
        up(client.seal(CONTENT_TYPE.alert, closeNotify())),
        down(server.seal(CONTENT_TYPE.alert, closeNotify())),
      ]),
    )
    expect(frames.map(summarize)).toEqual([
      'up steady message 29',
      'down steady echo 29',
      'up close close_notify 24',
      'down close close_notify 24',
    ])
    expect(describeParts(frames[0])).toEqual([
      'security | record header | 5 | -',
      'framing | length | 4 | 3',
      'payload | payload | 3 | -',
      'security | inner content type | 1 | -',
      'security | authentication tag | 16 | -',
    ])
    expect(describeParts(frames[2])).toEqual([
      'security | record header | 5 | -',
      'security | alert | 2 | warning, close_notify',
      'security | inner content type | 1 | -',
      'security | authentication tag | 16 | -',
    ])
  })

  it('names the padding of a record', () => {
    const frames = framesAfterHandshake(
      converse(({ client }) => [up(client.seal(CONTENT_TYPE.data, MESSAGE, 9))]),
    )
    expect(describeParts(frames[0]).slice(-3)).toEqual([
      'security | inner content type | 1 | -',
      'security | padding | 9 | -',
      'security | authentication tag | 16 | -',
    ])
  })

  it('shares a record between the frames in it, and gives a frame every record it runs over', () => {
    const frames = framesAfterHandshake(
      converse(({ client }) => [
        up(client.seal(CONTENT_TYPE.data, Buffer.concat([MESSAGE, MESSAGE]))),
        up(client.seal(CONTENT_TYPE.data, MESSAGE.subarray(0, 6))),
        up(client.seal(CONTENT_TYPE.data, MESSAGE.subarray(6))),
      ]),
    )
    expect(frames.map(({ lengthBytes }) => lengthBytes)).toEqual([12, 24, 51])
    expect(describeParts(frames[2]).map((line) => line.split(' | ').slice(1, 3).join(' '))).toEqual(
      [
        'record header 5',
        'length 4',
        'payload 2',
        'inner content type 1',
        'authentication tag 16',
        'record header 5',
        'payload 1',
        'inner content type 1',
        'authentication tag 16',
      ],
    )
  })

  it('follows the keys that a KeyUpdate changes, each direction its own', () => {
    const frames = framesAfterHandshake(
      converse(({ client, server }) => {
        const said = [up(client.seal(CONTENT_TYPE.handshake, keyUpdate(1)))]
        client.update()
        said.push(up(client.seal(CONTENT_TYPE.data, MESSAGE)))
        said.push(down(server.seal(CONTENT_TYPE.handshake, keyUpdate(0))))
        server.update()
        said.push(down(server.seal(CONTENT_TYPE.data, MESSAGE)))
        said.push(up(client.seal(CONTENT_TYPE.handshake, keyUpdate(0))))
        client.update()
        said.push(up(client.seal(CONTENT_TYPE.data, MESSAGE)))
        return said
      }),
    )
    expect(frames.map(({ label }) => label)).toEqual([
      'KeyUpdate',
      'message',
      'KeyUpdate',
      'echo',
      'KeyUpdate',
      'message',
    ])
    expect(describeParts(frames[0])).toContain('security | request_update | 1 | update_requested')
  })

  it('keeps its keys where a client is authenticated after the handshake', () => {
    const frames = framesAfterHandshake(
      converse(({ client, server }) => [
        down(server.seal(CONTENT_TYPE.handshake, handshake(13, Buffer.alloc(9)))),
        up(client.seal(CONTENT_TYPE.data, MESSAGE)),
        up(client.seal(CONTENT_TYPE.handshake, finished())),
        up(client.seal(CONTENT_TYPE.data, MESSAGE)),
      ]),
    )
    expect(frames.map(({ label }) => label)).toEqual([
      'CertificateRequest',
      'message',
      'Finished',
      'message',
    ])
  })

  it('has a record of no bytes as a frame of its own', () => {
    const frames = framesAfterHandshake(
      converse(({ client }) => [
        up(client.seal(CONTENT_TYPE.data, new Uint8Array(0))),
        up(client.seal(CONTENT_TYPE.data, MESSAGE)),
      ]),
    )
    expect(frames.map(summarize)).toEqual(['up steady empty record 22', 'up steady message 29'])
  })
})

describe('a record of TLS itself', () => {
  it('stands in the frame of the protocol inside that it interrupts', () => {
    const frames = framesAfterHandshake(
      converse(({ client, server }) => [
        up(client.seal(CONTENT_TYPE.data, MESSAGE)),
        down(server.seal(CONTENT_TYPE.data, MESSAGE.subarray(0, 2))),
        down(server.seal(CONTENT_TYPE.handshake, newSessionTicket())),
        down(server.seal(CONTENT_TYPE.data, MESSAGE.subarray(2))),
        down(server.seal(CONTENT_TYPE.handshake, newSessionTicket())),
      ]),
    )
    expect(frames.slice(1).map(summarize)).toEqual([
      'down steady echo 177',
      'down setup NewSessionTicket 126',
    ])
    expect(describeParts(frames[1]).filter((line) => /NewSession/.test(line))).toEqual([
      'security | handshake type and length | 4 | NewSessionTicket, 100',
      'security | NewSessionTicket | 100 | -',
    ])
  })

  it('is a frame of its own behind one that only the end of the connection closes', () => {
    const frames = framesAfterHandshake(
      converse(({ client, server }) => [
        up(client.seal(CONTENT_TYPE.data, Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'))),
        down(server.seal(CONTENT_TYPE.data, Buffer.from('HTTP/1.1 200 OK\r\n\r\nuntil'))),
        down(server.seal(CONTENT_TYPE.alert, closeNotify())),
      ]),
      dissectHttp1,
    )
    expect(frames.map(summarize)).toEqual([
      'up steady request 49',
      'down steady response 46',
      'down close close_notify 24',
    ])
  })
})

describe('the handshake', () => {
  it('is named message by message, and waits for one round trip', () => {
    const conversation = shakeHands().said
    const found = dissect(overTls(), conversation)
    expect(findTilingFault(found, conversation)).toBeNull()
    expect(summarizeAll(found)).toEqual([
      'up setup ClientHello 78',
      'down setup ServerHello 55',
      'down setup EncryptedExtensions, Finished 64',
      'up setup Finished 58',
    ])
    expect(found.frames.map(roundTripsOf)).toEqual([0, 1, 0, 0])
    expect(describeParts(found.frames[0])).toEqual([
      'security | record header | 5 | -',
      'security | handshake type and length | 4 | ClientHello, 69',
      'security | legacy_version | 2 | -',
      'security | random | 32 | -',
      'security | legacy_session_id length | 1 | -',
      'security | cipher_suites length | 2 | -',
      'security | cipher_suites | 6 | TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256',
      'security | legacy_compression_methods length | 1 | -',
      'security | legacy_compression_methods | 1 | -',
      'security | extensions length | 2 | -',
      'security | extension supported_versions | 7 | TLS 1.3',
      'security | extension key_share | 6 | -',
      'security | extension GREASE | 4 | -',
      'security | extension 4660 | 5 | -',
    ])
    expect(describeParts(found.frames[1])).toContain(
      'security | cipher_suite | 2 | TLS_AES_128_GCM_SHA256',
    )
    expect(describeParts(found.frames[2])).toEqual([
      'security | record header | 5 | -',
      'security | handshake type and length | 4 | EncryptedExtensions, 2',
      'security | extensions length | 2 | -',
      'security | handshake type and length | 4 | Finished, 32',
      'security | Finished | 32 | -',
      'security | inner content type | 1 | -',
      'security | authentication tag | 16 | -',
    ])
  })

  it('waits for one more where the server asks for another ClientHello', () => {
    const { said } = shakeHands()
    const [first, ...rest] = said
    const conversation = [
      up(plainRecord(CONTENT_TYPE.handshake, clientHello(), 0x0301)),
      down(plainRecord(CONTENT_TYPE.handshake, serverHello(0x1301, RETRY_RANDOM))),
      down(plainRecord(CONTENT_TYPE.changeCipherSpec, Buffer.of(1))),
      up(plainRecord(CONTENT_TYPE.changeCipherSpec, Buffer.of(1))),
      first ?? up(''),
      ...rest,
    ]
    const found = dissect(overTls(), conversation)
    expect(findTilingFault(found, conversation)).toBeNull()
    expect(found.gaps).toEqual([])
    expect(found.frames.map(({ label }) => label)).toEqual([
      'ClientHello',
      'HelloRetryRequest',
      'change_cipher_spec',
      'change_cipher_spec',
      'ClientHello',
      'ServerHello',
      'EncryptedExtensions, Finished',
      'Finished',
    ])
    expect(found.frames.filter((frame) => roundTripsOf(frame) === 1)).toHaveLength(2)
  })

  it('may be cut into records anywhere', () => {
    const [, , ...rest] = shakeHands().said
    const hellos = { up: clientHello(), down: serverHello() }
    const sizes = { up: hellos.up.length + 10, down: hellos.down.length + 10 }
    for (let at = 1; at < hellos.down.length; at += 1) {
      const conversation: Conversation = [
        ...[hellos.up.subarray(0, at), hellos.up.subarray(at)].map((cut) =>
          up(plainRecord(CONTENT_TYPE.handshake, cut)),
        ),
        ...[hellos.down.subarray(0, at), hellos.down.subarray(at)].map((cut) =>
          down(plainRecord(CONTENT_TYPE.handshake, cut)),
        ),
        ...rest,
      ]
      const found = dissect(overTls(), conversation)
      expect(found.gaps).toEqual([])
      expect(findTilingFault(found, conversation)).toBeNull()
      expect(found.frames.slice(0, 4).map(({ label }) => label)).toEqual([
        'ClientHello',
        'ClientHello continued',
        'ServerHello',
        'ServerHello continued',
      ])
      expect(found.frames.filter((frame) => roundTripsOf(frame) === 1)).toHaveLength(1)
      const lengths = found.frames.map(({ lengthBytes }) => lengthBytes)
      expect((lengths[0] ?? 0) + (lengths[1] ?? 0)).toBe(sizes.up)
      expect((lengths[2] ?? 0) + (lengths[3] ?? 0)).toBe(sizes.down)
    }
  })

  it('names a field after its message where the record ends inside it', () => {
    const [hello = up(''), answer = down(''), , ...rest] = shakeHands().said
    const server = sealerOf('SERVER_HANDSHAKE_TRAFFIC_SECRET')
    // A context and a list of one certificate without extensions: 9 bytes around it.
    const list = Buffer.concat([hex('00 000128 000123'), Buffer.alloc(291, 0xce), hex('0000')])
    const certificate = handshake(11, list)
    const flight = Buffer.concat([encryptedExtensions(), certificate, finished()])
    const conversation = [
      hello,
      answer,
      down(server.seal(CONTENT_TYPE.handshake, flight.subarray(0, 110))),
      down(server.seal(CONTENT_TYPE.handshake, flight.subarray(110, 210))),
      down(server.seal(CONTENT_TYPE.handshake, flight.subarray(210))),
      ...rest,
    ]
    const found = dissect(overTls(), conversation)
    expect(found.gaps).toEqual([])
    expect(found.frames.slice(2).map(({ label }) => label)).toEqual([
      'EncryptedExtensions, Certificate',
      'Certificate continued',
      'Certificate continued, Finished',
      'Finished',
    ])
    const certificateBytes = found.frames
      .flatMap(({ parts }) => parts)
      .filter(({ label }) => /^[Cc]ertificate/.test(label))
      .map(({ lengthBytes }) => lengthBytes)
    expect(certificateBytes).toEqual([1, 3, 3, 93, 100, 98, 2])
  })
})
