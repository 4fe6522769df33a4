import * as z from 'zod'
import { catalogue, LANGUAGES, listNames } from './language.ts'

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
