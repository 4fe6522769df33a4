import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MeasureUnit, UnitSearch } from './unit-search.ts'

/** A unit: 0xa5, how many bytes follow, and those. */
const measure: MeasureUnit = (bytes, at) => {
  if (bytes[at] !== 0xa5) return null
  const length = bytes[at + 1]
  return length === undefined ? 'more' : 2 + length
}
const unit = (...content: number[]): number[] => [0xa5, content.length, ...content]

/** Where the first chain begins, fed in pieces of the length. */
function find(bytes: readonly number[], pieceBytes: number, last = 1): number | null {
  const search = new UnitSearch({ measure, chain: 3, last })
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = Uint8Array.from(bytes.slice(at, at + pieceBytes))
    const found = search.add(piece)
    if (found !== null) return at + piece.length - found.length
  }
  const found = search.finish()
  return found && bytes.length - found.length
}

describe('the search for units', () => {
  const chain = [...unit(1, 2, 3), ...unit(), ...unit(9)]

  it.each([
    ['at once', chain, 0],
    ['behind other bytes', [1, 2, 0xa5, 9, 3, ...chain], 5],
    ['behind what only looks like one', [0xa5, 2, 0, ...chain], 3],
    ['one alone, at the very end', unit(1, 2), 0],
    ['nowhere', [1, 2, 3, 4], null],
    ['nowhere: a unit that is cut off', [0xa5, 9, 1], null],
  ])('finds them %s, however the bytes are cut', (_, bytes, at) => {
    for (let pieceBytes = 1; pieceBytes <= bytes.length; pieceBytes += 1) {
      expect(find(bytes, pieceBytes)).toBe(at)
    }
  })

  it('takes few units at the end only where it began, if they could be anything', () => {
    expect(find(unit(1), 1, 2)).toBe(0)
    expect(find([0, ...unit(1)], 1, 2)).toBeNull()
    expect(find([0, ...unit(1), ...unit(2)], 1, 2)).toBe(1)
  })

  it('finds the same place however noise is cut', () => {
    const noise = fc.array(fc.constantFrom(0xa5, 0, 1, 2, 3), { maxLength: 60 })
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: 20 }), (bytes, pieceBytes) => {
        expect(find(bytes, pieceBytes)).toBe(find(bytes, Math.max(1, bytes.length)))
      }),
    )
  })

  it('goes on behind what was found and was none, without taking old bytes for new', () => {
    const search = new UnitSearch({ measure, chain: 3, last: 1 })
    const first = search.add(Uint8Array.from([7, ...chain]))
    expect(first).toHaveLength(chain.length)
    const again = search.add((first as Uint8Array).subarray(1))
    expect(again).toBeNull()
    expect(search.add(Uint8Array.from([...chain]))).not.toBeNull()
    expect(search.add(Uint8Array.from([7, 7]))).toBeNull()
    expect(search.heldBytes).toBe(0)
  })

  it('holds a bounded number of bytes and takes linear time', () => {
    const search = new UnitSearch({
      measure: (bytes, at) => (bytes[at] === 1 ? 200_000 : null),
      chain: 3,
      last: 1,
    })
    const bytes = new Uint8Array(64 * 1024).fill(1)
    let most = 0
    for (let index = 0; index < 64; index += 1) {
      search.add(bytes)
      most = Math.max(most, search.heldBytes)
    }
    expect(most).toBeLessThan(1024 * 1024)
  })
})
