import { describe, expect, it } from 'vitest'
import { cycleLengthOf } from './cycle.ts'

const [a, b, c] = [{}, {}, {}]

describe('cycleLengthOf', () => {
  it.each([
    ['nothing', [], 0],
    ['one', [a], 1],
    ['the same again', [a, a, a], 1],
    ['two in turn', [a, b, a, b], 2],
    ['a last round cut short', [a, b, c, a], 3],
    ['a first that comes again within its round', [a, a, b, a, a, b], 3],
    ['no repetition', [a, b, c], 3],
    ['a repetition that breaks off', [a, b, a, c], 4],
  ])('%s', (_name, list, expected) => {
    expect(cycleLengthOf(list)).toBe(expected)
  })

  it('tells equal objects apart, since only one object can be sent twice for free', () => {
    expect(cycleLengthOf([{}, {}])).toBe(2)
  })
})
