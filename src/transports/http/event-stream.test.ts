import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EventStreamReader, encodeEvent, HEARTBEAT, type StreamItem } from './event-stream.ts'

const read = (text: string | Uint8Array, cut = 1_000_000): StreamItem[] => {
  const reader = new EventStreamReader()
  const bytes = Buffer.from(text as string)
  const items: StreamItem[] = []
  for (let at = 0; at < bytes.length; at += cut) {
    items.push(...reader.feed(bytes.subarray(at, at + cut)))
  }
  return items
}
const texts = (items: StreamItem[]): string[] =>
  items.map((item) => (item.kind === 'comment' ? ':' : Buffer.from(item.payload).toString()))

describe('an event', () => {
  it.each([
    ['{ "target": 24 }', 'data: { "target": 24 }\n\n'],
    ['', 'data: \n\n'],
    [' x', 'data:  x\n\n'],
    ['a\nb\n', 'data: a\ndata: b\ndata: \n\n'],
    ['溫度', 'data: 溫度\n\n'],
    ['a\r', 'event: base64\ndata: YQ0=\n\n'],
  ])('carries %j as %j', (payload, event) => {
    expect(encodeEvent(Buffer.from(payload)).toString()).toBe(event)
  })

  it('carries bytes that are no text in base64', () => {
    expect(encodeEvent(Uint8Array.of(0xff, 0xfe)).toString()).toBe('event: base64\ndata: //4=\n\n')
  })

  it('brings any payload through, however it is split', () => {
    const payloads = fc.array(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(text)),
      ),
    )
    fc.assert(
      fc.property(payloads, fc.integer({ min: 1, max: 40 }), (given, cut) => {
        const items = read(Buffer.concat(given.map(encodeEvent)), cut)
        const got = items.map((item) =>
          item.kind === 'payload' ? Buffer.from(item.payload) : null,
        )
        expect(got).toEqual(given.map((payload) => Buffer.from(payload)))
      }),
    )
  })
})

describe('a reader', () => {
  it.each([1, 2, 3, 1000])('follows the rules of HTML §9.2.6, %d bytes at a time', (cut) => {
    const stream =
      ': comment\ndata: a\n\ndata\n\ndata:b\r\ndata: c\r\n\r\ndata: d\r\revent: x\n\nid: 1\nretry: 5\nfoo\ndata: e\n\ndata: lost'
    expect(texts(read(stream, cut))).toEqual([':', 'a', '', 'b\nc', 'd', 'e'])
  })

  it('hears a heartbeat', () => {
    expect(read(HEARTBEAT)).toEqual([{ kind: 'comment' }])
  })
})
