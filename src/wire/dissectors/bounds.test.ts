import { describe, expect, it } from 'vitest'
import { ATTACKS, type Attack } from '../../../bench/adversarial/streams.ts'
import {
  type Conversation,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
} from '../../../test/support/dissection.ts'
import { HANDSHAKE, plain } from '../../../test/support/websocket-frames.ts'
import { DetectedConnection } from '../detection/detected-connection.ts'
import { dissectHttp1 } from './http1/http1.ts'
import { Http2Streams } from './http2/http2-streams.ts'
import { dissectMqtt311 } from './mqtt/mqtt311.ts'
import { Rules } from './parsing/rules.ts'
import { dissectSocketIo } from './socketio/socketio.ts'
import { TlsSecrets } from './tls/keys/tls-secrets.ts'
import { dissectWebSocket } from './websocket/websocket.ts'

/** A tap reads what strangers send, for weeks: what is held of a connection must end somewhere. */
describe('what is held of a connection is bounded', () => {
  it('HTTP/1.1: requests that nobody answers', () => {
    const requests = Array.from({ length: 5000 }, () => up('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
    const { gaps } = dissect(dissectHttp1, requests)
    expect(gaps[0]?.reason).toMatch(/^more than 4096 requests wait for their answers/)
  })

  it('HTTP/1.1: an event that never ends', () => {
    const head =
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
    const chunk = `100000\r\n${'data: x\n'.repeat(2 ** 17)}\r\n`
    const { gaps } = dissect(dissectHttp1, [
      up('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      down(head),
      ...Array.from({ length: 17 }, () => down(chunk)),
    ])
    expect(gaps[0]?.reason).toMatch(/^an event or its chunk is longer than/)
  })

  it('HTTP/2: streams that nobody ends', () => {
    const streams = new Http2Streams()
    const rules = new Rules({ frame: () => undefined, unexplained: () => undefined }, 'up')
    const open = (): void => {
      for (let id = 1; id < 200_000; id += 2) streams.forRequest(id, rules)
    }
    expect(open).toThrow('more than 16384 streams are open')
  })

  it('WebSocket: a text is counted where nobody reads it, and bounded where somebody does', () => {
    const text = Buffer.alloc(17 * 2 ** 20, 'a')
    const conversation = [...HANDSHAKE, down(plain('text', text))]
    expect(dissect(dissectWebSocket, conversation).gaps).toEqual([])
    const { gaps } = dissect(dissectSocketIo, conversation)
    expect(gaps[0]?.reason).toMatch(/^a text message is longer than 16777216 bytes/)
  })

  it('MQTT: the fields of one packet, which still sum to it', () => {
    const filters = Buffer.concat(Array.from({ length: 30_000 }, () => hex('00 01 61 00')))
    const length = 2 + filters.length
    const remaining = [(length & 127) | 128, ((length >> 7) & 127) | 128, length >> 14]
    const conversation = [
      up(hex('10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00')),
      down(hex('20 02 00 00')),
      up(Buffer.concat([Buffer.from([0x82, ...remaining, 0, 1]), filters])),
    ]
    const found = dissect(dissectMqtt311, conversation)
    expect(found.gaps).toEqual([])
    expect(findTilingFault(found, conversation)).toBeNull()
    const parts = found.frames.at(-1)?.parts ?? []
    expect(parts).toHaveLength(10_000)
    expect(parts.at(-1)?.label).toBe('further fields')
  })
})

/** A small share of `npm run adversarial`, by what is held of it and not by the time that it takes. */
describe('what hostile streams leave behind', () => {
  it.each(ATTACKS.map((attack): [string, Attack] => [attack.what, attack]))('%s', (_, attack) => {
    let parts = 0
    const connection = new DetectedConnection(new TlsSecrets(), {
      onFrame: (frame) => {
        parts = Math.max(parts, frame.parts.length)
      },
    })
    let fedBytes = 0
    const feed = ([direction, bytes]: Conversation[number]): void => {
      fedBytes += bytes.length
      connection.feed(direction, bytes)
    }
    attack.opening.forEach(feed)
    for (let round = 0; round < 1000 && fedBytes < 60_000; round += 1) feed(attack.unit(round))
    connection.end()
    const { book } = connection
    const told = [...book.entries(), ...connection.unread('up'), ...connection.unread('down')]
    expect(told.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(fedBytes)
    // One part a layer may stand behind the bound.
    expect(parts).toBeLessThan(10_010)
  })
})
