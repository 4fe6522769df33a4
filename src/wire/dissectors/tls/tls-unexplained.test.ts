import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  type Dissection,
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
  keyLog,
  keyLogLine,
  keyUpdate,
  knownSecrets,
  newSessionTicket,
  plainRecord,
  sealerOf,
  serverHello,
  shakeHands,
} from '../../../../test/support/tls-records.ts'
import type { DissectorFactory } from '../../../model/wire/frame.ts'
import { dissectHttp1 } from '../http1/http1.ts'
import { dissectLengthPrefixed } from '../length-prefixed.ts'
import { TlsSecrets } from './keys/tls-secrets.ts'
import { dissectTls } from './tls.ts'

const MESSAGE = hex('00000003 616263')
const HANDSHAKE_FRAMES = 4

const overTls = (): DissectorFactory => dissectTls(dissectLengthPrefixed, knownSecrets())

describe('secrets', () => {
  const conversation = converse(({ client, server }) => [
    up(client.seal(CONTENT_TYPE.data, MESSAGE)),
    down(server.seal(CONTENT_TYPE.data, MESSAGE)),
    up(client.seal(CONTENT_TYPE.alert, closeNotify())),
  ])

  it('may come after all the bytes, in any order, and change nothing of what is seen', () => {
    const early = dissect(overTls(), conversation)
    const secrets = new TlsSecrets()
    const found: Dissection = { frames: [], gaps: [] }
    const dissector = dissectTls(
      dissectLengthPrefixed,
      secrets,
    )({ frame: (frame) => found.frames.push(frame), unexplained: (gap) => found.gaps.push(gap) })
    for (const [direction, bytes] of conversation) dissector.feed(direction, bytes)
    expect(found.frames).toHaveLength(2)
    secrets.learn(keyLogLine('SERVER_TRAFFIC_SECRET_0'))
    secrets.learn(keyLogLine('SERVER_HANDSHAKE_TRAFFIC_SECRET'))
    expect(found.frames).toHaveLength(3)
    secrets.learn(keyLogLine('CLIENT_TRAFFIC_SECRET_0'))
    expect(found.frames).toHaveLength(3)
    secrets.learn(keyLogLine('CLIENT_HANDSHAKE_TRAFFIC_SECRET'))
    expect(found).toEqual(early)
    dissector.end()
    expect(found.gaps).toEqual([])
  })

  it('that never come leave the records unexplained, and are named', () => {
    const lines = [
      keyLogLine('SERVER_HANDSHAKE_TRAFFIC_SECRET'),
      keyLogLine('CLIENT_HANDSHAKE_TRAFFIC_SECRET'),
    ]
    const secrets = knownSecrets(lines)
    const found = dissect(dissectTls(dissectLengthPrefixed, secrets), conversation)
    expect(findTilingFault(found, conversation)).toBeNull()
    expect(found.frames).toHaveLength(HANDSHAKE_FRAMES)
    const reason =
      'the secret CLIENT_TRAFFIC_SECRET_0 of this connection is not known, so its TLS records cannot be read'
    expect(found.gaps).toEqual([
      { direction: 'up', offset: 136, reason },
      { direction: 'down', offset: 119, reason },
    ])
    secrets.learn(keyLogLine('CLIENT_TRAFFIC_SECRET_0'))
    expect(found.frames).toHaveLength(HANDSHAKE_FRAMES)
  })

  it('are not waited for after the end of the connection', () => {
    const secrets = knownSecrets()
    const watch = secrets.watch.bind(secrets)
    let watchers = 0
    secrets.watch = (onLearned) => {
      const stop = watch(onLearned)
      watchers += 1
      return () => {
        watchers -= 1
        stop()
      }
    }
    dissect(dissectTls(dissectLengthPrefixed, secrets), conversation)
    expect(watchers).toBe(0)
  })

  it('of another connection open nothing', () => {
    const lines = keyLog().map((line) => line.replace(/ c1/, ' c2'))
    const found = dissect(dissectTls(dissectLengthPrefixed, knownSecrets(lines)), conversation)
    expect(found.frames).toHaveLength(2)
    expect(found.gaps[0]?.reason).toMatch(/SERVER_HANDSHAKE_TRAFFIC_SECRET of this connection/)
  })
})

