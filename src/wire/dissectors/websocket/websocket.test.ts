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
  HANDSHAKE,
  masked,
  plain,
  UPGRADE_REQUEST,
  UPGRADE_RESPONSE,
} from '../../../../test/support/websocket-frames.ts'
import { dissectWebSocket } from './websocket.ts'

/** What follows the handshake. */
function read(...said: Conversation): Dissection {
  const conversation = [...HANDSHAKE, ...said]
  const found = dissect(dissectWebSocket, conversation)
  expect(findTilingFault(found, conversation)).toBeNull()
  return { ...found, frames: found.frames.slice(2) }
}

const summarise = ({ frames, gaps }: Dissection): string[] => {
  expect(gaps).toEqual([])
  return frames.map((each) => `${each.direction} ${each.phase} ${each.label} ${each.lengthBytes}`)
}

const reasonFor = (...said: Conversation): string | undefined => read(...said).gaps[0]?.reason

describe('the examples of RFC 6455 §5.7', () => {
  it('a single-frame unmasked text message', () => {
    const [frame] = read(down(hex('81 05 48 65 6c 6c 6f'))).frames
    expect(describeParts(frame)).toEqual([
      'framing | FIN and opcode | 1 | FIN, text',
      'framing | MASK and Payload length | 1 | 5',
      'payload | payload | 5 | -',
    ])
  })

  it('a single-frame masked text message', () => {
    const [frame] = read(up(hex('81 85 37 fa 21 3d 7f 9f 4d 51 58'))).frames
    expect(describeParts(frame)).toEqual([
      'framing | FIN and opcode | 1 | FIN, text',
      'framing | MASK and Payload length | 1 | 5',
      'framing | Masking-key | 4 | -',
      'payload | payload | 5 | -',
    ])
  })

  it('a fragmented unmasked text message', () => {
    const [frame] = read(down(hex('01 03 48 65 6c 80 02 6c 6f'))).frames
    expect(describeParts(frame)).toEqual([
      'framing | FIN and opcode | 1 | text',
      'framing | MASK and Payload length | 1 | 3',
      'payload | payload | 3 | -',
      'framing | FIN and opcode | 1 | FIN, continuation',
      'framing | MASK and Payload length | 1 | 2',
      'payload | payload | 2 | -',
    ])
  })

  it('an unmasked ping and its masked response', () => {
    const found = read(
      down(hex('89 05 48 65 6c 6c 6f')),
      up(hex('8a 85 37 fa 21 3d 7f 9f 4d 51 58')),
    )
    expect(summarise(found)).toEqual(['down idle ping 7', 'up idle pong 11'])
    expect(describeParts(found.frames[0])).toEqual([
      'control | FIN and opcode | 1 | FIN, ping',
      'control | MASK and Payload length | 1 | 5',
      'control | Application data | 5 | -',
    ])
  })

  it.each([
    ['256 bytes', '82 7e 0100', 256, 2],
    ['64 KiB', '82 7f 0000000000010000', 65_536, 8],
  ])('a binary message of %s in one unmasked frame', (_, head, bytes, extendedBytes) => {
    const [frame] = read(down(Buffer.concat([hex(head), Buffer.alloc(bytes)]))).frames
    expect(describeParts(frame)).toEqual([
      'framing | FIN and opcode | 1 | FIN, binary',
      'framing | MASK and Payload length | 1 | -',
      `framing | Extended payload length | ${extendedBytes} | ${bytes}`,
      `payload | payload | ${bytes} | -`,
    ])
  })
})

describe('what a message costs', () => {
  it('6 bytes more than its payload, and an answer of 2', () => {
    const found = read(up(masked('binary', '{ "temp": 25 }')), down(plain('text')))
    expect(summarise(found)).toEqual(['up steady message 20', 'down steady answer 2'])
    expect(found.frames[1]?.parts.map(({ layer }) => layer)).toEqual([
      'acknowledgement',
      'acknowledgement',
    ])
  })

  it('is a message without a byte of content too, and down no answer where it is binary', () => {
    const { frames } = read(up(masked('binary')), down(plain('binary')), up(masked('text')))
    expect(frames.map(({ label }) => label)).toEqual(['message', 'message', 'message'])
    for (const { parts } of frames) {
      expect(parts.at(-1)).toEqual({ layer: 'payload', label: 'payload', lengthBytes: 0 })
    }
  })

  it('is one message however often it is fragmented, with the ping that came between', () => {
    const found = read(
      up(masked('binary', 'ab', 'more')),
      up(masked('ping')),
      up(masked('continuation', '', 'more')),
      up(masked('continuation', 'c')),
      down(plain('pong')),
    )
    expect(summarise(found)).toEqual(['up steady message 27', 'down idle pong 2'])
    const parts = found.frames[0]?.parts.map(({ layer, lengthBytes }) => `${layer} ${lengthBytes}`)
    const header = (layer: string) => [`${layer} 1`, `${layer} 1`, `${layer} 4`]
    expect(parts).toEqual([
      ...header('framing'),
      'payload 2',
      ...header('control'),
      ...header('framing'),
      ...header('framing'),
      'payload 1',
    ])
  })
})

