import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  describeParts,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
  withheldLabels,
} from '../../../../test/support/dissection.ts'
import {
  data,
  frame,
  GET,
  NO_CONTENT,
  OPENING,
  PAYLOAD,
  POST,
  POST_FIELDS,
  PREFACE,
  reasonOf,
  SETTINGS,
  said,
} from '../../../../test/support/http2-frames.ts'
import { dissectHttp2 } from './http2.ts'

/** Phase, label and length of every frame, where everything is explained. */
function explain(...conversation: Conversation): string[] {
  const found = dissect(dissectHttp2, conversation)
  expect(found.gaps).toEqual([])
  expect(findTilingFault(found, conversation)).toBeNull()
  return found.frames.map(({ phase, label, lengthBytes }) => `${phase} ${label} ${lengthBytes}`)
}

/** What follows the opening. */
const explainAfterOpening = (...conversation: Conversation): string[] =>
  explain(...OPENING, ...conversation).slice(4)

const framesOf = (...conversation: Conversation) => dissect(dissectHttp2, conversation).frames

describe('two messages as node:http2 sends them', () => {
  const conversation: Conversation = [
    up(
      said(
        PREFACE,
        SETTINGS,
        '0000280104000000018304896105a907b10c24b4d7418b089d5c0b8170dc644fb2ff865f87497ca58ae819aa0f0d023134',
        '00000e0001000000017b202274656d70223a203235207d',
      ),
    ),
    down(hex('000000040000000000')),
    down(hex('000000040100000000 000001 01 05 00000001 89')),
    up(
      hex(
        '000000040100000000 0000140104000000038304896105a907b10c24b4d7bf86be0f0d023134 00000e0001000000037b202274656d70223a203235207d',
      ),
    ),
    down(hex('000001010500000003 89')),
    up(hex('000008060000000000dcddf5a600010000')),
    down(hex('000008060100000000dcddf5a600010000')),
    up(hex('0000080700000000000000000000000000')),
    down(hex('0000080700000000000000000300000000')),
  ]

  it('have their frames named, each in its phase', () => {
    expect(explain(...conversation)).toEqual([
      'setup connection preface 24',
      'setup SETTINGS 9',
      'steady HEADERS 49',
      'steady DATA 23',
      'setup SETTINGS 9',
      'setup SETTINGS ACK 9',
      'steady response HEADERS 10',
      'setup SETTINGS ACK 9',
      'steady HEADERS 29',
      'steady DATA 23',
      'steady response HEADERS 10',
      'idle PING 17',
      'idle PING ACK 17',
      'close GOAWAY 17',
      'close GOAWAY 17',
    ])
  })

  it('have a part for each field: those that the tables hold take one byte', () => {
    const frames = framesOf(...conversation)
    expect(describeParts(frames[2])).toEqual([
      'framing | Length | 3 | 40',
      'framing | Type | 1 | HEADERS',
      'framing | Flags | 1 | END_HEADERS',
      'framing | Stream Identifier | 4 | 1',
      'framing | :method | 1 | POST (indexed)',
      'framing | :path | 11 | /sensors/temp (literal without indexing)',
      'framing | :authority | 13 | 127.0.0.1:32939 (literal with incremental indexing)',
      'framing | :scheme | 1 | http (indexed)',
      'framing | content-type | 9 | text/plain (literal with incremental indexing)',
      'framing | content-length | 5 | 14 (literal without indexing)',
    ])
    expect(describeParts(frames[8]).slice(4)).toEqual([
      'framing | :method | 1 | POST (indexed)',
      'framing | :path | 11 | /sensors/temp (literal without indexing)',
      'framing | :authority | 1 | 127.0.0.1:32939 (indexed)',
      'framing | :scheme | 1 | http (indexed)',
      'framing | content-type | 1 | text/plain (indexed)',
      'framing | content-length | 5 | 14 (literal without indexing)',
    ])
    expect(describeParts(frames[9])).toEqual([
      'framing | Length | 3 | 14',
      'framing | Type | 1 | DATA',
      'framing | Flags | 1 | END_STREAM',
      'framing | Stream Identifier | 4 | 3',
      'payload | Data | 14 | -',
    ])
    expect(describeParts(frames[10])).toEqual([
      'acknowledgement | Length | 3 | 1',
      'acknowledgement | Type | 1 | HEADERS',
      'acknowledgement | Flags | 1 | END_STREAM, END_HEADERS',
      'acknowledgement | Stream Identifier | 4 | 3',
      'acknowledgement | :status | 1 | 204 (indexed)',
    ])
  })

  it('name the clause of each representation', () => {
    const [, , headers] = framesOf(...conversation)
    expect(headers?.parts.slice(4, 7).map(({ clause }) => clause)).toEqual([
      'RFC 7541 §6.1',
      'RFC 7541 §6.2.2',
      'RFC 7541 §6.2.1',
    ])
    expect(headers?.clause).toBe('RFC 9113 §6.2')
  })
})

