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
import { dissectLeniently, findLenientFault, type Heard } from '../../../../test/support/lenient.ts'
import { compressed, HANDSHAKE, masked, plain } from '../../../../test/support/websocket-frames.ts'
import { dissectMqttOverWebSocket } from './mqtt-websocket.ts'

const CONNECT = hex('10 17 0004 4d515454 04 02 003c 000b 73656e736f722d30303031')
const CONNACK = hex('20 02 00 00')
const TOPIC = '000c 73656e736f72732f74656d70'
const PUBLISH = hex(`32 1e ${TOPIC} 0001 7b202274656d70223a203235207d`)
const PUBACK = hex('40 02 00 01')

const opened: Conversation = [
  ...HANDSHAKE,
  up(masked('binary', CONNECT)),
  down(plain('binary', CONNACK)),
]

function read(...said: Conversation): Dissection {
  const conversation = [...opened, ...said]
  const found = dissect(dissectMqttOverWebSocket, conversation)
  expect(findTilingFault(found, conversation)).toBeNull()
  return { ...found, frames: found.frames.slice(2) }
}

const summarise = ({ frames, gaps }: Dissection): string[] => {
  expect(gaps).toEqual([])
  return frames.map((each) => `${each.direction} ${each.phase} ${each.label} ${each.lengthBytes}`)
}

const HEADER_UP = [
  'framing | FIN and opcode | 1 | FIN, binary',
  'framing | MASK and Payload length | 1 | 32',
  'framing | Masking-key | 4 | -',
]

describe('MQTT in WebSocket messages', () => {
  it('keeps phases and labels, each packet larger by the header of its message', () => {
    const found = read(
      up(masked('binary', PUBLISH)),
      down(plain('binary', PUBACK)),
      up(masked('binary', hex('c000'))),
      down(plain('binary', hex('d000'))),
      up(masked('binary', hex('e000'))),
      up(masked('close')),
      down(plain('close')),
    )
    expect(summarise(found)).toEqual([
      'up setup CONNECT 31',
      'down setup CONNACK 6',
      'up steady PUBLISH 38',
      'down steady PUBACK 6',
      'up idle PINGREQ 8',
      'down idle PINGRESP 4',
      'up close DISCONNECT 8',
      'up close close 6',
      'down close close 2',
    ])
    expect(describeParts(found.frames[2])).toEqual([
      ...HEADER_UP,
      'framing | packet type and flags | 1 | PUBLISH QoS 1',
      'framing | Remaining Length | 1 | 30',
      'framing | Topic Name length | 2 | 12',
      'framing | Topic Name | 12 | sensors/temp',
      'framing | Packet Identifier | 2 | 1',
      'payload | payload | 14 | -',
    ])
  })

  it('gives the header to the packet whose byte follows it [MQTT-6.0.0-2]', () => {
    const found = read(
      up(masked('binary', PUBLISH.subarray(0, 10))),
      up(masked('binary', Buffer.concat([PUBLISH.subarray(10), hex('c000')]))),
      down(plain('binary', PUBACK)),
      down(plain('binary', hex('d000'))),
    )
    expect(summarise(found).slice(2)).toEqual([
      'up steady PUBLISH 44',
      'up idle PINGREQ 2',
      'down steady PUBACK 6',
      'down idle PINGRESP 4',
    ])
  })

  it('hears a packet before the frame that carries it is complete', () => {
    // Two packets in one frame, and the first is answered before the second has come.
    const both = masked('binary', Buffer.concat([PUBLISH, hex('c000')]))
    const found = read(
      up(both.subarray(0, both.length - 1)),
      down(plain('binary', PUBACK)),
      up(both.subarray(-1)),
      down(plain('binary', hex('d000'))),
    )
    expect(found.gaps).toEqual([])
  })

  it('takes a ping and an empty frame into the packet that they interrupt', () => {
    const found = read(
      up(masked('binary', PUBLISH.subarray(0, 1))),
      up(masked('ping')),
      up(masked('binary')),
      up(masked('binary', Buffer.concat([PUBLISH.subarray(1), hex('c000')]))),
      down(plain('pong')),
    )
    expect(summarise(found).slice(2)).toEqual([
      'up steady PUBLISH 56',
      'up idle PINGREQ 2',
      'down idle pong 2',
    ])
    expect(found.frames[2]?.parts.filter(({ layer }) => layer === 'control').length).toBe(3)
  })

  it('has a frame of its own for a message that carries nothing', () => {
    expect(summarise(read(up(masked('binary')))).slice(2)).toEqual(['up steady empty frame 6'])
  })

  it.each<[string, ...Conversation]>([
    ['MQTT comes in a text message', up(masked('text', hex('c000')))],
    ['packet type 15 is reserved', up(masked('binary', hex('f000')))],
    ['in the middle of PUBLISH, 5 bytes into it', up(masked('binary', PUBLISH.subarray(0, 5)))],
    ['in the middle of a frame, 6 bytes into it', up(masked('binary', PUBLISH).subarray(0, 6))],
  ])('%s', (reason, ...said) => {
    expect(read(...said).gaps[0]?.reason).toContain(reason)
  })
})

