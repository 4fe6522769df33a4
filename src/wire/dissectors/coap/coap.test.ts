import { describe, expect, it } from 'vitest'
import {
  ascii,
  describeFrames,
  framesOf,
  reasonOf,
  TEMPERATURE,
} from '../../../../test/support/coap-conversation.ts'
import {
  describeParts,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
} from '../../../../test/support/dissection.ts'
import { dissectCoap } from './coap.ts'

describe('the exchanges of RFC 7252, appendix A', () => {
  it('a confirmable request and its piggybacked response (figure 16)', () => {
    const frames = framesOf([
      up(hex(`40 01 7d34 ${TEMPERATURE}`)),
      down(hex(`60 45 7d34 ff ${ascii('22.3 C')}`)),
    ])
    expect(frames.map(describeParts)).toEqual([
      [
        'framing | version type and token length | 1 | CON, token of 0 bytes',
        'framing | Code | 1 | 0.01 GET',
        'framing | Message ID | 2 | 32052',
        'framing | Uri-Path delta and length | 1 | option 11',
        'framing | Uri-Path | 11 | temperature',
      ],
      [
        'framing | version type and token length | 1 | ACK, token of 0 bytes',
        'framing | Code | 1 | 2.05 Content',
        'framing | Message ID | 2 | 32052',
        'framing | payload marker | 1 | ff',
        'payload | payload | 6 | -',
      ],
    ])
    expect(frames.map(({ clause }) => clause)).toEqual(['RFC 7252 §5.8', 'RFC 7252 §5.2.1'])
  })

  it('with a token (figure 17)', () => {
    const frames = framesOf([
      up(hex(`41 01 7d35 20 ${TEMPERATURE}`)),
      down(hex(`61 45 7d35 20 ff ${ascii('22.3 C')}`)),
    ])
    expect(frames.map((frame) => describeParts(frame)[3])).toEqual([
      'framing | Token | 1 | 20',
      'framing | Token | 1 | 20',
    ])
  })

  it('a confirmable request that is sent again (figure 18)', () => {
    const request = up(hex(`41 01 7d36 31 ${TEMPERATURE}`))
    const response = down(hex(`61 45 7d36 31 ff ${ascii('22.3 C')}`))
    expect(describeFrames([request, request, response, response])).toEqual([
      'up steady GET framing',
      'up steady retransmission control',
      'down steady response framing+payload',
      'down steady retransmission control',
    ])
  })

  it('a separate response (figure 20)', () => {
    expect(
      describeFrames([
        up(hex(`41 01 7d38 53 ${TEMPERATURE}`)),
        down(hex('60 00 7d38')),
        down(hex(`41 45 ad7b 53 ff ${ascii('22.3 C')}`)),
        up(hex('60 00 ad7b')),
      ]),
    ).toEqual([
      'up steady GET framing',
      'down steady ACK acknowledgement',
      'down steady response framing+payload',
      'up steady ACK acknowledgement',
    ])
  })

  it('a non-confirmable request and response (figure 22)', () => {
    expect(
      describeFrames([
        up(hex(`51 01 7d40 75 ${TEMPERATURE}`)),
        down(hex(`51 45 bc90 75 ff ${ascii('22.3 C')}`)),
      ]),
    ).toEqual(['up steady GET framing', 'down steady response framing+payload'])
  })
})

