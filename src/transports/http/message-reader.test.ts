import { describe, expect, it } from 'vitest'
import { MessageReader } from './message-reader.ts'

const STREAM = Buffer.from(
  'POST /a HTTP/1.1\r\nHost:h\r\nContent-Length:2\r\n\r\nhiPOST /b HTTP/1.1\r\n\r\n' +
    'HTTP/1.1 204 \r\ncontent-length:  5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3 \r\n\r\nbye' +
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n' +
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\nDigest: 1\r\n\r\n',
)

const read = (chunks: readonly Buffer[]): string[][] => {
  const reader = new MessageReader()
  return chunks
    .flatMap((chunk) => reader.feed(chunk))
    .map(({ startLine, content }) => [startLine, content.toString()])
}

describe('messages of a stream', () => {
  const expected = [
    ['POST /a HTTP/1.1', 'hi'],
    ['POST /b HTTP/1.1', ''],
    ['HTTP/1.1 204 ', ''],
    ['HTTP/1.1 200 OK', 'bye'],
    ['HTTP/1.1 200 OK', 'ok0123456789'],
    ['HTTP/1.1 200 OK', ''],
  ]

  it('are the same wherever it is split', () => {
    expect(read([STREAM])).toEqual(expected)
    expect(read(Array.from(STREAM, (byte) => Buffer.of(byte)))).toEqual(expected)
    for (let at = 1; at < STREAM.length; at += 1) {
      expect(read([STREAM.subarray(0, at), STREAM.subarray(at)])).toEqual(expected)
    }
  })

  it.each([
    ['POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', /Transfer-Encoding of gzip/],
    ['POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', /a chunk has no size/],
    ['POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n', /Content-Length is no number/],
    ['x'.repeat(20_000), /head exceeds/],
  ])('are refused where it cannot tell their end: %.40j', (text, reason) => {
    expect(() => read([Buffer.from(text)])).toThrow(reason)
  })
})
