import type * as z from 'zod'
import { type Language, spokenLanguage } from './language.ts'
import type { wordingSchema } from './wording-schema.ts'

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
