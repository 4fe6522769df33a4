import { InstrumentError } from '../../model/errors.ts'
import type { TargetKind } from '../../model/report/target.ts'

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
    throw new InstrumentError('usage', `${flag}: ${why}`)
  }
  if (!URL.canParse(text)) refuse(`is no URL; write ${EXAMPLES[kind]}`)
  const url = new URL(text)
  if (!SCHEMES[kind].includes(url.protocol)) {
    refuse(`must start with ${SCHEMES[kind].map((scheme) => `${scheme}//`).join(' or ')}`)
  }
  if (url.hostname === '') refuse(`names no host; write ${EXAMPLES[kind]}`)
  if (WITHOUT_PATH.includes(url.protocol)) {
    if (url.pathname !== '' && url.pathname !== '/') {
      refuse(
        'has a path, which MQTT does not know; put a topic before the others with --topic-prefix',
      )
    }
    if (url.search !== '') refuse('has a query, which MQTT does not know; leave it out')
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
    return refuse('has credentials with a % that encodes nothing; write it as %25')
  }
}
