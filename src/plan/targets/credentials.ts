import type { TargetKind } from '../../model/report/target-kind.ts'
import { requestHeaderProblems } from '../../model/scenario/http-headers.ts'
import { catalogue } from '../../model/text/language.ts'
import type { TargetOptions } from '../options.ts'
import { usage } from '../usage.ts'

const say = catalogue({
  en: {
    noUser: (kind: string, variable: string) =>
      `--${kind}-url: there is a password and no user name; give one in the URL or in ${variable}`,
    both: '--header: Authorization is given, and a user name too; give only one of them',
    colon: '--http-url: a user name of HTTP has no colon (RFC 7617 §2)',
    twice: (name: string) => `--header: ${name} is given twice; give it once`,
    wrong: (problem: string) => `--header: ${problem}`,
    noHeader: "--header: is no header; write 'Name: value'",
    unset: (name: string, variable: string) =>
      `--header: ${name}: the variable ${variable} is not set`,
  },
  'zh-TW': {
    noUser: (kind, variable) =>
      `--${kind}-url：有密碼卻沒有使用者名稱；請寫在 URL 或 ${variable} 中`,
    both: '--header：給了 Authorization，又給了使用者名稱；請只給其中一個',
    colon: '--http-url：HTTP 的使用者名稱不能有冒號（RFC 7617 §2）',
    twice: (name) => `--header：${name} 給了兩次；請只給一次`,
    wrong: (problem) => `--header：${problem}`,
    noHeader: "--header：不是標頭；請寫成 'Name: value'",
    unset: (name, variable) => `--header：${name}：沒有設定環境變數 ${variable}`,
  },
})

export interface Credentials {
  readonly userName?: string
  readonly password?: string
}

/** In place of a value that is to stand on no command line. */
const FROM_ENVIRONMENT = /^env:([A-Za-z_]\w*)$/

type Headers = Readonly<Record<string, string>>

/** Where credentials need not stand on a command line, which every user of the machine can read. */
const CREDENTIAL_VARIABLES: Readonly<Record<TargetKind, Record<keyof Credentials, string>>> = {
  http: { userName: 'MQTT_VS_HTTP_HTTP_USERNAME', password: 'MQTT_VS_HTTP_HTTP_PASSWORD' },
  mqtt: { userName: 'MQTT_VS_HTTP_MQTT_USERNAME', password: 'MQTT_VS_HTTP_MQTT_PASSWORD' },
}

/**
 * Each from the URL, or else from the environment.
 * @throws InstrumentError `usage` for a password without a user name
 */
export function readCredentials(
  kind: TargetKind,
  given: { userName?: string | undefined; password?: string | undefined },
  env: NodeJS.ProcessEnv,
): Credentials {
  const variables = CREDENTIAL_VARIABLES[kind]
  const userName = given.userName ?? env[variables.userName]
  const password = given.password ?? env[variables.password]
  if (password !== undefined && userName === undefined) {
    // [MQTT-3.1.2-22], RFC 7617 §2
    throw usage(say.noUser(kind, variables.userName))
  }
  return {
    ...(userName !== undefined && { userName }),
    ...(password !== undefined && { password }),
  }
}

/**
 * The headers with an Authorization of the credentials (RFC 7617), where there are any.
 * @throws InstrumentError `usage` where there is one already
 */
export function basicAuthorization(
  { userName, password = '' }: Credentials,
  headers: Headers,
): Headers {
  if (userName === undefined) return headers
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')) {
    throw usage(say.both)
  }
  if (userName.includes(':')) throw usage(say.colon)
  const encoded = Buffer.from(`${userName}:${password}`, 'utf8').toString('base64')
  return { ...headers, authorization: `Basic ${encoded}` }
}

/**
 * Each header once; a value `env:NAME` is that of the variable.
 * @throws InstrumentError `usage`, naming the header and never its value
 */
export function readHeaders({ header = [] }: TargetOptions, env: NodeJS.ProcessEnv): Headers {
  const headers: Record<string, string> = {}
  for (const [name, value] of header.map((text) => splitHeader(text, env))) {
    const seen = Object.keys(headers).some((other) => other.toLowerCase() === name.toLowerCase())
    if (seen) throw usage(say.twice(name))
    headers[name] = value
  }
  const [problem] = requestHeaderProblems(headers)
  if (problem !== undefined) throw usage(say.wrong([...problem.path, problem.message].join(' ')))
  return headers
}

/** What is no header at all may be a secret alone, and is not repeated. */
function splitHeader(text: string, env: NodeJS.ProcessEnv): readonly [string, string] {
  const [, name, value] = /^([^:\s]+):\s*(.*?)\s*$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw usage(say.noHeader)
  const [, variable] = FROM_ENVIRONMENT.exec(value) ?? []
  if (variable === undefined) return [name, value]
  const held = env[variable]
  if (held !== undefined && held !== '') return [name, held]
  throw usage(say.unset(name, variable))
}
