import { describe, expect, it } from 'vitest'
import { clipLine, createProgress } from './progress.ts'

function record(stream: { isTTY?: boolean; columns?: number }, env: Record<string, string> = {}) {
  const written: string[] = []
  const progress = createProgress({ ...stream, write: (text) => written.push(text) }, env)
  return { progress, written }
}

const CLEAR = '\r\u001b[2K'

describe('progress on a terminal', () => {
  it('redraws one line, which a warning and the end clear', () => {
    const { progress, written } = record({ isTTY: true, columns: 80 })
    progress.update('one')
    progress.update('two')
    progress.warn('careful')
    progress.update('three')
    progress.done()
    progress.done()
    expect(written).toEqual([
      `${CLEAR}one`,
      `${CLEAR}two`,
      CLEAR,
      '\u001b[33mcareful\u001b[39m\n',
      `${CLEAR}three`,
      CLEAR,
    ])
  })

  it('has no colour under NO_COLOR', () => {
    const { progress, written } = record({ isTTY: true }, { NO_COLOR: '1' })
    progress.warn('careful')
    expect(written).toEqual(['careful\n'])
  })

  it('never wraps: it leaves the last column free, and counts wide characters twice', () => {
    const { progress, written } = record({ isTTY: true, columns: 10 })
    progress.update('溫度溫度溫度')
    progress.update('0123456789')
    progress.update('a\nb')
    expect(written).toEqual([`${CLEAR}溫度溫度`, `${CLEAR}012345678`, `${CLEAR}a b`])
  })
})

describe('progress elsewhere', () => {
  it.each([
    ['a pipe', { isTTY: false }, {}],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }],
  ])('writes plain lines to %s, each once', (_what, stream, env) => {
    const { progress, written } = record(stream, env)
    progress.update('one')
    progress.update('one')
    progress.warn('careful\nnow')
    progress.update('two')
    progress.done()
    expect(written).toEqual(['one\n', 'careful now\n', 'two\n'])
  })
})

it('a clipped line keeps whole characters', () => {
  expect(clipLine('a溫b', 2)).toBe('a')
  expect(clipLine('e\u0301e\u0301', 1)).toBe('e\u0301')
})
