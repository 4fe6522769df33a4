import { expect, it } from 'vitest'
import { ServerClock } from './server-clock.ts'

const AT = Date.UTC(1994, 10, 6, 8, 49, 37)
const dateAt = (ms: number): string => new Date(ms).toUTCString()

it.each([0, 4_200, -4_200])(
  'knows by how much clocks differ, by the answers of some seconds: %i',
  (aheadMs) => {
    const clock = new ServerClock()
    // An answer each 70 ms, that takes 3: the Date is in whole seconds, rounded down.
    for (let ms = AT + 250; ms < AT + 3_000; ms += 70) clock.sawDate(dateAt(ms), ms + 3 + aheadMs)
    expect(clock.aheadMs).toBeGreaterThanOrEqual(aheadMs)
    expect(clock.aheadMs).toBeLessThanOrEqual(aheadMs + 3 + 70)
  },
)

it('knows nothing without a Date', () => {
  const clock = new ServerClock()
  clock.sawDate('yesterday', AT)
  expect(clock.aheadMs).toBeNull()
  clock.sawDate(dateAt(AT), AT + 5)
  expect(clock.aheadMs).toBe(5)
  clock.forget()
  expect(clock.aheadMs).toBeNull()
})
