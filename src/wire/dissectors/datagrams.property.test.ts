import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Conversation,
  dissect,
  down,
  findTilingFault,
  hex,
  up,
} from '../../../test/support/dissection.ts'
import { dissectCoap } from './coap.ts'

/**
 * What `dissectors.property.test.ts` holds of byte streams, for a protocol whose
 * datagrams are whole: they are never split, but may be damaged, lost, doubled
 * and come out of order.
 */

const block = '62'.repeat(16)

const RECORDED: Conversation = [
  up(hex('40 00 0001')),
  down(hex('70 00 0001')),
  up(hex('42 02 0002 abcd b1 61 01 62 11 32 ff 7b7d')),
  down(hex('62 44 0002 abcd')),
  up(hex('52 02 0003 abce b1 61 d2 2f 0102 ff 00ff')),
  down(hex('52 44 8001 abce')),
  up(hex('42 01 0004 aaaa 60 51 73')),
  down(hex('62 45 0004 aaaa 61 01')),
  up(hex(`42 02 0005 bbbb b1 61 d1 03 08 ff ${block}`)),
  down(hex('62 5f 0005 bbbb d1 0e 08')),
  up(hex('42 02 0006 bbbb b1 61 d1 03 10 ff 63')),
  down(hex('60 00 0006')),
  down(hex('42 44 8002 bbbb d1 0e 10')),
  up(hex('60 00 8002')),
  down(hex(`42 45 8003 aaaa 61 02 d1 04 08 ff ${block}`)),
  up(hex('60 00 8003')),
  up(hex('42 01 0007 cccc b1 73 c1 10')),
  down(hex('62 45 0007 cccc d1 0a 10 ff 64')),
  up(hex('42 01 0008 aaaa 60 51 73')),
  down(hex('62 45 0008 aaaa 61 03')),
  up(hex('42 01 0009 aaaa 61 01 51 73')),
  down(hex('62 45 0009 aaaa')),
  up(hex(`40 02 000a 3d 0e ${'68'.repeat(27)} 8e 0001 ${'69'.repeat(270)} e0 0700 ff 6a`)),
]

interface Damage {
  readonly place: number
  readonly kind: 'change' | 'insert' | 'remove' | 'lose' | 'double' | 'swap'
  readonly byte: number
}

/** Something happens to one datagram; one of no bytes has a test of its own. */
function harm(conversation: Conversation, { place, kind, byte }: Damage): Conversation {
  if (conversation.length === 0) return conversation
  const index = place % conversation.length
  const said = [...conversation]
  const [direction, bytes] = said[index] ?? up('')
  const at = Math.floor(place / conversation.length) % bytes.length
  switch (kind) {
    case 'lose':
      said.splice(index, 1)
      return said
    case 'double':
      said.splice(index, 0, [direction, bytes])
      return said
    case 'swap':
      said.splice(index, 2, ...said.slice(index, index + 2).reverse())
      return said
    default: {
      if (kind === 'remove' && bytes.length === 1) return said
      const middle = kind === 'remove' ? [] : [byte]
      const rest = bytes.subarray(kind === 'insert' ? at : at + 1)
      said[index] = [direction, Uint8Array.from([...bytes.subarray(0, at), ...middle, ...rest])]
      return said
    }
  }
}

const damage = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom<Damage['kind'][]>('change', 'insert', 'remove', 'lose', 'double', 'swap'),
  byte: fc.integer({ min: 0, max: 255 }),
})

const messagesOf = (conversation: Conversation): number =>
  dissect(dissectCoap, conversation).frames.filter(
    ({ phase, parts, message }) =>
      phase === 'steady' &&
      message !== 'continues' &&
      parts.some(({ layer }) => layer === 'payload'),
  ).length

describe('the dissector of CoAP', () => {
  const whole = dissect(dissectCoap, RECORDED)

  it('explains the recorded conversation, a frame a datagram', () => {
    expect(whole.gaps).toEqual([])
    expect(findTilingFault(whole, RECORDED)).toBeNull()
    expect(whole.frames.map(({ lengthBytes }) => lengthBytes)).toEqual(
      RECORDED.map(([, bytes]) => bytes.length),
    )
    expect(messagesOf(RECORDED)).toBe(5)
  })

  it('leaves no byte out of a datagram that is cut anywhere', () => {
    for (const [index, [direction, bytes]] of RECORDED.entries()) {
      for (let length = 1; length < bytes.length; length += 1) {
        const said: Conversation = [
          ...RECORDED.slice(0, index),
          [direction, bytes.subarray(0, length)],
          ...RECORDED.slice(index + 1),
        ]
        const found = dissect(dissectCoap, said)
        expect(findTilingFault(found, said)).toBeNull()
        if (length < 4) expect(found.gaps.length).toBeGreaterThan(0)
      }
    }
  })

  it('counts no message twice when datagrams are doubled', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (places) => {
        const doubled = places.reduce<Conversation>(
          (said, place) => harm(said, { place, kind: 'double', byte: 0 }),
          RECORDED,
        )
        expect(dissect(dissectCoap, doubled).gaps).toEqual([])
        expect(messagesOf(doubled)).toBe(messagesOf(RECORDED))
      }),
    )
  })

  it('never throws on damaged, lost, doubled or disordered datagrams, and leaves no byte out', () => {
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 5 }), (harms) => {
        const said = harms.reduce(harm, RECORDED)
        expect(findTilingFault(dissect(dissectCoap, said), said)).toBeNull()
      }),
      { numRuns: 2000 },
    )
  })

  it('never throws on noise', () => {
    const datagram = fc.uint8Array({ minLength: 1 })
    const noise = fc.array(fc.tuple(fc.constantFrom('up' as const, 'down' as const), datagram))
    // Half of it with the right version, so that it gets further than the first byte.
    const versioned = noise.map((said) =>
      said.map(([direction, bytes], index): [typeof direction, Uint8Array] => {
        const copy = Uint8Array.from(bytes)
        if (index % 2 === 0) copy[0] = ((copy[0] ?? 0) & 0x3f) | 0x40
        return [direction, copy]
      }),
    )
    fc.assert(
      fc.property(versioned, (said) => {
        expect(findTilingFault(dissect(dissectCoap, said), said)).toBeNull()
      }),
    )
  })
})
