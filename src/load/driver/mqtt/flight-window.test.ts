import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AWAITS, FlightWindow } from './flight-window.ts'

it('gives every message in flight an id of its own, from 1 to the size of the window', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.nat(99)), (size, choices) => {
      const window = new FlightWindow(size)
      const inFlight = new Map<number, number>()
      for (const [turn, choice] of choices.entries()) {
        if (choice < 60 && window.room > 0) {
          const id = window.take(turn, turn + 1, AWAITS.puback)
          expect(inFlight.has(id)).toBe(false)
          expect(id).toBeGreaterThanOrEqual(1)
          expect(id).toBeLessThanOrEqual(size)
          inFlight.set(id, turn)
        } else {
          const [id] = [...inFlight.keys()].slice(choice % (inFlight.size || 1))
          if (id === undefined) continue
          expect(window.dueNs(id)).toBe(inFlight.get(id))
          expect(window.sentNs(id)).toBe((inFlight.get(id) as number) + 1)
          window.release(id)
          inFlight.delete(id)
        }
        expect(window.inFlight).toBe(inFlight.size)
      }
    }),
  )
})

it('awaits nothing for an id that is not in flight, or that there is not', () => {
  const window = new FlightWindow(2)
  const id = window.take(0, 0, AWAITS.pubrec)
  expect(window.awaitedBy(id)).toBe(AWAITS.pubrec)
  window.advance(id, AWAITS.pubcomp)
  expect(window.awaitedBy(id)).toBe(AWAITS.pubcomp)
  window.release(id)
  for (const other of [id, 0, 3, 65_535]) expect(window.awaitedBy(other)).toBe(AWAITS.nothing)
})
