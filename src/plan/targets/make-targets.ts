import { randomBytes } from 'node:crypto'
import type { ReportedTarget } from '../../model/report/target.ts'
import type { TargetKind } from '../../model/report/target-kind.ts'
import { TARGET_KINDS } from '../../model/report/target-kind.ts'
import { parseDuration } from '../../model/text/duration.ts'
import { catalogue } from '../../model/text/language.ts'
import type { Target, Targets } from '../../targets/target.ts'
import { secretsOf } from '../../targets/withhold.ts'
import type { TlsAccess } from '../../transports/transport.ts'
import { isGiven, TARGET_OPTIONS, type TargetOptions } from '../options.ts'
import { usage } from '../usage.ts'
import { boundElsewhere } from './bounds.ts'
import { basicAuthorization, readCredentials, readHeaders } from './credentials.ts'
import { locateHost } from './locate-host.ts'
import { bareHost, liftedBound, type OwnTargets } from './own-target.ts'
import { readTlsAccess } from './tls-files.ts'
import { parseTargetUrl, type TargetUrl } from './url.ts'

const say = catalogue({
  en: {
    idle: {
      noUrl: (flag: string) =>
        `--${flag}: is for a server that is already there; give --http-url or --mqtt-url too`,
      noTls: (flag: string) =>
        `--${flag}: no URL speaks TLS; write https://, mqtts:// or wss://, or leave it out`,
      noMqtts: (flag: string) =>
        `--${flag}: no URL is mqtts://; a WebSocket asks for http/1.1; leave it out`,
      noHttp: (flag: string) =>
        `--${flag}: no URL speaks HTTP; write http://, https://, ws:// or wss://, or leave it out`,
      noHttpUrl: (flag: string) => `--${flag}: is for an HTTP server; give --http-url too`,
      noMqttUrl: (flag: string) => `--${flag}: is for a broker; give --mqtt-url too`,
    },
    rate: (rate: number) => `--max-rate: ${rate} is no number of messages a second above 0`,
    timeout: (text: string, leastMs: number, mostMin: number) =>
      `--timeout: ${text} is no duration from ${leastMs} ms to ${mostMin} min, such as 5s`,
  },
  'zh-TW': {
    idle: {
      noUrl: (flag) => `--${flag}：用於已經在運行的伺服器；請一併給 --http-url 或 --mqtt-url`,
      noTls: (flag) =>
        `--${flag}：沒有使用 TLS 的 URL；請寫成 https://、mqtts:// 或 wss://，或拿掉這個選項`,
      noMqtts: (flag) =>
        `--${flag}：沒有 mqtts:// 的 URL；WebSocket 要求的是 http/1.1；請拿掉這個選項`,
      noHttp: (flag) =>
        `--${flag}：沒有使用 HTTP 的 URL；請寫成 http://、https://、ws:// 或 wss://，或拿掉這個選項`,
      noHttpUrl: (flag) => `--${flag}：用於 HTTP 伺服器；請一併給 --http-url`,
      noMqttUrl: (flag) => `--${flag}：用於代理伺服器；請一併給 --mqtt-url`,
    },
    rate: (rate) => `--max-rate：${rate} 不是大於 0 的每秒訊息數`,
    timeout: (text, leastMs, mostMin) =>
      `--timeout：${text} 不是 ${leastMs} 毫秒至 ${mostMin} 分鐘的時間，例如 5s`,
  },
})

/** How many, and how: what the options say besides the servers. */
export interface TargetAmounts {
  readonly messages: number | null
  readonly rounds: number | null
  readonly perRound: number | null
  /** Hosts that somebody answers for; none if left out. */
  readonly own?: OwnTargets
}

const DEFAULT_ANSWER_MS = 10_000
const LEAST_ANSWER_MS = 100
const MOST_ANSWER_MS = 600_000
/** As long as a message takes on one machine, and over a slow link. */
const STRAGGLER_MS = { 'this-machine': 1_000, elsewhere: 5_000 } as const

/**
 * The servers that the options name. Nothing is connected to: of their
 * hosts it is looked up where they are.
 * @param env holds credentials that need not stand on a command line
 * @param prefix of the flags that the URLs came from
 * @throws InstrumentError `usage`, naming the flag and never repeating its value
 */
export async function planTargets(
  options: TargetOptions,
  amounts: TargetAmounts,
  env: NodeJS.ProcessEnv,
  prefix: '' | 'reference-' = '',
): Promise<Targets> {
  const urls = TARGET_KINDS.flatMap((kind) => {
    const text = options[`${kind}-url`]
    return text === undefined ? [] : [parseTargetUrl(kind, text, `--${prefix}${kind}-url`)]
  })
  refuseIdleFlags(options, urls)
  const tls = await readTlsAccess(options)
  const headers = readHeaders(options, env)
  const answerMs = readTimeout(options.timeout)
  const targets: Partial<Record<TargetKind, Target>> = {}
  for (const target of urls) {
    const isForHeaders = target.kind === headerKindOf(urls)
    targets[target.kind] = await planTarget(target, {
      options,
      amounts,
      env,
      tls,
      headers: isForHeaders ? headers : {},
      answerMs,
    })
  }
  return targets
}

