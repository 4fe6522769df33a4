import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  describeParts,
  dissect,
  down,
  findTilingFault,
  up,
} from '../../../../test/support/dissection.ts'
import { dissectHttp1 } from './http1.ts'

/** HTTP/1.1 where the payload comes down: a GET that fetches, waits, or opens an event stream. */

const MINIMAL = 'POST / HTTP/1.1\r\nHost:h\r\nContent-Length:14\r\n\r\n{ "temp": 25 }'
const NO_CONTENT = 'HTTP/1.1 204 \r\n\r\n'
const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'

/** Label and length of every frame, where everything is explained. */
function explain(...conversation: Conversation): string[] {
  const found = dissect(dissectHttp1, conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.frames.map(({ label, lengthBytes }) => `${label} ${lengthBytes}`)
}

function sumLayer(conversation: Conversation, layer: string): number {
  return dissect(dissectHttp1, conversation)
    .frames.flatMap((frame) => frame.parts)
    .filter((part) => part.layer === layer)
    .reduce((sum, part) => sum + part.lengthBytes, 0)
}

describe('a GET', () => {
  const found = (...conversation: Conversation) => {
    const { frames, gaps } = dissect(dissectHttp1, conversation)
    expect(gaps).toEqual([])
    return frames.map(({ direction, phase, label, parts }) => {
      const bytes = new Map<string, number>()
      for (const { layer, lengthBytes } of parts) {
        bytes.set(layer, (bytes.get(layer) ?? 0) + lengthBytes)
      }
      const layers = Array.from(bytes, ([layer, sum]) => `${layer} ${sum}`).join(', ')
      return `${direction} ${phase} ${label}: ${layers}`
    })
  }
  const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'

  it('fetches a message: what comes down is the payload', () => {
    expect(found(up(GET), down(ok))).toEqual([
      'up steady request: framing 27',
      'down steady response: framing 38, payload 5',
    ])
  })

  it('fetches a message of no bytes', () => {
    const empty = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
    expect(found(up(GET), down(empty))[1]).toBe('down steady response: framing 38, payload 0')
  })

  it.each(['204 No Content', '304 Not Modified'])('waits where there is none: %s', (status) => {
    const answer = `HTTP/1.1 ${status}\r\n\r\n`
    expect(found(up(GET), down(answer))).toEqual([
      'up idle request: control 27',
      `down idle response: control ${answer.length}`,
    ])
  })

  it('waits to the end of the connection where no answer comes', () => {
    expect(found(up(MINIMAL), down(NO_CONTENT), up(GET))).toEqual([
      'up steady request: framing 46, payload 14',
      'down steady response: acknowledgement 17',
      'up idle request: control 27',
    ])
  })

  it('is told of before what was sent behind it, in the order of the stream', () => {
    const frames = found(up(GET + MINIMAL), down(ok + NO_CONTENT))
    expect(frames.map((frame) => frame.slice(0, 17))).toEqual([
      'up steady request',
      'up steady request',
      'down steady respo',
      'down steady respo',
    ])
  })

  it.each(['404 Not Found', '302 Found', '500 Internal Server Error'])(
    'is refused: %s',
    (status) => {
      const answer = `HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\nno`
      expect(found(up(GET), down(answer))).toEqual([
        'up steady request: framing 27',
        `down steady response: acknowledgement ${answer.length}`,
      ])
    },
  )

  it('with content of its own is a message up, whatever it is answered', () => {
    const request = MINIMAL.replace('POST', 'GET')
    expect(found(up(request), down(ok))).toEqual([
      'up steady request: framing 45, payload 14',
      'down steady response: acknowledgement 43',
    ])
  })

  it('may leave HTTP/1.1: it is told of at once', () => {
    const { frames } = dissect(dissectHttp1, [
      up(GET),
      down('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
    ])
    expect(frames.map(({ phase, label }) => `${phase} ${label}`)).toEqual([
      'steady request',
      'steady interim response',
    ])
  })
})

describe('an event stream (HTML §9.2)', () => {
  const HEAD =
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n'
  const chunk = (text: string) => `${Buffer.byteLength(text, 'latin1').toString(16)}\r\n${text}\r\n`
  const stream = (...chunks: string[]): Conversation => [
    up(GET),
    down(HEAD),
    ...chunks.map((text) => down(text)),
  ]

  it('is opened in the set-up, and has a frame an event', () => {
    const conversation = stream(chunk('data: 24\n\n'), chunk(':\n\n'), '0\r\n\r\n')
    const { frames } = dissect(dissectHttp1, conversation)
    expect(
      frames.map(({ phase, label, lengthBytes }) => `${phase} ${label} ${lengthBytes}`),
    ).toEqual([
      'setup request 27',
      `setup response ${HEAD.length}`,
      'steady event 15',
      'idle heartbeat 8',
      'close end of stream 5',
    ])
    expect(
      frames.slice(0, 2).flatMap(({ parts }) => parts.map(({ layer }) => layer)),
    ).not.toContain('framing')
    expect(describeParts(frames[2])).toEqual([
      'framing | chunk size | 3 | 10',
      'framing | data | 6 | -',
      'payload | data | 2 | -',
      'framing | line end | 1 | -',
      'framing | blank line | 1 | -',
      'framing | chunk end | 2 | -',
    ])
    expect(describeParts(frames[3])).toEqual([
      'framing | chunk size | 3 | 3',
      'control | comment | 2 | -',
      'control | blank line | 1 | -',
      'framing | chunk end | 2 | -',
    ])
  })

  it('has the same payload with several events in a chunk, and an event over several', () => {
    const together = stream(chunk('data: 24\n\ndata: 25\n\n'))
    const apart = stream(...[...'data: 24\n\n'].map(chunk))
    expect(explain(...together).slice(2)).toEqual(['event 14', 'event 12'])
    // Its first byte brings the head of its chunk, its last byte the tail.
    expect(explain(...apart).slice(2)).toEqual(['event 60'])
    expect([sumLayer(together, 'payload'), sumLayer(apart, 'payload')]).toEqual([4, 2])
  })

  it.each([
    ['nothing', 'data: \n\n', 0],
    ['without a space', 'data:24\n\n', 2],
    ['without a colon', 'data\n\n', 0],
    ['with a space of its own', 'data:  24\n\n', 3],
    ['over lines, which an LF joins', 'data: a\ndata\ndata: b\n\n', 4],
    ['with CR LF', 'data: a\r\ndata: b\r\n\r\n', 3],
    ['with CR', 'data: a\rdata: b\r\r', 3],
    ['with CR and then more', 'data: a\r\rdata: b\r\r', 2],
    ['in base64', 'event: base64\ndata: //79\n\n', 3],
    ['in base64 with padding', 'event: base64\ndata: /w==\n\n', 1],
    ['named so, and no base64', 'event: base64\ndata: a\n\n', 1],
    ['of another name', 'event: set\nid: 1\ndata: //79\n\n', 4],
    ['with a comment', ':x\ndata: 24\n\n', 2],
  ])('has data %s', (_, block, payloadBytes) => {
    const conversation = stream(chunk(block), chunk('data: end\n\n'))
    expect(explain(...conversation).length).toBeGreaterThanOrEqual(4)
    expect(sumLayer(conversation, 'payload')).toBe(payloadBytes + 3)
  })

  it.each(['retry: 1000\n\n', '\n', 'event: base64\n\n', ':a\n:b\n\n'])(
    'waits with a block that has no data: %j',
    (block) => {
      const { frames } = dissect(dissectHttp1, stream(chunk(block)))
      expect(frames[2]).toMatchObject({ phase: 'idle' })
      expect(sumLayer(stream(chunk(block)), 'payload')).toBe(0)
    },
  )

  it('of many lines has few parts, which still sum to it', () => {
    const block = `${'data: x\n'.repeat(50_000)}\n`
    const { frames } = dissect(dissectHttp1, stream(chunk(block)))
    expect(frames[2]?.lengthBytes).toBe(chunk(block).length)
    expect(sumLayer(stream(chunk(block)), 'payload')).toBe(99_999)
    expect(frames[2]?.parts.length).toBeLessThan(4100)
  })

  it('may end with the connection, and in the middle of an event with its own end', () => {
    expect(explain(...stream(chunk('data: 24\n\n')))).toHaveLength(3)
    const unfinished = stream(chunk('data: 24\n'), '0\r\n\r\n')
    expect(explain(...unfinished).slice(2)).toEqual(['unfinished event 14', 'end of stream 5'])
    expect(sumLayer(unfinished, 'payload')).toBe(0)
  })

  it.each<[string, string[], RegExp]>([
    ['a bad chunk', [chunk('data: 24\n\n'), 'xyz\r\n'], /chunk size is not a hexadecimal/],
    ['an event cut short', [chunk('data: 24\n')], /in the middle of an event, 14 bytes into it/],
    ['a chunk cut short', [chunk('data: 24\n\n').slice(0, -1)], /in the middle of an event/],
  ])('is not explained: %s', (_, chunks, reason) => {
    const conversation = stream(...chunks)
    const found = dissect(dissectHttp1, conversation)
    expect(found.gaps[0]?.reason).toMatch(reason)
    expect(findTilingFault(found, conversation)).toBeNull()
  })

  it('is a message like any other where it has a length', () => {
    const sized =
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 10\r\n\r\ndata: 24\n\n'
    expect(sumLayer([up(GET), down(sized)], 'payload')).toBe(10)
  })
})
