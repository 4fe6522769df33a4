import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  type Dissection,
  describeParts,
  dissect,
  down,
  findTilingFault,
  up,
  withheldLabels,
} from '../../../../test/support/dissection.ts'
import { HANDSHAKE, masked, plain } from '../../../../test/support/websocket-frames.ts'
import { dissectSocketIo } from './socketio.ts'

const OPEN = down(plain('text', '0{"sid":"a"}'))
const opened: Conversation = [
  ...HANDSHAKE,
  OPEN,
  up(masked('text', '40')),
  down(plain('text', '40{"sid":"b"}')),
]
const EVENT = '451-0["sensors/temp",{"_placeholder":true,"num":0}]'

function read(before: Conversation, ...said: Conversation): Dissection {
  const conversation = [...before, ...said]
  const found = dissect(dissectSocketIo, conversation)
  expect(findTilingFault(found, conversation)).toBeNull()
  return { ...found, frames: found.frames.slice(before.length) }
}

const summarise = ({ frames, gaps }: Dissection): string[] => {
  expect(gaps).toEqual([])
  return frames.map((each) => `${each.direction} ${each.phase} ${each.label} ${each.lengthBytes}`)
}

it('withholds what is as good as a password: session ids, and what CONNECT carries', () => {
  const { frames } = dissect(dissectSocketIo, [
    ...HANDSHAKE,
    OPEN,
    up(masked('text', '40{"token":"SECRET"}')),
    down(plain('text', '40{"sid":"b"}')),
  ])
  expect(frames.slice(HANDSHAKE.length).map(withheldLabels)).toEqual([['data'], ['data'], ['data']])
  expect(JSON.stringify(frames)).not.toContain('SECRET')
})

describe('an event with binary content', () => {
  it('is one frame of two messages, with every field of both protocols', () => {
    const { frames } = read(opened, up(masked('text', EVENT)), up(masked('binary', '25 degrees')))
    expect(frames.map(({ label, phase }) => `${phase} ${label}`)).toEqual(['steady BINARY_EVENT'])
    expect(describeParts(frames[0])).toEqual([
      'framing | FIN and opcode | 1 | FIN, text',
      'framing | MASK and Payload length | 1 | 51',
      'framing | Masking-key | 4 | -',
      'framing | Engine.IO packet type | 1 | message',
      'framing | Socket.IO packet type | 1 | BINARY_EVENT',
      'framing | attachment count | 2 | 1-',
      'framing | acknowledgement id | 1 | 0',
      'framing | event name | 16 | ["sensors/temp",',
      'framing | placeholder | 29 | {"_placeholder":true,"num":0}',
      'framing | array end | 1 | ]',
      'framing | FIN and opcode | 1 | FIN, binary',
      'framing | MASK and Payload length | 1 | 10',
      'framing | Masking-key | 4 | -',
      'payload | attachment | 10 | -',
    ])
  })

  it('is acknowledged', () => {
    const found = read(
      opened,
      up(masked('text', EVENT)),
      up(masked('binary')),
      down(plain('text', '430[]')),
    )
    expect(summarise(found)).toEqual(['up steady BINARY_EVENT 63', 'down steady ACK 7'])
    expect(describeParts(found.frames[1])).toEqual([
      'acknowledgement | FIN and opcode | 1 | FIN, text',
      'acknowledgement | MASK and Payload length | 1 | 5',
      'acknowledgement | Engine.IO packet type | 1 | message',
      'acknowledgement | Socket.IO packet type | 1 | ACK',
      'acknowledgement | acknowledgement id | 1 | 0',
      'acknowledgement | data | 2 | []',
    ])
  })

  it('has its empty attachment behind the header that carries it', () => {
    const { frames } = read(opened, up(masked('text', EVENT)), up(masked('binary')))
    expect(describeParts(frames[0]).at(-1)).toBe('payload | attachment | 0 | -')
  })

  it('has all its attachments, and the ping between them, in the one frame', () => {
    const two = '452-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'
    const found = read(
      opened,
      down(plain('text', two)),
      down(plain('binary', 'x')),
      down(plain('text', '2')),
      down(plain('binary', 'yz')),
      up(masked('text', '3')),
    )
    expect(summarise(found)).toEqual(['down steady BINARY_EVENT 81', 'up idle Engine.IO pong 7'])
    const layers = found.frames[0]?.parts
      .slice(-7)
      .map((part) => `${part.layer} ${part.lengthBytes}`)
    expect(layers).toEqual([
      'payload 1',
      'framing 1',
      'framing 1',
      'control 1',
      'framing 1',
      'framing 1',
      'payload 2',
    ])
  })

  it('may be acknowledged with content, which is no message', () => {
    const { frames } = read(
      opened,
      up(masked('text', EVENT)),
      up(masked('binary', 'x')),
      down(plain('text', '461-0[{"_placeholder":true,"num":0}]')),
      down(plain('binary', 'ok')),
    )
    expect(frames.map(({ label }) => label)).toEqual(['BINARY_EVENT', 'BINARY_ACK'])
    expect(new Set(frames[1]?.parts.map(({ layer }) => layer))).toEqual(
      new Set(['acknowledgement']),
    )
  })
})

