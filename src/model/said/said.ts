import { inLanguage } from '../text/language.ts'
import { SENTENCES, type Sentences } from './sentences.ts'

/** A sentence by its key, and of what it is said: numbers, names, other sentences. */
export interface Saying {
  key: string
  values: Record<string, number | Said | Said[]>
}

/** What a report keeps of a sentence; where nobody keyed it, and in older reports, its text. */
export type Said = string | Saying

type OfWhat<Key extends keyof Sentences> = Parameters<Sentences[Key]>[0]

/** Where a sentence takes a text, it may be another sentence. */
type Values<Of> = {
  [Name in keyof Of]: Of[Name] extends string
    ? Said
    : Of[Name] extends string[]
      ? readonly Said[]
      : Of[Name]
}

/** A sentence of the catalogue, to be kept. */
export const said = <Key extends keyof Sentences>(
  key: Key,
  ...[values]: OfWhat<Key> extends undefined ? [] : [Values<OfWhat<Key>>]
): Saying => ({ key, values: { ...values } as Saying['values'] })

/** As part of another sentence: what is no more than a text is known as one. */
export const quoted = (sentence: Said): Saying =>
  typeof sentence === 'string' ? said('original', { text: sentence }) : sentence

/** In the language that is spoken; a text is shown as it stands, and marked where it is foreign. */
export const saidText = (sentence: Said): string => textOf(quoted(sentence))

function textOf({ key, values }: Saying): string {
  const told = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(innerText) : innerText(value),
    ]),
  )
  const tell = Object.hasOwn(SENTENCES, key) ? SENTENCES[key as keyof Sentences] : undefined
  // A newer report has a sentence that is not known here.
  if (tell === undefined) return `${key} ${JSON.stringify(told)}`
  return (tell as (of: typeof told) => string)(told)
}

/** Names and figures stay as they are. */
const innerText = (value: number | Said): number | string =>
  typeof value === 'object' ? textOf(value) : value

/** For what programs read. */
export const saidInEnglish = (sentence: Said): string => inLanguage('en', () => saidText(sentence))

/** Each once, in the order in which they were first said. */
export const distinct = (sentences: readonly Said[]): Said[] => [
  ...new Map(sentences.map((sentence) => [JSON.stringify(sentence), sentence])).values(),
]
