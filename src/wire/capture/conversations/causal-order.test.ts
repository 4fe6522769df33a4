import { expect, it } from 'vitest'
import { CausalOrder, type End } from './causal-order.ts'

/** In which order they are said; `first 0+3 after 0`: end, offset and length, and what of the other end its packet acknowledges. */
function orderOf(lines: readonly string[]): number[] {
  const said: number[] = []
  const places = new Map<Uint8Array, number>()
  const order = new CausalOrder(({ bytes }) => said.push(places.get(bytes) as number))
  lines.forEach((line, place) => {
    const [, end, offset, length, after] =
      /^(first|second) (\d+)\+(\d+) after (\d+)$/.exec(line) ?? []
    const bytes = new Uint8Array(Number(length))
    places.set(bytes, place)
    order.add({
      ...{ end: end as End, bytes, missingBytes: 0 },
      ...{ offset: Number(offset), afterBytes: Number(after) },
    })
  })
  order.end()
  return said
}

it.each([
  ['as captured', ['first 0+3 after 0', 'second 0+2 after 3', 'first 3+1 after 2'], [0, 1, 2]],
  ['an answer captured before its question', ['second 0+2 after 3', 'first 0+3 after 0'], [1, 0]],
  [
    'several questions before it',
    ['second 0+2 after 6', 'first 0+3 after 0', 'first 3+3 after 0', 'first 6+3 after 2'],
    [1, 2, 0, 3],
  ],
  ['what is acknowledged was never captured', ['second 0+2 after 9', 'second 2+2 after 9'], [0, 1]],
  ['both wait for what is not there', ['second 0+2 after 9', 'first 0+3 after 9'], [0, 1]],
])('%s', (_what, lines, expected) => {
  expect(orderOf(lines)).toEqual(expected)
})

it('holds back no more than a few, however much is acknowledged', () => {
  const said: number[] = []
  const order = new CausalOrder(({ offset }) => said.push(offset))
  for (let offset = 0; offset < 200; offset += 1) {
    order.add({ end: 'first', bytes: new Uint8Array(1), missingBytes: 0, offset, afterBytes: 9 })
  }
  expect(said.length).toBeGreaterThan(100)
})
