import { describe, expect, it } from 'vitest'
import { inLanguage } from '../model/text/language.ts'
import { displayWidth } from '../model/text/text-width.ts'
import { clipLine, createProgress } from './progress.ts'

function record(stream: { isTTY?: boolean; columns?: number }, env: Record<string, string> = {}) {
  const written: string[] = []
  const clock = { ms: 0 }
  const write = (text: string) => written.push(text)
  const progress = createProgress({ ...stream, write }, env, () => clock.ms)
  return { progress, written, clock }
}

const STEP = { what: 'json: bytes, http1', share: 0.42, leftMs: 12_300 }

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

describe('a step whose share is known', () => {
  const drawn = (columns: number, step = STEP): string => {
    const { progress, written } = record({ isTTY: true, columns }, { NO_COLOR: '1' })
    progress.update(step)
    return (written[0] as string).slice(CLEAR.length)
  }
  const full = '████████░░░░░░░░░░░░'

  it('has a bar, its share and the time that is left before it', () => {
    expect(drawn(80)).toBe(`${full}  42 %  about 12 s left  json: bytes, http1`)
    expect(drawn(80, { ...STEP, leftMs: 200_000 })).toContain('  about 3 min left  ')
    // What is still being measured is never done.
    expect(drawn(80, { ...STEP, share: 1, leftMs: 0 })).toMatch(/█{20} {2}99 % {2}nearly done {2}/)
    expect(inLanguage('zh-TW', () => drawn(80))).toBe(
      `${full}   42%  約剩 12 秒  json: bytes, http1`,
    )
  })

  it('keeps to a narrow terminal: a shorter bar, then none', () => {
    expect(drawn(60)).toBe('███░░░░░  42 %  about 12 s left  json: bytes, http1')
    expect(drawn(38)).toBe('42 %  about 12 s left  json: bytes, h')
    for (const columns of [1, 8, 20, 39, 41, 69, 71, 200]) {
      expect(displayWidth(drawn(columns))).toBeLessThanOrEqual(Math.max(0, columns - 1))
    }
  })

  it('stands in words where nothing can be drawn', () => {
    const { progress, written } = record({})
    progress.update({ ...STEP, leftMs: null })
    inLanguage('zh-TW', () => progress.done())
    expect(written).toEqual(['json: bytes, http1 (42 %)\n'])
  })
})

it('a pipe gets the first step, the last, and one in ten seconds; all of them for who waits for one', () => {
  for (const [env, expected] of [
    [{}, ['0', 'careful', '3', '7']],
    [{ MQTT_VS_HTTP_PROGRESS: 'lines' }, ['0', '1', 'careful', '2', '3', '4', '5', '6', '7']],
  ] as const) {
    const { progress, written, clock } = record({}, env)
    for (let step = 0; step < 8; step += 1) {
      progress.update(String(step))
      if (step === 1) progress.warn('careful')
      clock.ms += 3_400
      if (step >= 4) clock.ms -= 3_000
    }
    progress.done()
    progress.done()
    expect(written).toEqual(expected.map((line) => `${line}\n`))
  }
})

describe('progress elsewhere', () => {
  it.each([
    ['a pipe', { isTTY: false }, {}],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }],
  ])('writes plain lines to %s, each once', (_what, stream, env) => {
    const { progress, written, clock } = record(stream, env)
    progress.update('one')
    progress.update('one')
    progress.warn('careful\nnow')
    clock.ms += 10_000
    progress.update('two')
    progress.done()
    expect(written).toEqual(['one\n', 'careful now\n', 'two\n'])
  })
})

it('a clipped line keeps whole characters', () => {
  expect(clipLine('a溫b', 2)).toBe('a')
  expect(clipLine('e\u0301e\u0301', 1)).toBe('e\u0301')
  expect(clipLine('██░░', 3)).toBe('██░')
})
