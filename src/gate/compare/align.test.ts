import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { align } from './align.ts'

const same = (a: string, b: string): number => (a === b ? 1 : 0)
const written = (was: string, is: string): string =>
  align([...was], [...is], same)
    .map((step) =>
      step.was === null ? `+${step.is}` : step.is === null ? `-${step.was}` : step.is,
    )
    .join(' ')

describe('two lists side by side', () => {
  it.each([
    ['', '', ''],
    ['abc', 'abc', 'a b c'],
    ['abc', 'axbc', 'a +x b c'],
    ['abc', 'ac', 'a -b c'],
    ['abc', 'axc', 'a -b +x c'],
    ['', 'ab', '+a +b'],
    ['ab', '', '-a -b'],
  ])('%j and %j', (was, is, steps) => {
    expect(written(was, is)).toBe(steps)
  })

  it('prefers the likelier of two partners', () => {
    const likeness = (a: number, b: number) => (a === b ? 3 : 2)
    expect(align([7], [1, 7], likeness)).toEqual([
      { was: null, is: 1 },
      { was: 7, is: 7 },
    ])
  })

  it('keep everything, in order', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
    fc.assert(
      fc.property(list, list, (was, is) => {
        const steps = align(was, is, same)
        expect(steps.flatMap((step) => step.was ?? [])).toEqual(was)
        expect(steps.flatMap((step) => step.is ?? [])).toEqual(is)
      }),
    )
  })
})