describe('bytes that TLS does not explain', () => {
  const [hello = up(''), answer = down(''), flight = down(''), done = up('')] = shakeHands().said
  const plain = (content: Uint8Array, type: number = CONTENT_TYPE.handshake): Buffer =>
    plainRecord(type, content)
  const damaged = (record: readonly [unknown, Uint8Array], at: number): Uint8Array =>
    record[1].map((byte, index) => (index === record[1].length + at ? byte ^ 1 : byte))
  const earlyHello = plain(clientHello([[42, '']]))
  const serverSealed = (type: number, content: Uint8Array): Conversation => [
    hello,
    answer,
    down(sealerOf('SERVER_HANDSHAKE_TRAFFIC_SECRET').seal(type, content)),
  ]

  it.each<[string, Conversation, RegExp]>([
    ['another protocol', [up('GET / HTTP/1.1\r\n')], /content type 71 is none of TLS/],
    ['a record version', [up(hex('16 0404 0001 01'))], /record version is 0x0404/],
    ['too long a record', [up(hex('16 0303 4001'))], /16385 bytes long, above .* 16384/],
    ['too long a sealed record', [up(hex('17 0303 4101'))], /16641 bytes long, above .* 16640/],
    ['a record cut short', [up(hello[1].subarray(0, 20))], /middle of a TLS record, 20 bytes/],
    ['a header cut short', [up(hello[1].subarray(0, 3))], /middle of a TLS record, 3 bytes/],
    [
      'a version that has gone',
      [hello, down(plain(serverHello(0x1301, Buffer.alloc(32), [[43, '0302']])))],
      /server chose TLS 1\.1, but only records of TLS 1\.2 and 1\.3 are read/,
    ],
    [
      'a version to come',
      [hello, down(plain(serverHello(0x1301, Buffer.alloc(32), [[43, '0305']])))],
      /server chose TLS 1\.4/,
    ],
    [
      'another cipher suite',
      [hello, down(plain(serverHello(0xc013)))],
      /cipher suite 0xc013, whose records are not read/,
    ],
    ['a tag that does not fit', [hello, answer, down(damaged(flight, -1))], /authentication tag/],
    ['a damaged ciphertext', [hello, answer, down(damaged(flight, -30))], /authentication tag/],
    [
      'a record left out',
      converse(({ client }) => {
        client.seal(CONTENT_TYPE.data, MESSAGE)
        return [up(client.seal(CONTENT_TYPE.data, MESSAGE))]
      }),
      /tag of record 0 under its key/,
    ],
    [
      'too short a sealed record',
      [hello, answer, down(plainRecord(CONTENT_TYPE.data, Buffer.alloc(16)))],
      /16 bytes has no room/,
    ],
    [
      'a sealed record of zeros',
      [hello, answer, down(sealerOf('SERVER_HANDSHAKE_TRAFFIC_SECRET').seal(0, Buffer.alloc(9)))],
      /has no content type/,
    ],
    [
      'a sealed record of another type',
      serverSealed(99, Buffer.alloc(9)),
      /content type 99 is none of TLS/,
    ],
    [
      'too much in a sealed record',
      converse(({ client }) => [up(client.seal(CONTENT_TYPE.data, Buffer.alloc(2 ** 14), 1))]),
      /opens to 16386 bytes/,
    ],
    [
      'data before Finished',
      serverSealed(CONTENT_TYPE.data, MESSAGE),
      /application data comes before Finished/,
    ],
    ['a sealed record first', [up(flight[1])], /before the hellos that decide its keys/],
    ['early data', [up(Buffer.concat([earlyHello, flight[1]]))], /sends early data/],
    ['early data, accepted', [up(earlyHello), answer, flight, done], /sends early data/],
    [
      'an unprotected message',
      [hello, answer, down(plain(encryptedExtensions()))],
      /record of handshake is not protected/,
    ],
    [
      'an unprotected message at once',
      [hello, down(plain(encryptedExtensions()))],
      /EncryptedExtensions is in a plain record, but belongs in a protected one/,
    ],
    [
      'a protected hello',
      serverSealed(CONTENT_TYPE.handshake, serverHello()),
      /ServerHello is in a protected record, but belongs in a plain one/,
    ],
    [
      'an unprotected alert late',
      [...shakeHands().said, up(plain(closeNotify(), CONTENT_TYPE.alert))],
      /record of alert is not protected/,
    ],
    [
      'change_cipher_spec late',
      [...shakeHands().said, up(plain(Buffer.of(1), CONTENT_TYPE.changeCipherSpec))],
      /record of change_cipher_spec is not protected/,
    ],
    [
      'another change_cipher_spec',
      [hello, up(plain(Buffer.of(2), CONTENT_TYPE.changeCipherSpec))],
      /change_cipher_spec is not the one plain byte 1/,
    ],
    [
      'a protected change_cipher_spec',
      serverSealed(CONTENT_TYPE.changeCipherSpec, Buffer.of(1)),
      /change_cipher_spec is not the one plain byte 1/,
    ],
    [
      'an alert of three bytes',
      [up(plain(Buffer.alloc(3, 1), CONTENT_TYPE.alert))],
      /alert is not a level and a description/,
    ],
    [
      'an alert of no known level',
      [up(plain(Buffer.of(3, 0), CONTENT_TYPE.alert))],
      /alert is not a level and a description/,
    ],
    ['a hello of the wrong side', [up(plain(serverHello()))], /client does not send ServerHello/],
    [
      'certificates that do not fill their message',
      serverSealed(CONTENT_TYPE.handshake, handshake(11, hex('00 000004 000000'))),
      /certificates are 4 bytes long, but 3 are left of their message/,
    ],
    ['an unknown message', [up(plain(handshake(99, MESSAGE)))], /handshake type 99 is none/],
    ['a handshake record of no bytes', [up(plain(new Uint8Array(0)))], /record has no bytes/],
    [
      'a field past its message',
      [up(plain(handshake(1, hex('0303 00'))))],
      /a field of ClientHello runs past its end/,
    ],
    [
      'a message longer than its fields',
      serverSealed(CONTENT_TYPE.handshake, handshake(24, hex('0000'))),
      /KeyUpdate is 1 bytes longer than its fields/,
    ],
    [
      'extensions that do not fill their message',
      serverSealed(CONTENT_TYPE.handshake, handshake(8, hex('0001 0000'))),
      /extensions of EncryptedExtensions are 1 bytes long, but 2 are left/,
    ],
    [
      'KeyUpdate before Finished',
      serverSealed(CONTENT_TYPE.handshake, keyUpdate()),
      /KeyUpdate comes before Finished/,
    ],
    [
      'a KeyUpdate that asks for what is not',
      converse(({ client }) => [up(client.seal(CONTENT_TYPE.handshake, keyUpdate(2)))]),
      /request_update of KeyUpdate is 2/,
    ],
    [
      'a message behind the last of its keys',
      serverSealed(CONTENT_TYPE.handshake, Buffer.concat([finished(), newSessionTicket()])),
      /bytes follow Finished in its record/,
    ],
    [
      'a record in the middle of a message',
      [up(plain(clientHello().subarray(0, 9))), up(plain(closeNotify(), CONTENT_TYPE.alert))],
      /record of alert is in the middle of ClientHello/,
    ],
  ])('%s', (_, conversation, reason) => {
    const found = dissect(overTls(), conversation)
    expect(found.gaps[0]?.reason).toMatch(reason)
    expect(findTilingFault(found, conversation)).toBeNull()
  })

  it('begin where the frame of the protocol inside began that they cut off', () => {
    const conversation = converse(({ client }) => [
      up(client.seal(CONTENT_TYPE.data, MESSAGE)),
      up(client.seal(CONTENT_TYPE.data, MESSAGE.subarray(0, 5))),
      up(hex('ff')),
    ])
    const found = dissect(overTls(), conversation)
    expect(found.gaps).toEqual([
      {
        direction: 'up',
        offset: 136 + 29,
        reason: 'content type 255 is none of TLS (RFC 8446 §5.1)',
      },
    ])
    expect(findTilingFault(found, conversation)).toBeNull()
  })

  it('leave no frame to a protocol that takes the end of the connection for its end', () => {
    const conversation = converse(({ client, server }) => [
      up(client.seal(CONTENT_TYPE.data, Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'))),
      down(server.seal(CONTENT_TYPE.data, Buffer.from('HTTP/1.1 200 OK\r\n\r\nuntil'))),
      down(hex('ff')),
    ])
    const found = dissect(dissectTls(dissectHttp1, knownSecrets()), conversation)
    expect(found.frames.at(-1)?.label).toBe('request')
    expect(found.gaps).toMatchObject([{ direction: 'down', offset: 119 }])
    expect(findTilingFault(found, conversation)).toBeNull()
  })

  it('are found where the protocol inside cannot explain them', () => {
    const conversation = converse(({ client, server }) => [
      up(client.seal(CONTENT_TYPE.data, MESSAGE)),
      down(server.seal(CONTENT_TYPE.data, Buffer.concat([MESSAGE, MESSAGE]))),
      down(server.seal(CONTENT_TYPE.handshake, newSessionTicket())),
      up(client.seal(CONTENT_TYPE.data, MESSAGE.subarray(0, 5))),
      up(client.seal(CONTENT_TYPE.alert, closeNotify())),
    ])
    const found = dissect(overTls(), conversation)
    expect(found.gaps).toEqual([
      {
        direction: 'down',
        offset: 119 + 5 + 7,
        reason: 'inside TLS, an echo arrived, but no message is outstanding',
      },
      {
        direction: 'up',
        offset: 136 + 29,
        reason: 'inside TLS, the connection ended in the middle of a message, 5 bytes into it',
      },
    ])
    expect(findTilingFault(found, conversation)).toBeNull()
  })

  it('a client that refuses the ServerHello says so without keys', () => {
    const conversation = [hello, answer, up(plain(Buffer.of(2, 47), CONTENT_TYPE.alert))]
    const found = dissect(overTls(), conversation)
    expect(found.gaps).toEqual([])
    expect(found.frames.at(-1)).toMatchObject({ phase: 'close', label: 'illegal_parameter' })
  })
})
