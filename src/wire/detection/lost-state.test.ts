import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../test/support/dissection.ts'
import {
  data,
  frame,
  OPENING,
  POST_FIELDS,
  SETTINGS_ACK,
  said,
} from '../../../test/support/http2-frames.ts'
import { findSumFault, type Heard } from '../../../test/support/lenient.ts'
import {
  CONTENT_TYPE,
  converse,
  keyLogLine,
  knownSecrets,
} from '../../../test/support/tls-records.ts'
import {
  masked,
  plain,
  UPGRADE_REQUEST,
  UPGRADE_RESPONSE,
} from '../../../test/support/websocket-frames.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { DetectedConnection } from './detected-connection.ts'

/**
 * What is said later may refer to what was said before. Where that was lost,
 * frames, lengths and counts stay; what they say is not known, which is told and
 * counted.
 */
function read(heard: Heard, secrets = new TlsSecrets()) {
  const connection = new DetectedConnection(secrets)
  expect(findSumFault(heard, connection)).toBeNull()
  return connection
}

/** One utterance is missing from the capture. */
const without = (conversation: Conversation, place: number): Heard =>
  conversation.map(([direction, bytes], index) => [
    direction,
    index === place ? bytes.length : bytes,
  ])

const unitsOf = ({ units }: DetectedConnection): Record<string, number> =>
  Object.fromEntries(units.map(({ label, direction, count }) => [`${direction} ${label}`, count]))

const unreadOf = (connection: DetectedConnection) =>
  [...connection.unread('up'), ...connection.unread('down')].map(({ bytes, reason }) => [
    bytes,
    reason,
  ])

describe('topic aliases (MQTT 5.0 §3.3.2.3.4)', () => {
  const setting = (topic: string) => up(hex(`30 09 0001 ${topic} 03 23 0001 6f6b`))
  const using = up(hex('30 08 0000 03 23 0001 6f6b'))
  const opened: Conversation = [
    up(hex('10 0e 0004 4d515454 05 02 003c 00 0001 61')),
    down(hex('20 03 00 00 00')),
  ]

  it('stand for no topic that may have been replaced meanwhile', () => {
    const talk = [
      ...opened,
      setting('61'),
      using,
      setting('62'),
      using,
      using,
      setting('63'),
      using,
    ]
    const whole = read(talk)
    const found = read(without(talk, 4))
    expect(unitsOf(found)).toEqual({ ...unitsOf(whole), 'up PUBLISH': 6 })
    expect(found.messages).toEqual({ up: 6, down: 0 })
    const named = Object.fromEntries(found.subjects.map(({ name, messages }) => [name, messages]))
    expect(named).toEqual({ a: 2, 'alias 1': 2, c: 2 })
    expect(found.outcomes.filter(({ text }) => /topic unknown/.test(text))).toMatchObject([
      { verdict: 'unmatched', count: 2 },
    ])
    expect([found.remarks, unreadOf(found)]).toEqual([[], []])
  })
})

describe('the window of permessage-deflate (RFC 7692 §7.1)', () => {
  const upgrade = (agreed: string): Conversation => [
    up(UPGRADE_REQUEST.replace('/chat', '/socket.io/?EIO=4&transport=websocket')),
    down(UPGRADE_RESPONSE.replace(/\r\n$/, `Sec-WebSocket-Extensions: ${agreed}\r\n\r\n`)),
    down(plain('text', '0{"sid":"a"}')),
    up(masked('text', '40')),
    down(plain('text', '40{"sid":"b"}')),
  ]
  const TEXTS = [1, 2, 3, 4].map((round) => `42["sensors/temp",{"temp":${20 + round},"unit":"C"}]`)

  /** Each message as its sender compresses it, with what came before in the window or without. */
  function compressed(takeover: 'kept' | 'none'): Conversation {
    return TEXTS.map((text, index) => {
      const window = Buffer.from(takeover === 'kept' ? TEXTS.slice(0, index).join('') : '')
      const bytes = deflateRawSync(text, {
        finishFlush: constants.Z_SYNC_FLUSH,
        ...(window.length > 0 && { dictionary: window }),
      })
      const frame = masked('text', bytes.subarray(0, -4))
      frame[0] = (frame[0] ?? 0) | 0x40
      return up(frame)
    })
  }

  it('lost with one message, leaves those after it closed: frames and lengths stay', () => {
    const talk = [...upgrade('permessage-deflate'), ...compressed('kept')]
    const whole = read(talk)
    expect(whole.messages).toEqual({ up: 4, down: 0 })
    const found = read(without(talk, 6))
    expect(unitsOf(found)).toMatchObject({ 'up EVENT': 1, 'up compressed packet': 2 })
    expect(found.remarks.map(({ text, count }) => [text, count])).toEqual([
      ['a packet is compressed, and what it refers to was lost', 2],
    ])
    expect(unreadOf(found)).toEqual([])
  })

  it('is not missed where each message stands alone', () => {
    const agreed = 'permessage-deflate; client_no_context_takeover'
    const found = read(without([...upgrade(agreed), ...compressed('none')], 6))
    expect([found.messages, found.remarks]).toEqual([{ up: 3, down: 0 }, []])
  })
})

