import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  describeParts,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
} from '../../../test/support/dissection.ts'
import { dissectLengthPrefixed } from './length-prefixed.ts'

const MESSAGE = hex('00000003 616263')

describe('the TCP control', () => {
  it('has four bytes of framing; the echo is the acknowledgement', () => {
    const conversation = [up(MESSAGE), down(MESSAGE), up(hex('00000000')), down(hex('00000000'))]
    const found = dissect(dissectLengthPrefixed, conversation)
    expect(found.gaps).toEqual([])
    expect(findTilingFault(found, conversation)).toBeNull()
    expect(found.frames).toHaveLength(4)
    expect(describeParts(found.frames[0])).toEqual([
      'framing | length | 4 | 3',
      'payload | payload | 3 | -',
    ])
    expect(describeParts(found.frames[1])).toEqual([
      'acknowledgement | length | 4 | 3',
      'acknowledgement | echo | 3 | -',
    ])
  })

  it('may be echoed while the message is still under way', () => {
    const [head, tail] = [MESSAGE.subarray(0, 5), MESSAGE.subarray(5)]
    const found = dissect(dissectLengthPrefixed, [up(head), down(head), up(tail), down(tail)])
    expect(found.gaps).toEqual([])
    expect(found.frames).toHaveLength(2)
  })

  it.each<[string, Conversation, RegExp]>([
    ['an echo of nothing', [down(MESSAGE)], /no message is outstanding/],
    ['an echo of another length', [up(MESSAGE), down(hex('00000002 6162'))], /2 bytes long.* 3/],
    ['a length beyond reason', [up(hex('ff000000 03'))], /above the limit/],
    ['a message cut short', [up(MESSAGE.subarray(0, 6))], /middle of a message, 6 bytes/],
    ['a length cut short', [up(MESSAGE), down(hex('0000'))], /middle of an echo, 2 bytes/],
  ])('cannot explain %s', (_, conversation, reason) => {
    const found = dissect(dissectLengthPrefixed, conversation)
    expect(found.gaps[0]?.reason).toMatch(reason)
    expect(findTilingFault(found, conversation)).toBeNull()
  })
})
