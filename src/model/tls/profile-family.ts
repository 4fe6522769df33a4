import type { Language } from '../text/language.ts'
import { mapWording, type Wording } from '../text/wording.ts'
import type { TlsProfileId } from './profiles.ts'

interface Profiled {
  readonly name: string
  readonly title: Wording
  readonly tls?: TlsProfileId | TlsProfileId[] | undefined
}

/** What a file stands for: itself, or one for each TLS profile that it lists, `cold-start-device`. */
export function expandTlsProfiles<T extends Profiled>({
  tls,
  ...rest
}: T): (Omit<T, 'tls'> & { tls?: TlsProfileId })[] {
  if (tls === undefined) return [rest]
  if (!Array.isArray(tls)) return [{ ...rest, tls }]
  return tls.map((profile) => ({
    ...rest,
    name: rest.name + nameSuffix(profile),
    title: mapWording(rest.title, (text, language) => text + titleSuffix(profile, language)),
    tls: profile,
  }))
}

/** What the scenarios of one file have in common: the name and the title that stand in it. */
export function tlsFamilyOf({
  name,
  title,
  tls,
}: {
  name: string
  title: Wording
  tls?: TlsProfileId | undefined
}): { name: string; title: Wording } {
  if (tls === undefined) return { name, title }
  return {
    name: name.replace(nameSuffix(tls), ''),
    title: mapWording(title, (text, language) => text.replace(titleSuffix(tls, language), '')),
  }
}

const nameSuffix = (profile: TlsProfileId): string => `-${profile}`
const titleSuffix = (profile: TlsProfileId, language: Language): string =>
  language === 'en' ? `, TLS ${profile}` : `，TLS ${profile}`