describe('messages', () => {
  it('the payload of POST is the payload, its head framing', () => {
    const [request, response] = framesOf([
      up(hex(`41 02 0001 aa b7 ${ascii('sensors')} 04 ${ascii('temp')} 11 32 ff 7b7d`)),
      down(hex('61 44 0001 aa')),
    ])
    expect(describeParts(request)).toEqual([
      'framing | version type and token length | 1 | CON, token of 1 bytes',
      'framing | Code | 1 | 0.02 POST',
      'framing | Message ID | 2 | 1',
      'framing | Token | 1 | aa',
      'framing | Uri-Path delta and length | 1 | option 11',
      'framing | Uri-Path | 7 | sensors',
      'framing | Uri-Path delta and length | 1 | option 11',
      'framing | Uri-Path | 4 | temp',
      'framing | Content-Format delta and length | 1 | option 12',
      'framing | Content-Format | 1 | 50',
      'framing | payload marker | 1 | ff',
      'payload | payload | 2 | -',
    ])
    expect(response?.lengthBytes).toBe(5)
  })

  it('an empty payload is a part of no bytes, for messages are counted by it', () => {
    const [request] = framesOf([up(hex('40 02 0001'))])
    expect(describeParts(request).at(-1)).toBe('payload | payload | 0 | -')
  })

  it('extended deltas and lengths, of one byte and of two', () => {
    const long = 'x'.repeat(300)
    const frames = framesOf([
      // Size1 (60), delta 13 + 47; option 2053, delta 269 + 1724; its value of 269 + 31 bytes.
      up(hex(`40 02 0001 d1 2f 05 ee 06bc 001f ${ascii(long)}`)),
    ])
    expect(describeParts(frames[0]).slice(3)).toEqual([
      'framing | Size1 delta and length | 1 | option 60',
      'framing | Size1 delta extended | 1 | -',
      'framing | Size1 | 1 | 5',
      'framing | option 2053 delta and length | 1 | option 2053',
      'framing | option 2053 delta extended | 2 | -',
      'framing | option 2053 length extended | 2 | 300',
      'framing | option 2053 | 300 | -',
      'payload | payload | 0 | -',
    ])
  })

  it('a ping and its reset are idle (§4.3)', () => {
    expect(describeFrames([up(hex('40 00 1234')), down(hex('70 00 1234'))])).toEqual([
      'up idle ping control',
      'down idle RST control',
    ])
  })

  it('a request that is rejected', () => {
    expect(describeFrames([up(hex('40 02 0007')), down(hex('70 00 0007'))])).toEqual([
      'up steady POST framing+payload',
      'down steady RST acknowledgement',
    ])
  })

  it('a response that a sender has long forgotten, rejected under the Message ID of its request', () => {
    const request = up(hex('41 02 0007 aa'))
    const response = down(hex('61 44 0007 aa'))
    expect(describeFrames([request, response, request, response, up(hex('70 00 0007'))])).toEqual([
      'up steady POST framing+payload',
      'down steady response acknowledgement',
      'up steady retransmission control',
      'down steady retransmission acknowledgement',
      'up steady RST acknowledgement',
    ])
  })
})

describe('bytes that nothing explains', () => {
  it.each([
    ['', /a datagram of 0 bytes is shorter than the header of 4 \(RFC 7252 §3\)/],
    ['ff', /a datagram of 1 bytes is shorter/],
    ['80 01 0001', /the version is 2, not 1 \(RFC 7252 §3\)/],
    ['49 01 0001 000000000000000000', /a token length of 9 is reserved \(RFC 7252 §3\)/],
    ['42 01 0001 00', /ends inside a token of 2 bytes/],
    ['40 20 0001', /the class of code 1.00 is reserved/],
    ['40 e1 0001', /the class of code 7.01 is reserved/],
    ['41 00 0001 aa', /an empty message is 5 bytes long, not 4 \(RFC 7252 §4.1\)/],
    ['40 00 0001 ff', /an empty message is 5 bytes long/],
    ['50 00 0001', /a Non-confirmable message is empty \(RFC 7252 §4.3\)/],
    ['60 01 0001', /an Acknowledgement carries the request 0.01 \(RFC 7252 §4.2\)/],
    ['70 45 0001', /a Reset carries the code 2.05, but must be empty/],
    ['40 01 0001 ff', /nothing follows the payload marker \(RFC 7252 §3\)/],
    ['40 01 0001 f0', /an option delta of 15 is reserved \(RFC 7252 §3.1\)/],
    ['40 01 0001 0f', /an option length of 15 is reserved/],
    ['40 01 0001 b5 61', /ends inside Uri-Path, of 5 bytes \(RFC 7252 §3.1\)/],
    ['40 01 0001 d0', /ends inside an extended option delta/],
    ['40 01 0001 0e 00', /ends inside an extended option length/],
    ['40 01 0001 e0 fffe', /65803 is no option number \(RFC 7252 §12.2\)/],
    ['40 01 0001 61 02', /Observe of a request is 2, not 0 or 1 \(RFC 7641 §2\)/],
    ['60 00 0001', /an Acknowledgement of Message ID 1, which the other side has not sent/],
    ['70 00 0001', /a Reset of Message ID 1, which the other side has not sent/],
    ['41 45 0001 aa', /a response with token aa, which no open request has \(RFC 7252 §5.3.2\)/],
    ['61 45 0001 aa', /no such request was sent \(RFC 7252 §5.3.2\)/],
  ])('%s', (digits, reason) => {
    expect(reasonOf([up(hex(digits))])).toMatch(reason)
  })

  it('a piggybacked response whose token is not that of its request', () => {
    expect(reasonOf([up(hex('41 01 0001 aa')), down(hex('61 45 0001 bb'))])).toMatch(/token bb/)
  })

  it('a direction with such bytes says nothing more; the other goes on', () => {
    const conversation = [
      up(hex('40 00 0001')),
      up(hex('ff')),
      up(hex('40 00 0002')),
      down(hex('70 00 0001')),
    ]
    const found = dissect(dissectCoap, conversation)
    expect(found.frames.map(({ direction, label }) => `${direction} ${label}`)).toEqual([
      'up ping',
      'down RST',
    ])
    expect(found.gaps).toMatchObject([{ direction: 'up', offset: 4 }])
    expect(findTilingFault(found, conversation)).toBeNull()
  })
})
