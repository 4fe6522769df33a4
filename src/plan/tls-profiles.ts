import { catalogue } from '../model/text/language.ts'
import { suggestOneOf } from '../model/text/nearest.ts'
import { tlsFamilyOf } from '../model/tls/profile-family.ts'
import { TLS_PROFILE_IDS, type TlsProfileId } from '../model/tls/profiles.ts'
import { listTransports } from '../transports/registry.ts'
import type { PlannedScenario } from './plan.ts'
import { splitList } from './split-list.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: {
    unknown: (name: string, hint: string) => `--tls: unknown TLS profile ${name}; ${hint}`,
    none: '--tls: no transport of this run speaks TLS; name one, such as -t https1,mqtts-qos1',
  },
  'zh-TW': {
    unknown: (name, hint) => `--tls：沒有 ${name} 這個 TLS 設定檔；${hint}`,
    none: '--tls：這次測量的傳輸方式都不用 TLS；請指定一個，例如 -t https1,mqtts-qos1',
  },
})

/**
 * What `--tls` names, as a scenario file would; undefined where it was not given.
 * @throws InstrumentError `usage`
 */
export function parseTlsProfiles(
  text: string | undefined,
): TlsProfileId | TlsProfileId[] | undefined {
  if (text === undefined) return undefined
  const names = splitList('--tls', text)
  const profiles = names.flatMap((name) => TLS_PROFILE_IDS.find((id) => id === name) ?? [])
  const unknown = names.find((name) => !profiles.some((id) => id === name))
  if (unknown !== undefined) {
    throw usage(say.unknown(unknown, suggestOneOf(unknown, TLS_PROFILE_IDS)))
  }
  return profiles.length === 1 ? profiles[0] : profiles
}

/**
 * What goes in the clear is the same under every profile: of the scenarios of one
 * file, only the first has it, and claims that are about nothing else.
 * @param isAsked whether `--tls` was given
 * @throws InstrumentError `usage` where it was, and nothing speaks TLS
 */
export function fitTlsProfiles(
  scenarios: readonly PlannedScenario[],
  isAsked: boolean,
): PlannedScenario[] {
  const secure = new Set(listTransports().flatMap(({ id, traits }) => (traits.secure ? [id] : [])))
  if (isAsked && !scenarios.some(({ transports }) => transports.some((id) => secure.has(id)))) {
    throw usage(say.none)
  }
  const families = new Set<string>()
  return scenarios.flatMap((planned) => {
    const { scenario } = planned
    const family = tlsFamilyOf(scenario).name
    if (family === scenario.name || !families.has(family)) {
      families.add(family)
      return [planned]
    }
    const transports = planned.transports.filter((id) => secure.has(id))
    const claims = scenario.claims.filter(({ transport, ratio }) =>
      [transport ?? [], ratio?.of ?? [], ratio?.to ?? []].flat().some((id) => secure.has(id)),
    )
    return transports.length === 0
      ? []
      : [{ ...planned, transports, scenario: { ...scenario, claims } }]
  })
}
