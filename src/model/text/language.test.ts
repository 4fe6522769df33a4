import { expect, it } from 'vitest'
import { catalogue, inLanguage, languageOf, spokenLanguage } from './language.ts'

const say = catalogue({
  en: { hello: 'hello', bytes: (count: number) => `${count} bytes`, words: { up: 'up' } },
  'zh-TW': { hello: '你好', bytes: (count) => `${count} 位元組`, words: { up: '上行' } },
})

it('speaks the language of the moment, and goes back to the one before, also after an error', () => {
  expect([say.hello, say.bytes(2), say.words.up]).toEqual(['hello', '2 bytes', 'up'])
  expect(inLanguage('zh-TW', () => [say.hello, say.bytes(2), say.words.up])).toEqual([
    '你好',
    '2 位元組',
    '上行',
  ])
  expect(() =>
    inLanguage('zh-TW', () => {
      throw new Error('mid-sentence')
    }),
  ).toThrow('mid-sentence')
  expect(spokenLanguage()).toBe('en')
})

it.each([
  [{}, 'en'],
  [{ LANG: 'zh_TW.UTF-8' }, 'zh-TW'],
  [{ LANG: 'zh_TW' }, 'zh-TW'],
  [{ LANG: 'zh_CN.UTF-8' }, 'en'],
  [{ LANG: 'zh_TW.UTF-8', LC_MESSAGES: 'en_GB.UTF-8' }, 'en'],
  [{ LANG: 'C', LC_ALL: 'zh_TW.UTF-8', LC_MESSAGES: 'en_GB' }, 'zh-TW'],
  [{ LC_ALL: '', LANG: 'zh_TW.UTF-8' }, 'zh-TW'],
] as const)('%j speaks %s', (env, language) => {
  expect(languageOf(env)).toBe(language)
})

it('does not compile without a translation', () => {
  // @ts-expect-error: a key is missing
  catalogue({ en: { a: 'a', b: 'b' }, 'zh-TW': { a: '甲' } })
  // @ts-expect-error: a function of other values
  catalogue({ en: { a: (n: number) => `${n}` }, 'zh-TW': { a: (n: string) => n } })
  // @ts-expect-error: nobody says it in English
  catalogue({ en: { a: 'a' }, 'zh-TW': { a: '甲', b: '乙' } })
})
