import { expect, it } from 'vitest'
import { chosenLanguage } from './chosen-language.ts'

it.each([
  ['run json', {}, 'en'],
  ['run json', { LANG: 'zh_TW.UTF-8' }, 'zh-TW'],
  ['run --lang zh-TW', {}, 'zh-TW'],
  ['--lang=zh-TW run', { LANG: 'en_GB' }, 'zh-TW'],
  ['run --lang en', { LANG: 'zh_TW' }, 'en'],
  // For the parser to refuse, in the language of the environment.
  ['run --lang fr', { LANG: 'zh_TW' }, 'zh-TW'],
  ['run --lang', {}, 'en'],
] as const)('%s under %j is in %s', (line, env, language) => {
  expect(chosenLanguage(line.split(' '), env)).toBe(language)
})