interface Given {
  options: TargetOptions
  amounts: TargetAmounts
  env: NodeJS.ProcessEnv
  tls: TlsAccess
  headers: Readonly<Record<string, string>>
  answerMs: number
}

async function planTarget(
  { kind, url, userName, password, isSecure }: TargetUrl,
  { options, amounts, env, tls, headers: given, answerMs }: Given,
): Promise<Target> {
  const credentials = readCredentials(kind, { userName, password }, env)
  const headers = kind === 'http' ? basicAuthorization(credentials, given) : given
  const hasUser = credentials.userName !== undefined
  const host = bareHost(url.hostname)
  const place = await locateHost(host)
  const ownPerS = amounts.own?.get(host)
  const bounds =
    place === 'elsewhere' ? boundElsewhere({ ...amounts, rate: options['max-rate'] }) : null
  const reported: ReportedTarget = {
    kind,
    url: `${url.protocol}//${url.host}${url.pathname}`,
    place,
    verification: isSecure ? tls.verification : null,
    ...(isSecure && tls.serverName !== undefined && { serverName: tls.serverName }),
    ...(url.protocol === 'mqtts:' && tls.mqttAlpn !== undefined && { alpn: tls.mqttAlpn }),
    access: [
      ...(hasUser ? ['user' as const] : []),
      ...(Object.keys(given).length > 0 ? ['headers' as const] : []),
      ...(isSecure && tls.client !== undefined ? ['client-certificate' as const] : []),
    ],
    arrivals: kind === 'mqtt' && options.arrivals !== 'untold' ? 'subscriber' : 'untold',
    bound: bounds?.reported ?? null,
    ...(bounds !== null && ownPerS !== undefined && { lifted: liftedBound(ownPerS) }),
  }
  return {
    reported,
    address: url.href,
    access: { headers, tls, ...(kind === 'mqtt' && { mqttCredentials: credentials }) },
    secrets: secretsOf({ url, headers, ...credentials }),
    answerMs,
    stragglerMs: STRAGGLER_MS[place],
    followsRedirects: kind === 'http' && options['follow-redirects'] === true,
    pauseMs: bounds?.pauseMs ?? pauseOf(options['max-rate']),
    latency: bounds?.latency ?? null,
  }
}

/** Headers are for one server: a token for one must not be told to the other. */
const headerKindOf = (urls: readonly TargetUrl[]): TargetKind | undefined =>
  urls.find(({ kind }) => kind === 'http')?.kind ?? urls.find(({ isHttp }) => isHttp)?.kind

function refuseIdleFlags(options: TargetOptions, urls: readonly TargetUrl[]): void {
  const refuse = (flag: string, why: keyof typeof say.idle): never => {
    throw usage(say.idle[why](flag))
  }
  const has = (test: (url: TargetUrl) => boolean): boolean => urls.some(test)
  for (const flag of TARGET_OPTIONS) {
    if (isGiven(options[flag]) && urls.length === 0) refuse(flag, 'noUrl')
  }
  for (const flag of ['ca', 'cert', 'key', 'insecure', 'server-name'] as const) {
    if (isGiven(options[flag]) && !has(({ isSecure }) => isSecure)) refuse(flag, 'noTls')
  }
  if (isGiven(options['mqtt-alpn']) && !has(({ url }) => url.protocol === 'mqtts:')) {
    refuse('mqtt-alpn', 'noMqtts')
  }
  if (isGiven(options.header) && headerKindOf(urls) === undefined) refuse('header', 'noHttp')
  if (isGiven(options['follow-redirects']) && !has(({ kind }) => kind === 'http')) {
    refuse('follow-redirects', 'noHttpUrl')
  }
  for (const flag of ['topic-prefix', 'client-id', 'arrivals'] as const) {
    if (isGiven(options[flag]) && !has(({ kind }) => kind === 'mqtt')) refuse(flag, 'noMqttUrl')
  }
}

/** Between messages to a server on this machine, where nothing but the flag slows us down. */
function pauseOf(rate: number | undefined): number {
  if (rate === undefined) return 0
  if (rate > 0 && Number.isFinite(rate)) return 1_000 / rate
  throw usage(say.rate(rate))
}

function readTimeout(text: string | undefined): number {
  if (text === undefined) return DEFAULT_ANSWER_MS
  const ms = parseDuration(text)
  if (ms !== null && ms >= LEAST_ANSWER_MS && ms <= MOST_ANSWER_MS) return ms
  throw usage(say.timeout(JSON.stringify(text), LEAST_ANSWER_MS, MOST_ANSWER_MS / 60_000))
}

/**
 * A client id as long as that of every built-in scenario, so that no byte count
 * differs, and ours alone: a broker ends the connection of a client whose id
 * connects again [MQTT-3.1.4-2], and a real device may have the scenario's.
 */
export function createClientId(lengthCharacters: number): string {
  const random = randomBytes(lengthCharacters).toString('base64url').replace(/[-_]/g, 'x')
  return `mvh${random}`.slice(0, lengthCharacters)
}
