import * as z from 'zod'
import { catalogue, LANGUAGES, type Language, listNames, spokenLanguage } from './language.ts'

const say = catalogue({
  en: { texts: (languages: string) => `must be a text, or one for each of ${languages}` },
  'zh-TW': { texts: (languages) => `必須是文字，或各語言各一段：${languages}` },
})

const text = z.string().min(1)

const languages = z.strictObject({
  en: text.describe('in English'),
  'zh-TW': text.describe('in Chinese as written in Taiwan'),
})

/** What whoever writes a scenario says: as written, or in every language. */
export const wordingSchema = z.union([text, languages], {
  error: () => say.texts(listNames(LANGUAGES)),
})

export type Wording = z.output<typeof wordingSchema>

export const wordsOf = (wording: Wording): string =>
  typeof wording === 'string' ? wording : wording[spokenLanguage()]

/** Each of its texts changed; one that is as written counts as English. */
export const mapWording = (
  wording: Wording,
  change: (words: string, language: Language) => string,
): Wording =>
  typeof wording === 'string'
    ? change(wording, 'en')
    : { en: change(wording.en, 'en'), 'zh-TW': change(wording['zh-TW'], 'zh-TW') }
