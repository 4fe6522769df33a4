import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { COAP_CONVERSATION } from '../../../../test/support/coap-conversation.ts'
import {
  type Conversation,
  dissect,
  findTilingFault,
  up,
} from '../../../../test/support/dissection.ts'
import { DTLS_CONVERSATION, DTLS_SECRET } from '../../../../test/support/dtls-conversation.ts'
import { dissectLeniently, findLenientFault } from '../../../../test/support/lenient.ts'
import { dissectCoap } from '../coap/coap.ts'
import { dissectDtls } from '../dtls/dtls.ts'
import { TlsSecrets } from '../tls/keys/tls-secrets.ts'

/**
 * What `dissectors.property.test.ts` holds of byte streams, for a protocol whose
 * datagrams are whole: they are never split, but may be damaged, lost, doubled
 * and come out of order.
 */

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
  const whole = dissect(dissectCoap, COAP_CONVERSATION)

  it('explains the recorded conversation, a frame a datagram', () => {
    expect(whole.gaps).toEqual([])
    expect(findTilingFault(whole, COAP_CONVERSATION)).toBeNull()
    expect(whole.frames.map(({ lengthBytes }) => lengthBytes)).toEqual(
      COAP_CONVERSATION.map(([, bytes]) => bytes.length),
    )
    expect(messagesOf(COAP_CONVERSATION)).toBe(5)
  })

  it('leaves no byte out of a datagram that is cut anywhere', () => {
    for (const [index, [direction, bytes]] of COAP_CONVERSATION.entries()) {
      for (let length = 1; length < bytes.length; length += 1) {
        const said: Conversation = [
          ...COAP_CONVERSATION.slice(0, index),
          [direction, bytes.subarray(0, length)],
          ...COAP_CONVERSATION.slice(index + 1),
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
          COAP_CONVERSATION,
        )
        expect(dissect(dissectCoap, doubled).gaps).toEqual([])
        expect(messagesOf(doubled)).toBe(messagesOf(COAP_CONVERSATION))
      }),
    )
  })

  it('never throws on damage under DTLS either', () => {
    const secrets = new TlsSecrets()
    secrets.learn(DTLS_SECRET)
    const dissectCoaps = dissectDtls(dissectCoap, secrets)
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 5 }), (harms) => {
        const said = harms.reduce(harm, DTLS_CONVERSATION)
        expect(findTilingFault(dissect(dissectCoaps, said), said)).toBeNull()
      }),
      { numRuns: 2000 },
    )
  })

  it('never throws on damaged, lost, doubled or disordered datagrams, and leaves no byte out', () => {
    fc.assert(
      fc.property(fc.array(damage, { minLength: 1, maxLength: 5 }), (harms) => {
        const said = harms.reduce(harm, COAP_CONVERSATION)
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

/** By token and Message ID (RFC 7252 §5.3, §4.4); a GET of further blocks belongs to what it observes. */
function exchangesOf(conversation: Conversation): number[] {
  const exchanges = conversation.map((_, index) => index)
  const known = new Map<string, number>([
    ['token cccc', -1],
    ['token aaaa', -1],
  ])
  for (const [index, [, bytes]] of conversation.entries()) {
    const digits = Buffer.from(bytes).toString('hex')
    const token = digits.slice(8, 8 + 2 * ((bytes[0] ?? 0) & 15))
    const keys = [`id ${digits.slice(4, 8)}`, ...(token === '' ? [] : [`token ${token}`])]
    const [mine = index] = keys.flatMap((key) => known.get(key) ?? [])
    exchanges[index] = mine
    for (const key of keys) known.set(key, mine)
  }
  return exchanges
}

describe('a lenient reader of CoAP', () => {
  const whole = dissectLeniently(dissectCoap, COAP_CONVERSATION).frames
  const exchanges = exchangesOf(COAP_CONVERSATION)
  const places = COAP_CONVERSATION.map((_, index) => index)

  /** A frame a datagram, and none of another exchange than those that were hit is another. */
  function expectOthers(order: readonly number[], hit: readonly number[]): void {
    const said = order.map((place) => COAP_CONVERSATION[place] ?? up(''))
    const found = dissectLeniently(dissectCoap, said)
    expect(findLenientFault(found)).toBeNull()
    expect(found.unread).toBe(0)
    expect(found.frames.length).toBe(order.length)
    const hitExchanges = new Set(hit.map((place) => exchanges[place]))
    for (const [index, place] of order.entries()) {
      if (hitExchanges.has(exchanges[place])) continue
      expect({ ...found.frames[index], offset: 0 }).toEqual({ ...whole[place], offset: 0 })
    }
  }

  it('has several exchanges to tell apart', () => {
    expect(new Set(exchanges).size).toBe(6)
  })

  it('loses a datagram that was not captured, and what is known of its exchange at most', () => {
    for (const lost of places) expectOthers(places.toSpliced(lost, 1), [lost])
  })

  it('takes two datagrams the wrong way round', () => {
    for (const first of places.slice(1)) {
      const swapped = places.toSpliced(first - 1, 2, first, first - 1)
      expectOthers(swapped, [first - 1, first])
    }
  })

  it('counts a datagram that came twice as sent again, wherever the second copy stands', () => {
    for (const twice of places) {
      for (const later of [1, 2, 5]) {
        const order = places.toSpliced(twice + later, 0, twice)
        const said = order.map((place) => COAP_CONVERSATION[place] ?? up(''))
        const { frames, remarks } = dissectLeniently(dissectCoap, said)
        const again = Math.min(twice + later, order.length - 1)
        expect(frames[again]?.label).toBe('retransmission')
        expect(remarks).toEqual([])
        expect(frames.toSpliced(again, 1).map(({ label }) => label)).toEqual(
          whole.map(({ label }) => label),
        )
      }
    }
  })

  it('reads the exchanges that begin behind the place where a capture begins', () => {
    for (const from of places) expectOthers(places.slice(from), places.slice(0, from))
  })
})
