import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  describeParts,
  dissect,
  down,
  findTilingFault,
  up,
  withheldLabels,
} from '../../../../test/support/dissection.ts'
import { dissectLeniently } from '../../../../test/support/lenient.ts'
import { dissectHttp1 } from './http1.ts'

const PAYLOAD = '{ "temp": 25 }'
const MINIMAL = `POST / HTTP/1.1\r\nHost:h\r\nContent-Length:14\r\n\r\n${PAYLOAD}`
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

describe('a head that is the one before to the byte', () => {
  const ASKED = 'GET / HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer x\r\n\r\n'
  const SAID = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'
  const CHUNKED = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'
  // The same answer to what sent a message, and to what fetched one.
  const talk = [
    ...[up(MINIMAL), down(SAID), up(MINIMAL), down(SAID), up(ASKED), down(SAID)],
    ...[up(ASKED), down(SAID), up(MINIMAL), down(NO_CONTENT), up(ASKED), down(NO_CONTENT)],
    ...[up(MINIMAL), down(NO_CONTENT), up(MINIMAL), down(SAID)],
    ...[up(`${CHUNKED}1\r\na\r\n0\r\n\r\n`), down(SAID), up(`${CHUNKED}0\r\n\r\n`), down(SAID)],
  ]

  it('is read as if it were the first, for what it is here', () => {
    // Byte by byte no head is ever all there, and each is read.
    const apart = talk.flatMap(([direction, bytes]) =>
      Array.from(bytes, (_, at) => [direction, bytes.subarray(at, at + 1)] as const),
    )
    const whole = dissect(dissectHttp1, talk)
    expect(whole).toEqual(dissect(dissectHttp1, apart))
    expect(whole.frames.length).toBe(talk.length)
    expect(findTilingFault(whole, talk)).toBeNull()
  })

  it('gives frames that share their parts', () => {
    const { frames } = dissect(dissectHttp1, [...talk.slice(0, 4)])
    expect(frames[2]?.parts).toBe(frames[0]?.parts)
    expect(frames[3]?.parts).toBe(frames[1]?.parts)
  })
})

describe('the smallest exchange that the specification allows', () => {
  it('is 60 bytes up and 17 down', () => {
    expect(explain(up(MINIMAL), down(NO_CONTENT))).toEqual(['request 60', 'response 17'])
  })

  it('has a part for each line and the body, in wire order', () => {
    const { frames } = dissect(dissectHttp1, [up(MINIMAL), down(NO_CONTENT)])
    expect(describeParts(frames[0])).toEqual([
      'framing | request line | 17 | POST / HTTP/1.1',
      'framing | Host | 8 | h',
      'framing | Content-Length | 19 | 14',
      'framing | blank line | 2 | -',
      'payload | body | 14 | -',
    ])
    expect(frames[0]?.parts.map((part) => part.clause)).toEqual([
      'RFC 9112 §3',
      'RFC 9110 §7.2',
      'RFC 9110 §8.6',
      'RFC 9112 §2.1',
      'RFC 9112 §6.2',
    ])
    expect(describeParts(frames[1])).toEqual([
      'acknowledgement | status line | 15 | HTTP/1.1 204 ',
      'acknowledgement | blank line | 2 | -',
    ])
    expect(frames.map((frame) => frame.phase)).toEqual(['steady', 'steady'])
  })
})

describe('the length of a body (RFC 9112 §6.3)', () => {
  const answer = (head: string, body = '') => down(`HTTP/1.1 ${head}\r\n\r\n${body}`)

  it('of a response is its Content-Length', () => {
    const conversation = [up(MINIMAL), answer('200 OK\r\ncontent-length: 5', 'hello')]
    expect(explain(...conversation)).toEqual(['request 60', 'response 43'])
    expect(sumLayer(conversation, 'acknowledgement')).toBe(43)
    expect(sumLayer(conversation, 'payload')).toBe(14)
  })

  it.each([
    ['204', GET, '204 No Content\r\ncontent-length: 5'],
    ['304', GET, '304 Not Modified\r\ncontent-length: 5'],
    ['HEAD', 'HEAD / HTTP/1.1\r\nHost: h\r\n\r\n', '200 OK\r\ncontent-length: 5'],
  ])('is nothing for %s, whatever the fields say', (_, request, head) => {
    const frames = explain(up(request + GET), answer(head), answer('200 OK\r\ncontent-length: 0'))
    expect(frames).toHaveLength(4)
  })

  it('of a request without fields is nothing', () => {
    expect(explain(up(GET + GET), down(NO_CONTENT + NO_CONTENT))).toHaveLength(4)
  })

  it('of a response without fields reaches to the end of the connection', () => {
    const conversation = [up(GET), answer('200 OK', 'some'), down(' more')]
    expect(explain(...conversation)).toEqual(['request 27', 'response 28'])
  })

  it('of an empty request body is a payload of no bytes: a message nonetheless', () => {
    const { frames } = dissect(dissectHttp1, [up(MINIMAL.replace('14', '0').replace(PAYLOAD, ''))])
    expect(frames[0]?.parts.at(-1)).toMatchObject({ layer: 'payload', lengthBytes: 0 })
  })

  it('accepts a Content-Length that is repeated with the same value', () => {
    const twice = MINIMAL.replace('14\r\n', '14\r\nContent-Length: 14, 14\r\n')
    expect(explain(up(twice))).toHaveLength(1)
  })
})