describe('an event in JSON', () => {
  it.each([
    ['42["set", 21 ,{"a":[1]}]', ['["set",', ' 21 ,{"a":[1]}', ']']],
    ['42["a\\"]b",[]]', ['["a\\"]b",', '[]', ']']],
    ['42[ 7 ]', ['[ 7 ', '', ']']],
    ['42["溫度",25]', ['["溫度",', '25', ']']],
  ])('%s has its content apart from its name', (text, [name, content, end]) => {
    const { frames } = read(opened, up(masked('text', text)))
    const parts = frames[0]?.parts.slice(5).map(({ layer, lengthBytes }) => [layer, lengthBytes])
    expect(parts).toEqual([
      ['framing', Buffer.byteLength(name as string)],
      ['payload', Buffer.byteLength(content as string)],
      ['framing', (end as string).length],
    ])
  })

  it('may be fragmented in the middle of a character', () => {
    const text = Buffer.from('42["溫度",25]')
    const found = read(
      opened,
      up(masked('text', text.subarray(0, 5), 'more')),
      up(masked('continuation', text.subarray(5))),
    )
    expect(summarise(found)).toEqual([`up steady EVENT ${text.length + 12}`])
  })
})

describe('what is around the events', () => {
  it('is control: opening, connecting, pings, and goodbyes', () => {
    const found = read(
      HANDSHAKE,
      OPEN,
      up(masked('text', '40/admin,{"token":"t"}')),
      down(plain('text', '44/admin,{"message":"no"}')),
      up(masked('text', '40')),
      down(plain('text', '40{"sid":"b"}')),
      down(plain('text', '2')),
      up(masked('text', '3')),
      up(masked('text', '41')),
      up(masked('close')),
      down(plain('close')),
    )
    expect(summarise(found)).toEqual([
      'down setup Engine.IO open 14',
      'up setup CONNECT 28',
      'down setup CONNECT_ERROR 27',
      'up setup CONNECT 8',
      'down setup CONNECT 15',
      'down idle Engine.IO ping 3',
      'up idle Engine.IO pong 7',
      'up close DISCONNECT 8',
      'up close close 6',
      'down close close 2',
    ])
    expect(new Set(found.frames.flatMap(({ parts }) => parts.map(({ layer }) => layer)))).toEqual(
      new Set(['control']),
    )
    expect(describeParts(found.frames[1]).slice(3)).toEqual([
      'control | Engine.IO packet type | 1 | message',
      'control | Socket.IO packet type | 1 | CONNECT',
      'control | namespace | 7 | /admin,',
      'control | data | 13 | -',
    ])
  })
})

describe('what neither protocol allows', () => {
  it.each<[string, Conversation, ...Conversation]>([
    ['is no Engine.IO packet', opened, up(masked('text', '9'))],
    ['is no Engine.IO packet', opened, up(masked('text', ''))],
    ['is no Socket.IO packet', opened, up(masked('text', '47'))],
    ['does not say how many attachments', opened, up(masked('text', '45["a"]'))],
    ['the data of EVENT', opened, up(masked('text', '42{"a":1}'))],
    ['the data of EVENT', opened, up(masked('text', '42["a"'))],
    ['the data of ACK', opened, down(plain('text', '430'))],
    ['no packet has an attachment left', opened, up(masked('binary', 'x'))],
    [
      'before the attachments of the last',
      opened,
      up(masked('text', EVENT)),
      up(masked('text', '42["a"]')),
    ],
    ['a client does not send Engine.IO ping', opened, up(masked('text', '2'))],
    ['a server does not send Engine.IO pong', opened, down(plain('text', '3'))],
    ['a second Engine.IO open', opened, OPEN],
    ['comes before Engine.IO open', HANDSHAKE, up(masked('text', '40'))],
    ['EVENT comes before CONNECT', [...HANDSHAKE, OPEN], up(masked('text', '42["a"]'))],
    ['answers a CONNECT that nobody sent', [...HANDSHAKE, OPEN], down(plain('text', '40{}'))],
    ['an event that does not wait for it', opened, down(plain('text', '430[]'))],
    ['EVENT comes before CONNECT', opened, up(masked('text', '41')), up(masked('text', '42["a"]'))],
  ])('%s', (reason, before, ...said) => {
    expect(read(before, ...said).gaps[0]?.reason).toContain(reason)
  })
})
