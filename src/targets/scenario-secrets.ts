import { PAYLOAD_PLACE, percentEncode } from '../model/scenario/http-query.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { isSecretHeader, isSecretName } from '../model/scenario/secret-names.ts'
import { type SecretValue, secretOf } from '../model/scenario/secret-value.ts'
import type { Target } from './target.ts'
import { NO_SECRETS, type Secrets } from './withhold.ts'

const WITHHELD = '(withheld)'

type Fields = Readonly<Record<string, string>>

const isSecretField = (name: string, value: string): boolean =>
  value !== PAYLOAD_PLACE && isSecretName(name)

const named = (fields: Fields, isSecret: (name: string, value: string) => boolean): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name, value]) => isSecret(name, value)))

const HEAD_FIELD = /^([^:\r\n]+):[ \t]*([^\r\n]*)$/gm

/** Values of a captured head that let somebody in, and those without their scheme. */
const secretsInHead = (head = ''): string[] =>
  [...head.matchAll(HEAD_FIELD)].flatMap(([, name = '', value = '']) =>
    isSecretHeader(name) ? [value, ...value.split(/\s+/).slice(1)] : [],
  )

const blankHead = (head: string): string =>
  head.replace(HEAD_FIELD, (line, name: string) =>
    isSecretHeader(name) ? `${name}: ${WITHHELD}` : line,
  )

/** What a scenario file says that lets its device in, and must not be shown of what crosses the wire. */
function secretsInScenario({ http, mqtt, token }: Scenario): Secrets {
  const { headers, query = {} } = http.request
  const given = named(headers, isSecretHeader)
  const { basic, bearer } = http
  const password = secretOf(basic?.password)
  const pair = password.map((text) => Buffer.from(`${basic?.username}:${text}`).toString('base64'))
  const values = [
    ...[token, bearer, mqtt.password].flatMap(secretOf),
    ...[http.request.head, http.response.head].flatMap(secretsInHead),
    ...[...password, ...pair],
    ...Object.values(named(mqtt.userProperties ?? {}, isSecretHeader)),
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

const blanked = (value: SecretValue): SecretValue => (typeof value === 'string' ? WITHHELD : value)

/** The scenario as a report may have it. */
export function withoutSecrets(scenario: Scenario): Scenario {
  const { headers, query, head } = scenario.http.request
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
    ...(head !== undefined && { head: blankHead(head) }),
  }
  const { basic, bearer } = scenario.http
  const http = {
    ...scenario.http,
    request,
    ...(bearer !== undefined && { bearer: blanked(bearer) }),
    ...(basic !== undefined && { basic: { ...basic, password: blanked(basic.password) } }),
  }
  const { password, userProperties } = scenario.mqtt
  const mqtt = {
    ...scenario.mqtt,
    ...(password !== undefined && { password: blanked(password) }),
    ...(userProperties !== undefined && { userProperties: blank(userProperties, isSecretHeader) }),
  }
  const { token } = scenario
  return { ...scenario, ...(token !== undefined && { token: blanked(token) }), http, mqtt }
}