describe('a message', () => {
  const marks = (...conversation: Conversation) =>
    framesOf(...OPENING, ...conversation)
      .slice(4)
      .map(({ label, message, parts }) => {
        const payload = parts.filter(({ layer }) => layer === 'payload')
        return [label, message, payload.map(({ lengthBytes }) => lengthBytes)]
      })

  it('begins with HEADERS, and goes on in every DATA', () => {
    const chunks = [data(1, 'ab', '00'), data(1, 'cde', '00'), data(1, '')]
    expect(marks(up(said(POST, ...chunks)))).toEqual([
      ['HEADERS', 'begins', []],
      ['DATA', 'continues', [2]],
      ['DATA', 'continues', [3]],
      ['DATA', 'continues', [0]],
    ])
  })

  it('without content has a payload of no bytes on its HEADERS', () => {
    const empty = frame('01', '05', 1, POST_FIELDS)
    expect(marks(up(said(empty)))).toEqual([['HEADERS', 'begins', [0]]])
  })

  it('is not what asks for something', () => {
    expect(marks(up(said(GET)))).toEqual([['HEADERS', undefined, []]])
  })

  it('is a payload in any number of DATA, padding apart', () => {
    const padded = frame('00', '09', 1, '03 6869 000000')
    expect(explainAfterOpening(up(said(POST, padded)))).toEqual([
      'steady HEADERS 15',
      'steady DATA 15',
    ])
    const frames = framesOf(...OPENING, up(said(POST, padded)))
    expect(describeParts(frames[5]).slice(2)).toEqual([
      'framing | Flags | 1 | END_STREAM, PADDED',
      'framing | Stream Identifier | 4 | 1',
      'framing | Pad Length | 1 | 3',
      'payload | Data | 2 | -',
      'framing | Padding | 3 | -',
    ])
  })
})

describe('a response', () => {
  it('is acknowledged by its header section, be it interim or in front of content', () => {
    const conversation: Conversation = [
      up(said(POST)),
      // :status 100, a literal without indexing on the name of index 8.
      down(said(frame('01', '04', 1, '08 03 313030'))),
      up(said(data(1, PAYLOAD))),
      down(said(frame('01', '04', 1, '88'), data(1, 'ok', '00'), frame('01', '05', 1, '40016100'))),
    ]
    expect(explainAfterOpening(...conversation)).toEqual([
      'steady HEADERS 15',
      'steady interim response HEADERS 14',
      'steady DATA 23',
      'steady response HEADERS 10',
      'steady response DATA 11',
      'steady trailers 13',
    ])
    const layers = framesOf(...OPENING, ...conversation)
      .filter(({ direction, phase }) => direction === 'down' && phase === 'steady')
      .flatMap(({ parts }) => parts.map(({ layer }) => layer))
    expect(new Set(layers)).toEqual(new Set(['acknowledgement']))
  })

  it('is expected while the client has reset the stream already, and no request after it', () => {
    const reset = frame('03', '00', 1, '00000008')
    expect(explainAfterOpening(up(said(POST, reset)), down(said(NO_CONTENT)))).toEqual([
      'steady HEADERS 15',
      'steady RST_STREAM 13',
      'steady response HEADERS 10',
    ])
    expect(reasonOf(...OPENING, up(said(POST, reset, data(1, 'x'))))).toMatch(/closed before/)
  })

  it('that was pushed is promised on the stream of a request', () => {
    const promise = frame('05', '04', 1, '00000002 82 86 84 01 01 68')
    const pushed = [frame('01', '04', 2, '88'), data(2, 'x')]
    expect(explainAfterOpening(up(said(GET)), down(said(promise, ...pushed)))).toEqual([
      'steady PUSH_PROMISE 19',
      'steady pushed HEADERS 10',
      'steady pushed DATA 10',
      // Nobody answers it: it has waited in vain.
      'idle HEADERS 15',
    ])
    const noPush: Conversation = [up(said(PREFACE, frame('04', '00', 0, '0002 00000000'), GET))]
    expect(reasonOf(...noPush, down(said(SETTINGS, promise)))).toMatch(/has turned it off/)
    expect(reasonOf(...OPENING, up(said(GET, promise)))).toMatch(/a client sends PUSH_PROMISE/)
  })
})

