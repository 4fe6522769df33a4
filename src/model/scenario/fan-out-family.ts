import type { Scenario, ScenarioFile } from './scenario.ts'

/** A file of one TLS profile. */
type ProfiledFile = Omit<ScenarioFile, 'tls'> & Pick<Scenario, 'tls'>

/**
 * The scenarios that a file stands for: itself, or one for each number of
 * subscribers that it lists, `fan-out-10` with the title `fan-out, one to 10`.
 */
export function expandSubscribers({ subscribers, ...rest }: ProfiledFile): Scenario[] {
  if (subscribers === undefined) return [rest]
  if (!Array.isArray(subscribers)) return [{ ...rest, subscribers }]
  return subscribers.map((count) => ({
    ...rest,
    name: rest.name + nameSuffix(count),
    title: rest.title + titleSuffix(count),
    subscribers: count,
  }))
}

/** What the scenarios of one file have in common: the name and the title that stand in it. */
export function familyOf({ name, title, subscribers }: Scenario): { name: string; title: string } {
  if (subscribers === undefined) return { name, title }
  return {
    name: withoutSuffix(name, nameSuffix(subscribers)),
    title: withoutSuffix(title, titleSuffix(subscribers)),
  }
}

const nameSuffix = (count: number): string => `-${count}`
const titleSuffix = (count: number): string => `, one to ${count}`

const withoutSuffix = (text: string, suffix: string): string =>
  text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