describe('the table of HPACK (RFC 7541 §2.3.2)', () => {
  /** POST / on h with a field of its own, which the first one puts into the table. */
  const post = (stream: number, fields: string) =>
    up(said(frame('01', '04', stream, `${POST_FIELDS} ${fields}`), data(stream, 'ok')))
  const answer = (stream: number) => down(said(frame('01', '05', stream, '89')))
  const conversation: Conversation = [
    ...OPENING,
    up(said(SETTINGS_ACK)),
    post(1, '40 01 61 01 62'),
    answer(1),
    post(3, 'be'),
    answer(3),
    post(5, 'be'),
    answer(5),
  ]

  it('lost with a block, leaves the fields of those after it unknown: messages stay', () => {
    const whole = read(conversation)
    expect([whole.messages, whole.outcomes.length]).toEqual([{ up: 3, down: 0 }, 1])
    const found = read(without(conversation, 3))
    expect(found.messages).toEqual({ up: 2, down: 0 })
    expect(unitsOf(found)).toMatchObject({ 'up HEADERS': 2, 'up DATA': 2 })
    expect(found.outcomes).toContainEqual(
      expect.objectContaining({
        ...{ unit: 'HEADERS', verdict: 'unmatched', count: 2 },
        text: expect.stringMatching(/^fields unknown/),
      }),
    )
    expect(unreadOf(found)).toEqual([])
  })
})

describe('the keys of TLS', () => {
  it('lost with a record, leave those after it closed: they are counted', () => {
    const talk = converse(({ client, server }) => [
      up(client.seal(CONTENT_TYPE.data, Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'))),
      down(server.seal(CONTENT_TYPE.data, Buffer.from('HTTP/1.1 204 x\r\n\r\n'))),
      up(client.seal(CONTENT_TYPE.data, Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'))),
      down(server.seal(CONTENT_TYPE.data, Buffer.from('HTTP/1.1 204 x\r\n\r\n'))),
    ])
    const found = read(without(talk, 4), knownSecrets())
    const last = talk.at(-2)?.[1].length ?? 0
    expect(found.encrypted('up').records).toBe(1)
    expect(unreadOf(found)).toEqual([
      [last - 5, 'the content of 1 encrypted records, whose keys are not known'],
    ])
    expect(unitsOf(found)).toMatchObject({ 'up application data record': 1, 'down response': 2 })
    expect(found.remarks.map(({ text }) => text)).toContain('bytes are missing from the capture')
  })

  it('of one direction alone, leave the other one closed', () => {
    const lines = [
      keyLogLine('CLIENT_HANDSHAKE_TRAFFIC_SECRET'),
      keyLogLine('CLIENT_TRAFFIC_SECRET_0'),
    ]
    const talk = converse(({ client, server }) => [
      up(client.seal(CONTENT_TYPE.data, Buffer.from('GET / HTTP/1.1\r\nHost: h\r\n\r\n'))),
      down(server.seal(CONTENT_TYPE.data, Buffer.from('HTTP/1.1 204 x\r\n\r\n'))),
    ])
    const found = read(talk, knownSecrets(lines))
    expect(found.encrypted('down').records).toBeGreaterThan(0)
    expect(found.remarks.map(({ text }) => text).join()).toMatch(/SECRET of this connection/)
  })
})
