import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../test/support/dissection.ts'
import { masked, plain, UPGRADE_RESPONSE } from '../../../test/support/websocket-frames.ts'
import { TlsSecrets } from '../dissectors/tls/keys/tls-secrets.ts'
import { DetectedConnection } from './detected-connection.ts'

function read(conversation: Conversation) {
  const connection = new DetectedConnection(new TlsSecrets())
  for (const [direction, bytes] of conversation) connection.feed(direction, bytes)
  connection.end()
  return {
    ...connection.speech,
    units: connection.units.map(({ label, direction, count }) => `${direction} ${label} ${count}`),
    remarks: connection.remarks,
    unread: [...connection.unread('up'), ...connection.unread('down')],
    messages: connection.messages,
  }
}

/** A client asks for something else on a connection that was HTTP/1.1 before. */
describe('what a connection is after HTTP/1.1', () => {
  it('CONNECT: what the tunnel carries is read', () => {
    const found = read([
      up('CONNECT broker:1883 HTTP/1.1\r\nHost: broker:1883\r\n\r\n'),
      down('HTTP/1.1 200 Connection established\r\n\r\n'),
      up(hex('10 0d 0004 4d515454 04 02 003c 0001 61')),
      down(hex('20020000')),
      up(hex('30 05 0001 61 6f6b')),
    ])
    expect(found).toMatchObject({ protocol: 'mqtt/3.1.1', remarks: [], unread: [] })
    expect(found.units).toEqual([
      'up request 1',
      'up CONNECT 1',
      'up PUBLISH 1',
      'down response 1',
      'down CONNACK 1',
    ])
    expect(found.messages).toEqual({ up: 1, down: 0 })
  })

  it('CONNECT to TLS: it is counted by record', () => {
    const hello = Buffer.concat([hex('16030100c4 010000c0 0303'), Buffer.alloc(190)])
    const found = read([
      up('CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n'),
      down('HTTP/1.1 200 ok\r\n\r\n'),
      up(hello),
      up(hex('1703030002 0000')),
    ])
    expect(found).toMatchObject({ protocol: null, tls: 'closed', remarks: [] })
    expect(found.units).toContain('up application data record 1')
  })

  it('h2c: stream 1 answers the request that asked for it', () => {
    const found = read([
      up('GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n'),
      down('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'),
      down(hex('000000 04 00 00000000 000001 01 05 00000001 88')),
      up('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      up(hex('000000 04 00 00000000 000000 04 01 00000000')),
    ])
    expect(found).toMatchObject({ protocol: 'http/2', remarks: [], unread: [] })
    expect(found.units).toContain('down response HEADERS 1')
    expect(found.units).toContain('up connection preface 1')
  })

  it.each(['GET', 'POST'])('a WebSocket that a %s opens behind another request', (method) => {
    const upgrade = `${method} /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n\r\n`
    const found = read([
      up('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok'),
      down('HTTP/1.1 204 No Content\r\n\r\n'),
      up(upgrade),
      down(UPGRADE_RESPONSE),
      up(masked('binary', 'one')),
      down(plain('binary', 'two')),
      up(masked('close')),
      down(plain('close')),
    ])
    expect(found).toMatchObject({ protocol: 'websocket', remarks: [], unread: [] })
    expect(found.messages).toEqual({ up: 2, down: 1 })
  })
})