describe('packets in compressed messages (RFC 7692)', () => {
  const CONNECT = up(hex('10 0d 0004 4d515454 04 00 003c 0001 61'))
  const publish = (id: string, dup = '32') => hex(`${dup} 15 0001 61 ${id} ${'6f6b'.repeat(8)}`)
  const talk: Conversation = [
    ...[CONNECT, down(hex('20020000'))],
    ...[up(publish('0001')), down(hex('40020001'))],
    up(Buffer.concat([publish('0002'), publish('0002', '3a'), hex('c000')])),
    down(hex('40020002 d000')),
    up(hex('e000')),
  ]

  it('are told one by one, and have the bytes that crossed', () => {
    const conversation = compressed(talk)
    const found = dissectLeniently(dissectMqttOverWebSocket, conversation)
    expect(findLenientFault(found)).toBeNull()
    expect([found.unread, found.gaps, found.remarks]).toEqual([0, [], []])
    expect(found.frames.slice(2).map(({ label, message }) => `${label} ${message ?? ''}`)).toEqual([
      ...['CONNECT ', 'CONNACK ', 'PUBLISH ', 'PUBACK ', 'PUBLISH ', 'PUBLISH continues'],
      ...['PINGREQ ', 'PUBACK ', 'PINGRESP ', 'DISCONNECT '],
    ])
    expect(found.outcomes.map(({ text }) => text)).toContain('sent again (DUP)')
    const sums = found.frames.map(({ parts }) =>
      parts.reduce((sum, part) => sum + part.lengthBytes, 0),
    )
    expect(sums.reduce((sum, bytes) => sum + bytes, 0)).toBe(
      conversation.reduce((sum, [, bytes]) => sum + bytes.length, 0),
    )
  })

  it('are counted closed behind a gap, and where messages cut them', () => {
    const all = compressed(talk)
    const lost: Heard = all.map(([direction, bytes], index) => [
      direction,
      index === 4 ? bytes.length : bytes,
    ])
    const behind = dissectLeniently(dissectMqttOverWebSocket, lost)
    expect(findLenientFault(behind)).toBeNull()
    expect(behind.unread).toBe(0)
    expect(behind.frames.filter(({ label }) => label === 'compressed frame').length).toBe(2)
    const [first, second] = [publish('0001').subarray(0, 9), publish('0001').subarray(9)]
    const cut = dissectLeniently(
      dissectMqttOverWebSocket,
      compressed([CONNECT, up(first), up(second), up(hex('c000 c000 c000 e000'))]),
    )
    expect(findLenientFault(cut)).toBeNull()
    expect(cut.unread).toBe(0)
    expect(cut.remarks.map(({ text }) => text)).toContain(
      'packets are compressed, and not read one by one',
    )
    expect(cut.frames.at(-1)?.label).toBe('DISCONNECT')
  })
})
