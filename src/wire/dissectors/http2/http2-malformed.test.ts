import { describe, expect, it } from 'vitest'
import { type Conversation, down, hex, up } from '../../../../test/support/dissection.ts'
import {
  data,
  frame,
  GET,
  NO_CONTENT,
  OPENING,
  POST,
  POST_FIELDS,
  PREFACE,
  reasonOf,
  SETTINGS,
  SETTINGS_ACK,
  said,
} from '../../../../test/support/http2-frames.ts'

describe('what breaks a rule', () => {
  const bad = (...frames: string[]) => [...OPENING, up(said(...frames))]
  it.each<[string, Conversation, RegExp]>([
    ['another preface', [up('GET / HTTP/1.1\r\n')], /does not begin as HTTP\/2 does/],
    ['no SETTINGS first', [up(said(PREFACE, POST))], /first frame is not SETTINGS/],
    ['an ACK first', [down(said(SETTINGS_ACK))], /first frame is not SETTINGS/],
    ['HTTP/1.1 as an answer', [down('HTTP/1.1 400 Bad Request\r\n\r\n')], /not SETTINGS/],
    ['an ACK of nothing', bad(SETTINGS_ACK, SETTINGS_ACK), /acknowledges a SETTINGS/],
    ['a PING ACK of nothing', bad(frame('06', '01', 0, '00'.repeat(8))), /acknowledges a PING/],
    ['SETTINGS on a stream', bad(frame('04', '00', 1)), /SETTINGS is on stream 1/],
    ['HEADERS on none', bad(frame('01', '05', 0, POST_FIELDS)), /HEADERS is on no stream/],
    ['half a setting', bad(frame('04', '00', 0, '0001')), /SETTINGS has 2 bytes/],
    ['a setting out of range', bad(frame('04', '00', 0, '0002 00000002')), /PUSH is 2, not 0 to 1/],
    ['a short PING', bad(frame('06', '00', 0, '00')), /PING has 1 bytes, not 8/],
    ['a short GOAWAY', bad(frame('07', '00', 0, '00')), /GOAWAY has 1 bytes/],
    ['a window that does not grow', bad(frame('08', '00', 0, '00000000')), /increment .* is 0/],
    [
      'an even stream of a client',
      bad(frame('01', '05', 2, POST_FIELDS)),
      /stream 2 was not begun/,
    ],
    ['a stream used again', bad(GET, GET), /stream 1 was closed before/],
    ['a reset of no stream', bad(frame('03', '00', 7, '00000000')), /stream 7 was not begun/],
    ['DATA on no stream', bad(data(1, 'x')), /stream 1 was not begun/],
    ['DATA after the end', bad(GET, data(1, 'x')), /stream 1 was closed before/],
    ['trailers without an end', bad(POST, frame('01', '04', 1, '')), /trailers do not end/],
    [
      'padding larger than its frame',
      bad(POST, frame('00', '09', 1, '05 00')),
      /padding is longer/,
    ],
    ['padding without a length', bad(POST, frame('00', '09', 1)), /padding is longer/],
    ['a priority cut off', bad(frame('01', '25', 1, '00')), /ends in its priority/],
    ['a CONTINUATION alone', bad(frame('09', '04', 1, '')), /without a header block/],
    ['a block interrupted', bad(frame('01', '01', 1, '83'), SETTINGS), /is interrupted/],
    ['a block cut off', bad(frame('01', '05', 1, '8386844101')), /in the middle of a field/],
    [
      'a block without end',
      bad(frame('01', '01', 1, '83'), frame('09', '00', 1).repeat(129)),
      /128/,
    ],
    ['no :path', bad(frame('01', '05', 1, '8386')), /request has no :path/],
    ['a :status of a client', bad(frame('01', '05', 1, '88')), /none of a request/],
    ['a pseudo-header twice', bad(frame('01', '05', 1, '8383')), /too late, or twice/],
    ['a pseudo-header too late', bad(frame('01', '05', 1, '4001610083')), /too late, or twice/],
    ['upper case', bad(frame('01', '05', 1, `${POST_FIELDS}40014100`)), /upper-case/],
    ['a line break', bad(frame('01', '05', 1, `${POST_FIELDS}400161010a`)), /NUL, CR or LF/],
    [
      'transfer-encoding',
      bad(frame('01', '05', 1, `${POST_FIELDS} 79 07 6368756e6b6564`)),
      /belongs to HTTP\/1.1/,
    ],
    ['an answer to nothing', [...OPENING, down(said(NO_CONTENT))], /stream 1 was not begun/],
    [
      'content before its header section',
      [...OPENING, up(said(GET)), down(said(data(1, 'x')))],
      /DATA comes before/,
    ],
    [
      'an interim response at the end',
      [...OPENING, up(said(GET)), down(said(frame('01', '05', 1, '0803313030')))],
      /interim response ends its stream/,
    ],
    [
      'a status that is none',
      [...OPENING, up(said(GET)), down(said(frame('01', '05', 1, '0803393939')))],
      /no status code/,
    ],
    [
      'a promise of a stream that is not the server’s',
      [...OPENING, up(said(GET)), down(said(frame('05', '04', 1, '00000003 828684')))],
      /stream 3 cannot be promised/,
    ],
  ])('%s', (_name, conversation, reason) => {
    expect(reasonOf(...conversation)).toMatch(reason)
  })

  it('is the end of the connection inside a frame, by its name', () => {
    expect(reasonOf(...OPENING, up(hex('000008 06 00')))).toMatch(
      /middle of a frame header, 5 bytes/,
    )
    expect(reasonOf(...OPENING, up(hex('000008 06 00 00000000 01')))).toMatch(/middle of PING, 10/)
  })
})
