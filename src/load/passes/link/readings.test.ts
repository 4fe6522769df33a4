import { expect, it } from 'vitest'
import type { InterfaceCounters } from '../../../system/namespace/interface-counters.ts'
import { isEven, type LinkReadings, packetsOf } from './readings.ts'

const at = (sent: number, received: number): InterfaceCounters => ({
  sent: { packets: sent, bytes: 0 },
  received: { packets: received, bytes: 0 },
})

/** @param connected packets of the set-up; each message has what is said, up and down */
function pass(connected: [number, number], ...each: [number, number][]): LinkReadings {
  let [up, down] = connected
  const messages = each.map(([sent, received]) => {
    up += sent
    down += received
    return at(up, down)
  })
  return {
    before: at(0, 0),
    connected: at(...connected),
    messages,
    keptAlive: at(up, down),
    closed: at(up, down),
  }
}

it.each<[string, LinkReadings, boolean]>([
  ['alike', pass([3, 2], [2, 1], [2, 1], [2, 1]), true],
  ['alike but for the first', pass([3, 2], [2, 2], [2, 1], [2, 1]), true],
  ['one with an acknowledgement more', pass([3, 2], [2, 1], [2, 1], [2, 2]), false],
  ['as many in all, and other ways', pass([3, 2], [2, 1], [2, 1], [1, 2]), false],
  ['with connections of their own', pass([0, 0], [9, 7], [9, 8], [10, 7]), true],
  ['one only', pass([3, 2], [2, 2]), true],
  ['none', pass([3, 2]), true],
])('tells whether messages were disturbed: %s', (_, readings, expected) => {
  expect(isEven(readings)).toBe(expected)
})

it('counts the packets of a pass both ways', () => {
  expect(packetsOf(pass([3, 2], [2, 1], [2, 2]))).toBe(12)
})