describe('a chunked body (RFC 9112 §7.1)', () => {
  const HEAD = 'POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n'
  const BODY = '4;a=b\r\nabcd\r\nA\r\n0123456789\r\n0\r\nDigest: x\r\n\r\n'

  it('has its data as payload and the rest as framing', () => {
    const { frames } = dissect(dissectHttp1, [up(HEAD + BODY)])
    expect(describeParts(frames[0]).slice(4)).toEqual([
      'framing | chunk size | 7 | 4',
      'payload | chunk data | 4 | -',
      'framing | chunk end | 2 | -',
      'framing | chunk size | 3 | 10',
      'payload | chunk data | 10 | -',
      'framing | chunk end | 2 | -',
      'framing | last chunk | 3 | 0',
      'framing | Digest | 11 | x',
      'framing | blank line | 2 | -',
    ])
    expect(explain(up(HEAD + BODY + GET))).toHaveLength(2)
  })

  it('is an acknowledgement throughout when it answers a POST', () => {
    const response = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${BODY}`
    const conversation = [up(MINIMAL), down(response)]
    expect(explain(...conversation)).toHaveLength(2)
    expect(sumLayer(conversation, 'acknowledgement')).toBe(response.length)
  })

  it('of many chunks has few parts, which still sum to it', () => {
    const body = `${'1\r\nx\r\n'.repeat(50_000)}0\r\n\r\n`
    const conversation = [up(HEAD + body)]
    expect(explain(...conversation)).toEqual([`request ${HEAD.length + body.length}`])
    expect(sumLayer(conversation, 'payload')).toBe(50_000)
    expect(dissect(dissectHttp1, conversation).frames[0]?.parts.length).toBeLessThan(3100)
  })
})

describe('responses', () => {
  it('answer the outstanding requests in order, also pipelined', () => {
    const head = 'HEAD / HTTP/1.1\r\nHost: h\r\n\r\n'
    const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n'
    expect(explain(up(GET + head + GET), down(`${ok}hello${ok}${ok}hello`))).toHaveLength(6)
  })

  it('may be preceded by interim ones', () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'
    expect(explain(up(MINIMAL), down(early + NO_CONTENT))).toEqual([
      'request 60',
      'interim response 37',
      'interim response 25',
      'response 17',
    ])
  })

  it('may come before the request is complete', () => {
    const found = dissect(dissectHttp1, [
      up(MINIMAL.slice(0, 50)),
      down(NO_CONTENT),
      up(MINIMAL.slice(50)),
    ])
    expect(found.gaps).toEqual([])
    expect(found.frames.map((frame) => frame.label)).toEqual(['response', 'request'])
  })

  it('may be missing: the request is explained all the same', () => {
    expect(explain(up(MINIMAL))).toEqual(['request 60'])
  })
})

describe('credentials', () => {
  it.each(['Authorization', 'Proxy-Authorization', 'cookie', 'X-API-Key'])(
    'in %s are not stored',
    (name) => {
      const request = GET.replace('\r\n\r\n', `\r\n${name}: SECRET\r\n\r\n`)
      const found = dissect(dissectHttp1, [up(request)])
      expect(found.frames[0]?.parts[2]).toMatchObject({ label: name })
      expect(JSON.stringify(found)).not.toContain('SECRET')
      // Who has the bytes must know that they are not for showing.
      expect(withheldLabels(found.frames[0])).toEqual([name])
    },
  )

  it('in Set-Cookie are not stored', () => {
    const response = 'HTTP/1.1 204 No Content\r\nSet-Cookie: SECRET\r\n\r\n'
    expect(JSON.stringify(dissect(dissectHttp1, [up(GET), down(response)]))).not.toContain('SECRET')
  })
})

describe('what no rule explains', () => {
  const post = (fields: string, body = ''): Conversation => [
    up(`POST / HTTP/1.1\r\nHost: h\r\n${fields}\r\n\r\n${body}`),
  ]
  const chunked = 'Transfer-Encoding: chunked'
  it.each<[string, Conversation, RegExp]>([
    ['a stray first byte', [up(`\xff${GET}`)], /request line/],
    ['garbage', [up('hello\r\n\r\n')], /request line.*RFC 9112 §3/],
    ['HTTP/2', [up('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')], /request line/],
    ['an empty line first', [up(`\r\n${GET}`)], /request line/],
    ['a bare LF', [up('GET / HTTP/1.1\nHost: h\r\n\r\n')], /LF without CR/],
    ['a CR inside a line', post('A: b\rc'), /control character/],
    ['a header line without a colon', post('nonsense'), /no name followed by a colon.*at byte 26/],
    ['white space before the colon', post('A : b'), /before a colon.*§5\.1/],
    ['a folded line', post('A: b\r\n c'), /begins with white space.*§5\.2/],
    ['both lengths', post(`${chunked}\r\nContent-Length: 3`, 'abc'), /both Transfer-Encoding and/],
    [
      'two Content-Lengths',
      post('Content-Length: 3\r\nContent-Length: 4', 'abc'),
      /different values/,
    ],
    ['a list of Content-Lengths', post('Content-Length: 3, 4', 'abc'), /different values/],
    ['a negative Content-Length', post('Content-Length: -3'), /not a number of bytes/],
    ['an immense Content-Length', post('Content-Length: 99999999999999999999'), /not a number/],
    ['a request with unknown coding', post('Transfer-Encoding: gzip'), /not chunked.*item 4/],
    ['chunked, then another', post('Transfer-Encoding: chunked, gzip'), /not the last transfer/],
    ['an invalid chunk size', post(chunked, 'xyz\r\n'), /chunk size is not a hexadecimal/],
    ['a chunk without its CRLF', post(chunked, '3\r\nabcdef'), /not followed by CRLF/],
    [
      'a long chunk size line',
      post(chunked, `1;${'a'.repeat(20_000)}`),
      /chunk size line is longer/,
    ],
    ['a bad trailer', post(chunked, '0\r\nbad\r\n\r\n'), /no name followed by a colon/],
    ['a header section above 1 MiB', post(`A: ${'b'.repeat(1024 * 1024)}`), /longer than 1048576/],
    ['many headers above 1 MiB', post('A: b\r\n'.repeat(175_000).trimEnd()), /longer than 1048576/],
    ['an answer to nothing', [down(NO_CONTENT)], /no request is outstanding/],
    ['bytes after the response', [up(GET), down(`${NO_CONTENT}x`)], /no request is outstanding/],
    ['a bad status line', [up(GET), down('HTTP/1.1 999 \r\n\r\n')], /status line/],
    ['a stray byte before the answer', [up(GET), down(`\xff${NO_CONTENT}`)], /status line/],
    ['a request cut short in its head', [up(GET.slice(0, 20))], /middle of a request, 20 bytes/],
    [
      'a request cut short in its body',
      [up(MINIMAL.slice(0, 50))],
      /middle of a request, 50 bytes/,
    ],
    [
      'a response cut short',
      [up(GET), down('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell')],
      /middle of a response/,
    ],
    [
      'bytes after an upgrade',
      [up(GET), down('HTTP/1.1 101 Switching Protocols\r\n\r\n'), up('\x81\x00')],
      /after the response 101 .* no longer HTTP/,
    ],
    [
      'a tunnel',
      [up('CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n'), down('HTTP/1.1 200 OK\r\n\r\n'), down('x')],
      /after the answer to CONNECT/,
    ],
    [
      'Transfer-Encoding in HTTP/1.0',
      [up(`POST / HTTP/1.0\r\n${chunked}\r\n\r\n0\r\n\r\n`)],
      /HTTP\/1\.0 message has Transfer-Encoding/,
    ],
  ])('%s', (_, conversation, reason) => {
    const found = dissect(dissectHttp1, conversation)
    expect(found.gaps[0]?.reason).toMatch(reason)
    expect(findTilingFault(found, conversation)).toBeNull()
  })
})

describe('HTTP/1.1 of a connection that began earlier', () => {
  it('takes the first response behind one that was cut for the answer to the last request', () => {
    const get = up('GET /poll HTTP/1.1\r\nHost: h\r\n\r\n')
    const post = up('POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok')
    const noContent = down('HTTP/1.1 204 No Content\r\n\r\n')
    const heard = [get, down(' 304 No\r\n\r\n'), post, noContent, get, noContent]
    const { frames, remarks } = dissectLeniently(dissectHttp1, heard, { start: 'joined' })
    expect(frames.map(({ label, phase }) => [label, phase])).toEqual([
      ['request', 'steady'],
      ['request', 'steady'],
      ['response', 'steady'],
      ['request', 'idle'],
      ['response', 'idle'],
    ])
    expect(remarks).toEqual([])
  })

  it.each(['POST', 'SUBSCRIBE', 'M-SEARCH'])(
    'finds a %s whose first packet ends within its method',
    (method) => {
      const request = Buffer.from(`${method} /a HTTP/1.1\r\nHost: h\r\n\r\n`)
      const heard: Conversation = [
        ['up', Buffer.concat([Buffer.from('before\r\n'), request.subarray(0, 3)])],
        ['up', request.subarray(3)],
      ]
      const { frames } = dissectLeniently(dissectHttp1, heard, { start: 'joined' })
      expect(frames.map(({ label, lengthBytes }) => [label, lengthBytes])).toEqual([
        ['request', request.length],
      ])
    },
  )
})
