import type { Language } from '../text/language.ts'
import { mapWording, type Wording } from '../text/wording.ts'
import type { Flow } from '../vocabulary.ts'
import type { EncodedFile } from './encoding-family.ts'
import type { Scenario } from './scenario.ts'

/** A file of one TLS profile. */
type ProfiledFile = Omit<EncodedFile, 'tls'> & Pick<Scenario, 'tls'>
/** And of one number of subscribers. */
type SizedFile = Omit<ProfiledFile, 'subscribers'> & Pick<Scenario, 'subscribers'>

/**
 * The scenarios that a file stands for: itself, or one for each number of
 * subscribers that it lists, `fan-out-10` with the title `fan-out, one to 10`.
 */
export function expandSubscribers({ subscribers, ...rest }: ProfiledFile): SizedFile[] {
  if (subscribers === undefined) return [rest]
  if (!Array.isArray(subscribers)) return [{ ...rest, subscribers }]
  return subscribers.map((count) => ({
    ...rest,
    name: rest.name + nameSuffix(count),
    title: mapWording(rest.title, (text, language) => text + titleSuffix(count, language)),
    subscribers: count,
  }))
}

/** What the scenarios of one file have in common: the name and the title that stand in it. */
export function familyOf({ name, title, subscribers }: Scenario): {
  name: string
  title: Wording
} {
  if (subscribers === undefined) return { name, title }
  return {
    name: withoutSuffix(name, nameSuffix(subscribers)),
    title: mapWording(title, (text, language) =>
      withoutSuffix(text, titleSuffix(subscribers, language)),
    ),
  }
}

const nameSuffix = (count: number): string => `-${count}`
const titleSuffix = (count: number, language: Language): string =>
  language === 'en' ? `, one to ${count}` : `，一對 ${count}`

const withoutSuffix = (text: string, suffix: string): string =>
  text.endsWith(suffix) ? text.slice(0, -suffix.length) : text

/** How many receive each message; null where a flow has one receiver by its nature. */
export function subscribersOf(scenario: {
  flow: Flow
  subscribers?: number | undefined
}): number | null {
  return scenario.flow === 'fanout' ? (scenario.subscribers ?? 1) : null
}
