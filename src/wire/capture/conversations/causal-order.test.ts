import { expect, it } from 'vitest'
import { inCausalOrder } from './causal-order.ts'
import type { End, Utterance } from './tcp-conversation.ts'

/** `first 0+3 after 0`: end, offset and length, and what of the other end its packet acknowledges. */
function utterances(lines: readonly string[]): Record<End, Utterance[]> {
  const said: Record<End, Utterance[]> = { first: [], second: [] }
  lines.forEach((line, order) => {
    const [, end, offset, length, after] =
      /^(first|second) (\d+)\+(\d+) after (\d+)$/.exec(line) ?? []
    const utterance: Utterance = {
      end: end as End,
      offset: Number(offset),
      bytes: new Uint8Array(Number(length)),
      afterBytes: Number(after),
      order,
    }
    said[utterance.end].push(utterance)
  })
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
  expect([...inCausalOrder(utterances(lines))].map(({ order }) => order)).toEqual(expected)
})
