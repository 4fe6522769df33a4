import type { LiftedBound } from '../../model/report/target.ts'
import { catalogue } from '../../model/text/language.ts'
import type { Targets } from '../../targets/target.ts'
import { parsePerS } from '../parse-pace.ts'
import { usage } from '../usage.ts'
import { MOST_ELSEWHERE } from './bounds.ts'

const say = catalogue({
  en: {
    noForm: (text: string) =>
      `--own-target: ${text} does not name a host and messages a second; write broker.example=5000`,
    twice: (host: string) => `--own-target: ${host} is named twice; name it once`,
    usual: (perS: number, most: number) =>
      `--own-target: ${perS} messages a second need no leave; every server gets up to ${most}; leave it out`,
    noHost: (host: string, hosts: readonly string[]) =>
      `--own-target: no URL has the host ${host}; write ${hosts.map((own) => `${own}=…`).join(' or ')}`,
    noUrl: '--own-target: is for a server that is already there; give --http-url or --mqtt-url too',
    isHere: (host: string) =>
      `--own-target: ${host} is on this machine and gets whatever is asked for; leave it out`,
    maxRate: '--max-rate: --own-target says how many messages a second; leave it out',
    measures: '--own-target: is of a run under load alone; leave out other measures',
  },
  'zh-TW': {
    noForm: (text) => `--own-target：${text} 沒有指明主機與每秒訊息數；請寫成 broker.example=5000`,
    twice: (host) => `--own-target：${host} 指定了兩次；請只指定一次`,
    usual: (perS, most) =>
      `--own-target：每秒 ${perS} 則不需要許可，每個伺服器都可到 ${most} 則；請拿掉這個選項`,
    noHost: (host, hosts) =>
      `--own-target：沒有主機是 ${host} 的 URL；請寫成 ${hosts.map((own) => `${own}=…`).join(' 或 ')}`,
    noUrl: '--own-target：用於已經在運行的伺服器；請一併給 --http-url 或 --mqtt-url',
    isHere: (host) => `--own-target：${host} 在這台機器上，要求多少就有多少；請拿掉這個選項`,
    maxRate: '--max-rate：--own-target 已指定每秒訊息數；請拿掉這個選項',
    measures: '--own-target：只用於加負荷的測量；請拿掉其他測量',
  },
})

/** A minute's worth of seconds, ten times: what is asked for longer goes slower than it may. */
const SECONDS_AT_FULL_RATE = 600

/** Hosts that somebody answers for, and the messages a second that they may get, of all parts together. */
export type OwnTargets = ReadonlyMap<string, number>

/**
 * @param texts `host=rate` each
 * @throws InstrumentError `usage`
 */
export function parseOwnTargets(texts: readonly string[]): OwnTargets {
  const own = new Map<string, number>()
  for (const text of texts) {
    const [, host = '', rate = ''] = /^(.+)=([^=]+)$/.exec(text) ?? []
    const perS = parsePerS(rate)
    if (host === '' || perS === null) throw usage(say.noForm(text))
    const { messagesPerS } = MOST_ELSEWHERE
    if (perS <= messagesPerS) throw usage(say.usual(perS, messagesPerS))
    const name = bareHost(host)
    if (own.has(name)) throw usage(say.twice(host))
    own.set(name, perS)
  }
  return own
}

/**
 * What was asked for has to be of a server that the run names, and of a load alone.
 * @throws InstrumentError `usage`
 */
export function checkOwnTargets(
  own: OwnTargets,
  targets: Targets,
  { maxRate, isLoadAlone }: { maxRate: number | undefined; isLoadAlone: boolean },
): void {
  if (own.size === 0) return
  if (!isLoadAlone) throw usage(say.measures)
  if (maxRate !== undefined) throw usage(say.maxRate)
  const places = new Map(
    Object.values(targets).map(({ address, reported }) => [
      bareHost(new URL(address).hostname),
      reported.place,
    ]),
  )
  if (places.size === 0) throw usage(say.noUrl)
  for (const host of own.keys()) {
    const place = places.get(host)
    if (place === undefined) throw usage(say.noHost(host, [...places.keys()]))
    if (place === 'this-machine') throw usage(say.isHere(host))
  }
}

/** Everything that bounds a load elsewhere, in the proportion of the rate. */
export function liftedBound(messagesPerS: number): LiftedBound {
  const times = messagesPerS / MOST_ELSEWHERE.messagesPerS
  const { connections, inFlight, connectionsPerS } = MOST_ELSEWHERE
  return {
    messagesPerS,
    messages: Math.floor(messagesPerS * SECONDS_AT_FULL_RATE),
    connections: Math.floor(connections * times),
    inFlight: Math.floor(inFlight * times),
    connectionsPerS: connectionsPerS * times,
  }
}

/** As a URL names it, an IPv6 address without brackets. */
export const bareHost = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase()
