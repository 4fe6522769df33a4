import { describe, expect, it } from 'vitest'
import { down, hex, up } from '../../../test/support/dissection.ts'
import {
  dissectLeniently,
  findLenientFault,
  findSumFault,
  type Heard,
} from '../../../test/support/lenient.ts'
import { HANDSHAKE, masked } from '../../../test/support/websocket-frames.ts'
import { DetectedConnection } from '../detection/detected-connection.ts'
import { dissectHttp1 } from './http1/http1.ts'
import { dissectMqtt5OverWebSocket } from './mqtt/mqtt-websocket.ts'
import { TlsSecrets } from './tls/keys/tls-secrets.ts'
import { dissectWebSocket } from './websocket/websocket.ts'

/** What `npm run fuzz` has found, as small as it can be. */
describe('a reader of what is damaged', () => {
  it('goes on where what looks like a unit is refused at its first byte', () => {
    const get = up('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
    const upgraded = down('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n')
    const found = dissectLeniently(dissectHttp1, [get, upgraded, get, get, get])
    expect(findLenientFault(found)).toBeNull()
  })

  it('counts the first piece of a message in which another begins', () => {
    const found = dissectLeniently(dissectWebSocket, [
      ...HANDSHAKE,
      up(masked('binary', 'a', 'more')),
      up(masked('binary', 'bc')),
    ])
    expect(findLenientFault(found)).toBeNull()
    expect([found.frames.at(-1)?.lengthBytes, found.unread]).toEqual([7 + 8, 0])
  })

  it('says of every hole why it is one, whichever frame is behind it', () => {
    const [, accepted] = HANDSHAKE
    const found = dissectLeniently(dissectMqtt5OverWebSocket, [
      up('GET / HTTP/1.1\r\nno field\r\n\r\n'),
      accepted ?? down(''),
      up(masked('close')),
      up(masked('binary', hex('10 0e 0004 4d515454 0502 003c 0000 61'))),
      up(masked('binary', hex('e0020000'))),
      up(masked('close')),
    ])
    expect(findLenientFault(found)).toBeNull()
  })

  it('tells a protocol that HTTP/1.1 was left for of what is missing', () => {
    const heard: Heard = [
      up('GET t HTTP/1.1\n'),
      down('HTTP/1.1 101\nUpgrade:websocket\nt:\n\n'),
      up(hex('8284f60d2825b60f28')),
      ['up', 1],
      up('P'),
    ]
    const connection = new DetectedConnection(new TlsSecrets())
    expect(findSumFault(heard, connection)).toBeNull()
  })
})
