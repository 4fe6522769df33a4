import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { topicOf } from './numbered.ts'
import { Reception } from './reception.ts'

const payloads = Array.from({ length: 100 }, (_, index) => Buffer.from(`reading ${index}`))
const TOPIC = 'plant/temp'
const reception = (over: Partial<ConstructorParameters<typeof Reception>[0]> = {}) =>
  new Reception({
    ...{ topic: TOPIC, connections: 3, index: 0, of: 1, payloads, isNumbered: true, ...over },
  })
const payloadOf = (n: number): Buffer => payloads[n % payloads.length] as Buffer

describe('what a subscriber counts', () => {
  it('is shared with no overlap, and nothing left over', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }), (all, of) => {
        const topics = Array.from({ length: of }, (_, index) =>
          reception({ connections: all, index, of }),
        ).flatMap((part) => part.topics)
        expect(topics.toSorted()).toEqual(
          Array.from({ length: all }, (_, index) => topicOf(TOPIC, index + 1)),
        )
      }),
    )
  })

  it('is in order, over as many rounds as there are', () => {
    const part = reception({ index: 1, of: 2 })
    for (let n = 0; n < 250; n += 1) part.take(payloadOf(n), topicOf(TOPIC, 2))
    expect(part.tally()).toEqual({
      ...{ messages: 250, corrupted: 0, silent: 0 },
      bytes: Array.from({ length: 250 }, (_, n) => payloadOf(n).length).reduce((a, b) => a + b),
      sequence: { repeatsAfter: 100, duplicated: 0, reordered: 0, gaps: 0 },
    })
  })

  it('tells the lost from the late and from what came again, of each connection', () => {
    // What became of each message of a connection.
    const fates = fc.array(fc.constantFrom('came', 'lost', 'twice', 'late'), { maxLength: 400 })
    fc.assert(
      fc.property(fates, fates, (one, other) => {
        const part = reception()
        const expected = { duplicated: 0, reordered: 0, gaps: 0 }
        for (const [index, each] of [one, other].entries()) {
          // No more is lost in a row than a round can tell.
          const fate = each.map((what, n) => (n % 20 === 0 && what === 'lost' ? 'came' : what))
          const arrivals = fate.flatMap((what, n) => {
            if (what === 'lost') return []
            return what === 'twice' ? [n, n] : [n]
          })
          const late = fate.flatMap((what, n) => (what === 'late' ? [n] : []))
          // A late one changes places with what came next.
          for (const n of late) {
            const at = arrivals.indexOf(n)
            const after = arrivals[at + 1]
            if (after === undefined) continue
            arrivals[at] = after
            arrivals[at + 1] = n
          }
          const seen = new Set<number>()
          let latest = -1
          for (const n of arrivals) {
            if (seen.has(n)) expected.duplicated += 1
            else if (n < latest) expected.reordered += 1
            seen.add(n)
            latest = Math.max(latest, n)
            part.take(payloadOf(n), topicOf(TOPIC, index + 1))
          }
          expected.gaps += latest + 1 - seen.size
        }
        const { sequence, silent } = part.tally()
        expect(sequence).toEqual({ repeatsAfter: 100, ...expected })
        expect(silent).toBeGreaterThanOrEqual(1)
      }),
      { numRuns: 200 },
    )
  })

  it('is by number alone where payloads hold none, and other bytes are told', () => {
    const part = reception({ payloads: [Buffer.from('on')], isNumbered: false })
    for (const text of ['on', 'on', 'off']) part.take(Buffer.from(text), topicOf(TOPIC, 1))
    expect(part.tally()).toMatchObject({ messages: 3, corrupted: 1, silent: 2, sequence: null })
  })
})
