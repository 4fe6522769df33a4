import { spokenLanguage } from '../../model/text/language.ts'
import { REASON_PHRASES } from '../../model/wire/mqtt-reason-phrases.ts'

/** What became of a unit, where that is no name of its protocol. */
const OUTCOMES = {
  'not answered': '沒有回應',
  'not acknowledged': '沒有確認',
  'sent again': '再次送出',
  'sent again (DUP)': '再次送出（DUP）',
  'sent again (DUP), the first copy did not cross here': '再次送出（DUP），第一份沒有經過這裡',
  retained: '保留訊息',
  'topic unknown: its alias was set before': '主題不明：別名在此之前設定',
  'fields unknown: the table that they refer to was lost (RFC 7541 §2.3.2)':
    '欄位不明：它們所參照的表已遺失（RFC 7541 §2.3.2）',
  other: '其他',
} as const

const isAmong = <Name extends string>(
  text: string,
  table: Readonly<Record<Name, string>>,
): text is Name => Object.hasOwn(table, text)

/**
 * Of an outcome, which is a name or a number of its protocol where it is none of
 * these. `5 refused: not authorized` is a code of MQTT and what it means.
 */
export function outcomePhrase(text: string): string {
  if (spokenLanguage() === 'en') return text
  if (isAmong(text, OUTCOMES)) return OUTCOMES[text]
  const [, granted] = /^\d granted QoS (\d)$/.exec(text) ?? []
  if (granted !== undefined) return `${granted} 給予 QoS ${granted}`
  const [, code, refused, reason = ''] = /^(\d+) (refused: )?(.*)$/.exec(text) ?? []
  if (reason === 'failure') return `${code} 失敗`
  if (!isAmong(reason, REASON_PHRASES)) return text
  return `${code} ${refused === undefined ? '' : '拒絕：'}${REASON_PHRASES[reason]}`
}
