import * as z from 'zod'
import { catalogue, listNames } from '../text/language.ts'
import { namedOnce } from '../text/named-once.ts'
import { TLS_PROFILE_IDS } from './profiles.ts'

const say = catalogue({
  en: { profiles: (known: string) => `must be a TLS profile, or a list of them: ${known}` },
  'zh-TW': { profiles: (known) => `必須是 TLS 設定檔，或設定檔的清單：${known}` },
})

export const tlsProfileName = z.enum(TLS_PROFILE_IDS)

/** As a file writes it: one profile, or a list for one scenario each. */
export const tlsProfileNames = z.union(
  [
    tlsProfileName,
    z.array(tlsProfileName).min(1).superRefine(namedOnce()).meta({ uniqueItems: true }),
  ],
  { error: () => say.profiles(listNames(TLS_PROFILE_IDS)) },
)
