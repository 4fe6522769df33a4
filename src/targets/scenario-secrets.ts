import { PAYLOAD_PLACE, percentEncode } from '../model/scenario/http-query.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { isSecretName } from '../model/scenario/secret-names.ts'
import type { Target } from './target.ts'
import { NO_SECRETS, type Secrets } from './withhold.ts'

const WITHHELD = '(withheld)'

type Fields = Readonly<Record<string, string>>

const isSecretHeader = (name: string): boolean =>
  /^(proxy-)?authorization$|^cookie$/i.test(name) || isSecretName(name.replace(/^x-/i, ''))

const isSecretField = (name: string, value: string): boolean =>
  value !== PAYLOAD_PLACE && isSecretName(name)

const named = (fields: Fields, isSecret: (name: string, value: string) => boolean): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => isSecret(name, value)))

/** What a scenario file says that lets its device in, and must not be shown of what crosses the wire. */
function secretsInScenario({ http }: Scenario): Secrets {
  const { headers, query = {} } = http.request
  const given = named(headers, isSecretHeader)
  const values = [
    ...Object.values(given),
    ...Object.values(given).flatMap((value) => value.split(/\s+/).slice(1)),
    ...Object.values(named(query, isSecretField)).flatMap((value) => [
      value,
      percentEncode(Buffer.from(value)),
    ]),
  ]
  return {
    fields: Object.keys(given).map((name) => name.toLowerCase()),
    query: 'shown',
    values: [...new Set(values)].filter((value) => value !== ''),
  }
}

/** Everything that a cell's messages may give away: what the scenario says, and what the user said of a server. */
export function secretsOfCell({
  scenario,
  target,
}: {
  readonly scenario: Scenario
  readonly target?: Target | undefined
}): Secrets {
  const own = secretsInScenario(scenario)
  const { fields, values, query } = target?.secrets ?? NO_SECRETS
  return { fields: [...own.fields, ...fields], values: [...own.values, ...values], query }
}

/** The scenario as a report may have it. */
export function withoutSecrets(scenario: Scenario): Scenario {
  const { headers, query } = scenario.http.request
  const blank = (fields: Fields, isSecret: (name: string, value: string) => boolean) =>
    Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        isSecret(name, value) ? WITHHELD : value,
      ]),
    )
  const request = {
    ...scenario.http.request,
    headers: blank(headers, isSecretHeader),
    ...(query !== undefined && { query: blank(query, isSecretField) }),
  }
  return { ...scenario, http: { ...scenario.http, request } }
}
