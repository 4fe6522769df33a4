import type { TargetKind } from '../../model/report/target-kind.ts'
import { catalogue } from '../../model/text/language.ts'
import { usage } from '../usage.ts'

const say = catalogue({
  en: {
    refused: (flag: string, why: string) => `${flag}: ${why}`,
    noUrl: (example: string) => `is no URL; write ${example}`,
    schemes: (schemes: readonly string[]) => `must start with ${schemes.join(' or ')}`,
    noHost: (example: string) => `names no host; write ${example}`,
    path: 'has a path, which MQTT does not know; put a topic before the others with --topic-prefix',
    query: 'has a query, which MQTT does not know; leave it out',
    percent: 'has credentials with a % that encodes nothing; write it as %25',
  },
  'zh-TW': {
    refused: (flag, why) => `${flag}：${why}`,
    noUrl: (example) => `不是 URL；請寫成 ${example}`,
    schemes: (schemes) => `必須以 ${schemes.join(' 或 ')} 開頭`,
    noHost: (example) => `沒有主機名稱；請寫成 ${example}`,
    path: '含有路徑，MQTT 沒有路徑；要在主題前加前綴，請用 --topic-prefix',
    query: '含有查詢字串，MQTT 沒有查詢字串；請拿掉',
    percent: '帳號或密碼中的 % 沒有編碼任何字元；請寫成 %25',
  },
})

/** A URL of the command line, and what of it must not be repeated. */
export interface TargetUrl {
  readonly kind: TargetKind
  /** Without credentials and fragment. */
  readonly url: URL
  readonly userName?: string | undefined
  readonly password?: string | undefined
  readonly isSecure: boolean
  /** Its connections begin with an HTTP request, so that headers can be given. */
  readonly isHttp: boolean
}

const SCHEMES: Readonly<Record<TargetKind, readonly string[]>> = {
  http: ['http:', 'https:'],
  mqtt: ['mqtt:', 'mqtts:', 'ws:', 'wss:'],
}
const SECURE = ['https:', 'mqtts:', 'wss:']
const WITHOUT_PATH = ['mqtt:', 'mqtts:']
const EXAMPLES = { http: 'http://host:8080/path', mqtt: 'mqtt://host:1883' } as const

/** @throws InstrumentError `usage`; the message never repeats what may be a secret */
export function parseTargetUrl(kind: TargetKind, text: string, flag = `--${kind}-url`): TargetUrl {
  const refuse = (why: string): never => {
    throw usage(say.refused(flag, why))
  }
  if (!URL.canParse(text)) refuse(say.noUrl(EXAMPLES[kind]))
  const url = new URL(text)
  if (!SCHEMES[kind].includes(url.protocol)) {
    refuse(say.schemes(SCHEMES[kind].map((scheme) => `${scheme}//`)))
  }
  if (url.hostname === '') refuse(say.noHost(EXAMPLES[kind]))
  if (WITHOUT_PATH.includes(url.protocol)) {
    if (url.pathname !== '' && url.pathname !== '/') refuse(say.path)
    if (url.search !== '') refuse(say.query)
    url.pathname = ''
  }
  const userName = decode(url.username, refuse)
  const password = decode(url.password, refuse)
  url.username = ''
  url.password = ''
  url.hash = ''
  return {
    kind,
    url,
    userName,
    password,
    isSecure: SECURE.includes(url.protocol),
    isHttp: !WITHOUT_PATH.includes(url.protocol),
  }
}

function decode(text: string, refuse: (why: string) => never): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return refuse(say.percent)
  }
}
