import { expect, it } from 'vitest'
import { createLiveBlock } from './live-block.ts'

function record(stream: { isTTY?: boolean; columns?: number; rows?: number }, env = {}) {
  const written: string[] = []
  const block = createLiveBlock({ ...stream, write: (text) => written.push(text) }, env)
  return { block, written }
}

const up = (lines: number): string => `\u001b[${lines}F\u001b[J`

it('replaces its lines, writes what stays above them, and goes at the end', () => {
  const { block, written } = record({ isTTY: true, columns: 80 }, { NO_COLOR: '1' })
  expect(block.kind).toBe('live')
  block.draw(['a', 'b'])
  block.draw(['c'])
  block.warn('careful')
  block.done()
  block.done()
  expect(written).toEqual(['a\nb\n', up(2), 'c\n', up(1), 'careful\n', 'c\n', up(1)])
})

it('is cut to the screen: what has scrolled away or wrapped could not be replaced', () => {
  const { block, written } = record({ isTTY: true, columns: 5, rows: 3 })
  block.draw(['123456', 'b', 'c', 'd'])
  expect(written).toEqual(['1234\nb\n'])
})

it.each([
  [{ isTTY: false }, {}],
  [{ isTTY: true }, { TERM: 'dumb' }],
])('writes its first line alone where nothing can be replaced: %j %j', (stream, env) => {
  const { block, written } = record(stream, env)
  expect(block.kind).toBe('plain')
  block.draw(['a', 'b'])
  block.draw(['a', 'c'])
  block.note('stays')
  block.done()
  expect(written).toEqual(['a\n', 'stays\n'])
})
