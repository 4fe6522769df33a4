import { spokenLanguage } from '../../text/language.ts'
import { COAP_PHRASES } from './coap.ts'
import { HTTP_PHRASES } from './http.ts'
import { MQTT_PHRASES } from './mqtt.ts'
import { READING_PHRASES } from './reading.ts'
import { TLS_PHRASES } from './tls.ts'
import { WEBSOCKET_PHRASES } from './websocket.ts'

/**
 * What readers of the wire say of it. They say it in English, as the
 * specifications do, and reports keep it so; here it is told in Chinese. `{}`
 * stands for a figure, a name, or another phrase. A reader can say nothing that
 * is not among it: see `WirePhrase`.
 */
export const WIRE_PHRASES = {
  ...COAP_PHRASES,
  ...HTTP_PHRASES,
  ...MQTT_PHRASES,
  ...READING_PHRASES,
  ...TLS_PHRASES,
  ...WEBSOCKET_PHRASES,
} as const

type Filled<P extends string> = P extends `${infer Before}{}${infer After}`
  ? `${Before}${string}${Filled<After>}`
  : P

type Phrase = Filled<keyof typeof WIRE_PHRASES>

/** A phrase, and the clause that it is about: `… (RFC 9112 §2.2)`, `… [MQTT-2.3.1-1]`. */
export type WirePhrase = Phrase | `${Phrase} (${string})` | `${Phrase} [${string}]`

interface Pattern {
  readonly english: RegExp
  readonly chinese: string
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What says where another phrase holds comes first, then what begins as itself, what is the most of itself before the rest. */
const rank = (english: string): number =>
  english.replaceAll('{}', '').length +
  (/^\{\}, (?:at|in) /.test(english) ? 2_000 : english.startsWith('{}') ? 0 : 1_000)

let patterns: readonly Pattern[] | null = null

function makePatterns(): readonly Pattern[] {
  return Object.entries(WIRE_PHRASES)
    .filter(([english]) => english.includes('{}'))
    .toSorted(([a], [b]) => rank(b) - rank(a))
    .map(([english, chinese]) => ({
      english: new RegExp(`^${english.split('{}').map(escaped).join('(.*)')}$`, 's'),
      chinese,
    }))
}

const isKnown = (text: string): text is keyof typeof WIRE_PHRASES =>
  Object.hasOwn(WIRE_PHRASES, text)

/** Null where nobody here says it. */
function inChinese(text: string): string | null {
  if (isKnown(text)) return WIRE_PHRASES[text]
  const [, phrase, round, square] =
    /^(.*) (?:\(((?:RFC|MQTT|Table|Engine|Socket)[^()]*)\)|(\[[^[\]]*\]))$/s.exec(text) ?? []
  if (phrase !== undefined) {
    const told = inChinese(phrase)
    return told && told + (round === undefined ? ` ${square}` : `（${round}）`)
  }
  patterns ??= makePatterns()
  for (const { english, chinese } of patterns) {
    const parts = english.exec(text)?.slice(1)
    if (parts !== undefined) {
      return chinese.split('{}').reduce((told, rest, index) => {
        const part = parts[index - 1] ?? ''
        return told + (inChinese(part) ?? part) + rest
      })
    }
  }
  return null
}

/** A sentence of a reader of the wire; what an older report has, and nobody says any more, is marked. */
export function wirePhrase(text = ''): string {
  if (spokenLanguage() === 'en') return text
  return inChinese(text) ?? `（原文）${text}`
}
