import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ResponseScanner } from './response-scanner.ts'

function scan(chunks: readonly Buffer[]): number[] {
  const seen: number[] = []
  const scanner = new ResponseScanner({ response: (status) => void seen.push(status) })
  for (const chunk of chunks) scanner.feed(chunk)
  return seen
}

it('tells the Date of responses, of the same bytes once', () => {
  const dates: string[] = []
  const scanner = new ResponseScanner({ response() {}, date: (value) => void dates.push(value) })
  for (const second of ['05', '05', '06']) {
    const head = ['HTTP/1.1 204 No Content', `Date:  Sun, 06 Nov 1994 08:49:${second} GMT `]
    scanner.feed(Buffer.from([...head, 'Server: x', '', ''].join('\r\n')))
  }
  expect(dates).toEqual(['05', '06'].map((second) => `Sun, 06 Nov 1994 08:49:${second} GMT`))
})

const lines = (...text: string[]): string => text.join('\r\n')

const RESPONSES: Record<string, [string, number[]]> = {
  'no content': [lines('HTTP/1.1 204 No Content', 'Date: x', '', ''), [204]],
  'no body': [lines('HTTP/1.1 200 OK', 'content-length: 0', '', ''), [200]],
  'a body that looks like a head': [
    lines('HTTP/1.1 200 OK', 'Content-Length:  19', '', 'HTTP/1.1 500 No\r\n\r\n'),
    [200],
  ],
  chunked: [
    lines(
      'HTTP/1.1 503 No',
      'Transfer-Encoding: gzip, chunked',
      '',
      '3;a=b',
      'abc',
      '10',
      `${'\n'.repeat(16)}`,
      '0',
      'Trailer: 1',
      '',
      '',
    ),
    [503],
  ],
  'not modified, with the length that it would have': [
    lines('HTTP/1.1 304 Not Modified', 'Content-Length: 5', '', ''),
    [304],
  ],
  'an interim response before the real one': [
    lines('HTTP/1.1 103 Early Hints', '', 'HTTP/1.1 200 OK', 'Content-Length: 1', '', 'x'),
    [200],
  ],
}

describe('the end of a connection', () => {
  const lastOf = (...head: string[]): boolean[] => {
    const seen: boolean[] = []
    const scanner = new ResponseScanner({ response: (_, isLast) => void seen.push(isLast) })
    const text = lines(...head, 'content-length: 0', '', '')
    scanner.feed(Buffer.from(text.repeat(2)))
    return seen
  }

  it.each([
    ['no word of it', ['HTTP/1.1 200 OK'], false],
    ['close', ['HTTP/1.1 200 OK', 'Connection: upgrade , CLOSE'], true],
    ['a field that only looks like it', ['HTTP/1.1 200 OK', 'x-connection: close'], false],
    ['an older version', ['HTTP/1.0 200 OK'], true],
    ['an older version that keeps it', ['HTTP/1.0 200 OK', 'connection: Keep-Alive'], false],
  ] as const)('is told by %s', (_, head, isLast) => {
    expect(lastOf(...head)).toEqual([isLast, isLast])
  })
})

describe('the end of a response', () => {
  it.each(Object.entries(RESPONSES))('is found: %s', (_, [text, expected]) => {
    expect(scan([Buffer.from(text)])).toEqual(expected)
  })

  it('is the same wherever the bytes are split', () => {
    const text = fc.array(fc.constantFrom(...Object.values(RESPONSES)), { maxLength: 5 })
    fc.assert(
      fc.property(text, fc.array(fc.nat(400), { maxLength: 40 }), (responses, cuts) => {
        const all = Buffer.from(responses.map(([each]) => each).join(''))
        const edges = [0, ...cuts.filter((cut) => cut < all.length), all.length]
        edges.sort((a, b) => a - b)
        const chunks = edges.slice(1).map((edge, index) => all.subarray(edges[index], edge))
        expect(scan(chunks)).toEqual(responses.flatMap(([, statuses]) => statuses))
      }),
    )
  })

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n', /no HTTP\/1.1 response/],
    [
      'a body until the end of the connection',
      'HTTP/1.1 200 OK\r\n\r\n',
      /ends with the connection/,
    ],
    ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', /ends with the/],
    [
      'a chunk without a size',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      /size/,
    ],
  ])('is refused where it cannot be: %s', (_, text, message) => {
    expect(() => scan([Buffer.from(text)])).toThrow(message)
  })
})
