/** What people are spoken to in. What programs read has one form in all of them. */
export const LANGUAGES = ['en', 'zh-TW'] as const
export type Language = (typeof LANGUAGES)[number]

/** A text, what makes one of values, or words by their names. */
type Message = string | ((...values: never[]) => string) | { readonly [name: string]: Message }

/** The same keys; functions of the same values. */
type Translated<M> = M extends string
  ? string
  : M extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof M]: Translated<M[Key]> }

let spoken: Language = 'en'

export const spokenLanguage = (): Language => spoken

/** From now on, in this process. */
export function speak(language: Language): void {
  spoken = language
}

/** Whatever else is spoken: what `tell` makes at once, and does not wait for, is in this language. */
export function inLanguage<Told>(language: Language, tell: () => Told): Told {
  const before = spoken
  spoken = language
  try {
    return tell()
  } finally {
    spoken = before
  }
}

/**
 * Messages by key, which stand beside the code that says them. English says
 * which there are and of what values; a language that lacks one does not
 * compile. A message is of the language that is spoken when it is asked for, so
 * it is never kept in a constant.
 */
export function catalogue<const M extends Readonly<Record<string, Message>>>(languages: {
  readonly en: M
  readonly 'zh-TW': NoInfer<Translated<M>>
}): Translated<M> {
  const messages = {}
  for (const key of Object.keys(languages.en)) {
    Object.defineProperty(messages, key, {
      enumerable: true,
      get: () => (languages[spoken] as Readonly<Record<string, Message>>)[key],
    })
  }
  return messages as Translated<M>
}

/** Messages that stand apart, and are to be part of a catalogue. */
export const translations = <const M extends Readonly<Record<string, Message>>>(languages: {
  readonly en: M
  readonly 'zh-TW': NoInfer<Translated<M>>
}): { readonly en: M; readonly 'zh-TW': Translated<M> } => languages

/**
 * As POSIX has it: the first of these that is set decides, even by a language
 * that is not spoken here. `zh_TW.UTF-8` is Chinese as written in Taiwan.
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || ''
  return /^zh_TW(?:[.@]|$)/.test(locale) ? 'zh-TW' : 'en'
}

/** `1 message`, `1,000 messages`: English alone has the two. */
export const plural = (count: number, one: string, many: string): string =>
  count === 1 ? one : many

/** `a`, `a and b`, `a, b and c`; in Chinese `a、b 與 c`, without a space behind a bracket of its own. */
export function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  if (names.length < 2) return last
  const first = names.slice(0, -1)
  if (spoken === 'en') return `${first.join(', ')} and ${last}`
  const listed = first.join('、')
  return `${listed}${listed.endsWith('）') ? '' : ' '}與 ${last}`
}

/** `a, b, c`; in Chinese `a、b、c`. */
export const listNames = (names: readonly string[]): string =>
  names.join(spoken === 'en' ? ', ' : '、')

/** `name: what`; in Chinese `name：what`. */
export const named = (name: string, what: string): string =>
  spoken === 'en' ? `${name}: ${what}` : `${name}：${what}`
