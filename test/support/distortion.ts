import fc from 'fast-check'
import type { Conversation } from './dissection.ts'

/** Cuts each utterance where the numbers say; the order of the directions stays. */
export function split(conversation: Conversation, cuts: readonly number[]): Conversation {
  let next = 0
  return conversation.flatMap(([direction, bytes]) => {
    const pieces: [typeof direction, Uint8Array][] = []
    for (let at = 0; at < bytes.length; ) {
      const until = Math.min(bytes.length, at + (cuts[next % cuts.length] ?? 1))
      pieces.push([direction, bytes.subarray(at, until)])
      at = until
      next += 1
    }
    return pieces
  })
}

export interface Mutation {
  place: number
  kind: 'change' | 'insert' | 'remove'
  byte: number
}

/** One byte changed, added or taken away, somewhere in the conversation. */
export function mutate(conversation: Conversation, { place, kind, byte }: Mutation): Conversation {
  const total = conversation.reduce((sum, [, bytes]) => sum + bytes.length, 0)
  let at = place % total
  return conversation.map(([direction, bytes]) => {
    const here = at
    at -= bytes.length
    if (here < 0 || here >= bytes.length) return [direction, bytes]
    const middle = kind === 'remove' ? [] : [byte]
    const rest = bytes.subarray(kind === 'insert' ? here : here + 1)
    return [direction, Uint8Array.from([...bytes.subarray(0, here), ...middle, ...rest])]
  })
}

/** For `split`. */
export const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 })
export const mutation = fc.record({
  place: fc.nat(),
  kind: fc.constantFrom('change' as const, 'insert' as const, 'remove' as const),
  byte: fc.integer({ min: 0, max: 255 }),
})

/** A conversation of no protocol. */
export const noise = fc.array(
  fc.tuple(fc.constantFrom('up' as const, 'down' as const), fc.uint8Array()),
)