describe('the handshakes', () => {
  it('are control: the opening one is set-up, the closing one close', () => {
    const conversation: Conversation = [
      ...HANDSHAKE,
      up(masked('close', hex('03e8 627965'))),
      down(plain('close', hex('03e8'))),
    ]
    const { frames } = dissect(dissectWebSocket, conversation)
    expect(frames.map(({ phase, label }) => `${phase} ${label}`)).toEqual([
      'setup upgrade request',
      'setup upgrade response',
      'close close',
      'close close',
    ])
    expect(new Set(frames.flatMap(({ parts }) => parts.map(({ layer }) => layer)))).toEqual(
      new Set(['control']),
    )
    expect(describeParts(frames[1])).toEqual([
      'control | status line | 34 | HTTP/1.1 101 Switching Protocols',
      'control | Upgrade | 20 | websocket',
      'control | Connection | 21 | Upgrade',
      'control | Sec-WebSocket-Accept | 52 | s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
      'control | blank line | 2 | -',
    ])
    expect(describeParts(frames[2]).slice(3)).toEqual([
      'control | status code | 2 | 1000',
      'control | reason | 3 | bye',
    ])
  })

  it.each<[string, Conversation]>([
    ['GET target HTTP/1.1', [up('POST / HTTP/1.1\r\n\r\n')]],
    ['not 101', [up(UPGRADE_REQUEST), down('HTTP/1.1 426 Upgrade Required\r\n\r\n')]],
    ['no upgrade was requested', [down(UPGRADE_RESPONSE)]],
    ['before the upgrade was accepted', [up(UPGRADE_REQUEST), up(masked('binary'))]],
  ])('%s', (reason, conversation) => {
    const found = dissect(dissectWebSocket, conversation)
    expect(findTilingFault(found, conversation)).toBeNull()
    expect(found.gaps[0]?.reason).toContain(reason)
  })
})

describe('what RFC 6455 forbids', () => {
  it.each<[string, Conversation[number]]>([
    ['a reserved bit is set', down(hex('c1 00'))],
    ['opcode 3 is reserved', down(hex('83 00'))],
    ['opcode 11 is reserved', down(hex('8b 00'))],
    ['a client does not mask a frame', up(plain('text', 'a'))],
    ['a server masks a frame', down(masked('text', 'a'))],
    ['takes more bytes than it needs', down(hex('82 7e 007d'))],
    ['takes more bytes than it needs', down(hex('82 7f 000000000000ffff'))],
    ['more than anybody sends', down(hex('82 7f 8000000000000000'))],
    ['a ping frame is fragmented', down(hex('09 00'))],
    ['a pong frame is longer than 125 bytes', down(hex('8a 7e 007e'))],
    ['a ping frame is longer than 125 bytes', down(hex('09 7e 007e'))],
    ['continues nothing', down(hex('80 00'))],
    ['in the middle of a fragmented message', down(hex('01 00 81 00'))],
    ['half of a status code', down(hex('88 01 03'))],
    ['after a close frame', down(hex('88 00 81 00'))],
  ])('%s', (reason, said) => {
    expect(reasonFor(said)).toContain(reason)
  })

  it('says where a message was cut off, and counts from its first frame', () => {
    const cut = read(
      up(masked('binary', 'whole')),
      up(masked('binary', 'ab', 'more')),
      up(masked('continuation', 'cdef').subarray(0, 8)),
    )
    expect(cut.gaps).toEqual([
      {
        direction: 'up',
        offset: UPGRADE_REQUEST.length + 11,
        reason: 'the connection ended in the middle of a message, 16 bytes into it',
      },
    ])
  })
})