describe('a header block', () => {
  it('is read across CONTINUATIONs, a cut field in both', () => {
    const cut = [
      frame('01', '01', 1, '83 86 84 41'),
      frame('09', '00', 1, ''),
      frame('09', '04', 1, '01 68'),
    ]
    const conversation: Conversation = [...OPENING, up(said(...cut)), down(said(NO_CONTENT))]
    expect(explain(...conversation).slice(4)).toEqual([
      'steady HEADERS 13',
      'steady CONTINUATION 9',
      'steady CONTINUATION 11',
      'steady response HEADERS 10',
    ])
    const frames = framesOf(...conversation)
    expect(describeParts(frames[4]).slice(7)).toEqual([
      'framing | start of a field | 1 | goes on in CONTINUATION',
      'payload | Data | 0 | -',
    ])
    expect(describeParts(frames[6]).at(-1)).toBe(
      'framing | :authority | 2 | h (literal with incremental indexing)',
    )
  })

  it('may have padding and a priority', () => {
    const prioritised = frame('01', '2d', 1, `02 80000003 0f ${POST_FIELDS} 0000`)
    const frames = framesOf(...OPENING, up(said(prioritised)))
    expect(describeParts(frames[4]).slice(4)).toEqual([
      'framing | Pad Length | 1 | 2',
      'framing | Stream Dependency | 4 | 3, exclusive',
      'framing | Weight | 1 | 16',
      'framing | :method | 1 | POST (indexed)',
      'framing | :scheme | 1 | http (indexed)',
      'framing | :path | 1 | / (indexed)',
      'framing | :authority | 3 | h (literal with incremental indexing)',
      'framing | Padding | 2 | -',
      'payload | Data | 0 | -',
    ])
  })

  it('does not show secrets, nor what its sender calls one', () => {
    // authorization by name, then indexed; x-pin as a literal never indexed.
    const secrets = '57 03 746f70 10 05 782d70696e 03 746f70'
    const conversation: Conversation = [
      ...OPENING,
      up(said(frame('01', '05', 1, POST_FIELDS + secrets))),
      up(said(frame('01', '05', 3, `83 86 84 bf be`))),
    ]
    expect(explain(...conversation)).toHaveLength(6)
    const parts = framesOf(...conversation).flatMap((found) => describeParts(found))
    expect(parts.filter((part) => part.includes('top'))).toEqual([])
    expect(parts.filter((part) => part.includes('authorization'))).toEqual([
      'framing | authorization | 5 | literal with incremental indexing',
      'framing | authorization | 1 | indexed',
    ])
    const withheld = framesOf(...conversation).flatMap(withheldLabels)
    expect(withheld).toEqual(['authorization', 'x-pin', 'authorization'])
  })

  it('shows a change of the table size', () => {
    const frames = framesOf(...OPENING, up(said(frame('01', '05', 1, `20 ${POST_FIELDS}`))))
    expect(describeParts(frames[4])[4]).toBe('framing | Dynamic Table Size Update | 1 | 0')
  })
})

describe('frames of the connection', () => {
  const window = (stream: number, increment: number) =>
    frame('08', '00', stream, increment.toString(16).padStart(8, '0'))

  it('are named with their values', () => {
    const settings = frame('04', '00', 0, '0003 00000064 0004 0000ffff 00ff 00000001')
    const frames = framesOf(up(said(PREFACE, settings)), down(said(SETTINGS)))
    expect(describeParts(frames[1]).slice(4)).toEqual([
      'control | SETTINGS_MAX_CONCURRENT_STREAMS | 6 | 100',
      'control | SETTINGS_INITIAL_WINDOW_SIZE | 6 | 65535',
      'control | setting 0xff | 6 | 1',
    ])
    const goaway = frame('07', '00', 0, '00000001 0000000b 627965')
    const [found] = framesOf(...OPENING, up(said(GET, goaway))).slice(-1)
    expect(describeParts(found).slice(4)).toEqual([
      'control | Last-Stream-ID | 4 | 1',
      'control | Error Code | 4 | ENHANCE_YOUR_CALM',
      'control | Additional Debug Data | 3 | -',
    ])
  })

  it('set up until the first request, whatever they are', () => {
    const unknown = frame('fa', '00', 0, '0102')
    const priority = frame('02', '00', 5, '00000000 0f')
    expect(explainAfterOpening(up(said(unknown, priority, POST, unknown, priority)))).toEqual([
      'setup frame of type 0xfa 11',
      'setup PRIORITY 14',
      'steady HEADERS 15',
      'steady frame of type 0xfa 11',
      'steady PRIORITY 14',
    ])
  })

  it('open a window as part of setting up, and give one back as part of the messages', () => {
    expect(
      explainAfterOpening(
        up(said(window(0, 1000), POST, data(1, PAYLOAD))),
        // Whenever it comes, more than what was received opens the window.
        down(said(window(0, 15), window(0, 14), window(1, 14), window(0, 1))),
      ),
    ).toEqual([
      'setup WINDOW_UPDATE 13',
      'steady HEADERS 15',
      'steady DATA 23',
      'setup WINDOW_UPDATE 13',
      'steady WINDOW_UPDATE 13',
      'steady WINDOW_UPDATE 13',
      'setup WINDOW_UPDATE 13',
    ])
  })

  it('may be as large as the other side has announced', () => {
    const large = data(1, 'x'.repeat(16_385))
    expect(reasonOf(...OPENING, up(said(POST, large)))).toMatch(/16385 bytes; at most 16384/)
    const announced = down(said(frame('04', '00', 0, '0005 00008000')))
    expect(explainAfterOpening(announced, up(said(POST, large)))).toHaveLength(3)
  })
})
