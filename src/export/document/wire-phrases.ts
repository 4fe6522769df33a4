import { spokenLanguage } from '../../model/text/language.ts'
import { REASON_PHRASES } from './reason-phrases.ts'

/**
 * What readers of the wire say of it most. They say it in English, as the
 * specifications do, and reports keep it so; here it is told in the language
 * that is spoken. What is not among it is shown as it stands, and marked.
 */
const PHRASES = {
  'encrypted, and the keys are not known': '有加密，而金鑰不明',
  'what they begin was not over yet': '它們所開始的尚未結束',
  'no rule explains them': '沒有規則能解釋',
  'they came faster than they could be read': '來得比讀得快',
  'in packets that came long after their connection had ended': '在連線結束很久之後才到的封包裡',
  'bytes before them are missing from the capture': '擷取檔缺少它們之前的位元組',
  'other reasons': '其他原因',
  'a packet was captured twice': '一個封包被擷取了兩次',
  'a packet is cut off before its TCP header ends, or damaged in it':
    '一個封包在 TCP 標頭結束之前被截斷，或標頭損壞',
  'a packet is cut off before its UDP header ends, or damaged in it':
    '一個封包在 UDP 標頭結束之前被截斷，或標頭損壞',
  'the file ends in the middle of a block': '檔案在一個區塊中間結束',
  'the key log has no line that is a secret (RFC 9850)': '金鑰記錄檔沒有任何一行是金鑰（RFC 9850）',
  'the key log fits no connection: none of its secrets is of a ClientHello that is in the capture':
    '金鑰記錄檔不符合任何連線：其中沒有一把金鑰屬於擷取檔裡的 ClientHello',
  'a connection is none of those that were asked for': '一條連線不在所指定之中',
  'something of another kind': '另一種情況',
  'other rules were broken': '違反了其他規則',
  'not answered': '沒有回應',
  'sent again': '再次送出',
  'sent again (DUP)': '再次送出（DUP）',
  'sent again (DUP), the first copy did not cross here': '再次送出（DUP），第一份沒有經過這裡',
  retained: '保留訊息',
  'topic unknown: its alias was set before': '主題不明：別名在此之前設定',
  'fields unknown: the table that they refer to was lost (RFC 7541 §2.3.2)':
    '欄位不明：它們所參照的表已遺失（RFC 7541 §2.3.2）',
  other: '其他',
} as const

/** What has figures, names or another sentence in it. */
const PATTERNS: readonly [RegExp, (...parts: string[]) => string][] = [
  [/^from byte (\d+) on: (.*)$/s, (from, why) => `從第 ${from} 個位元組起：${wirePhrase(why)}`],
  [/^in (\d+) places: (.*)$/s, (places, why) => `在 ${places} 處：${wirePhrase(why)}`],
  [
    /^the content of (\d+) encrypted records, whose keys are not known$/,
    (records) => `${records} 筆加密記錄的內容，金鑰不明`,
  ],
  [/^broken by the client: (.*)$/s, (why) => `用戶端中斷：${why}`],
  [/^broken by the target: (.*)$/s, (why) => `目標中斷：${why}`],
  [/^the target could not be reached: (.*)$/s, (why) => `連不到目標：${why}`],
  [/^the limit of (\d+) bytes was reached$/, (bytes) => `達到 ${bytes} 位元組的上限`],
  [/^the file ends in the middle of packet (\d+)$/, (packet) => `檔案在封包 ${packet} 中間結束`],
]

/** A sentence of a reader of the wire. */
export function wirePhrase(text = ''): string {
  if (spokenLanguage() === 'en') return text
  if (isKnown(text)) return PHRASES[text]
  for (const [pattern, tell] of PATTERNS) {
    const found = pattern.exec(text)
    if (found !== null) return tell(...found.slice(1))
  }
  return `（原文）${text}`
}

const isKnown = (text: string): text is keyof typeof PHRASES => Object.hasOwn(PHRASES, text)

/**
 * Of an outcome, which is a name or a number of its protocol where it is none of
 * these. `5 refused: not authorized` is a code of MQTT and what it means.
 */
export function outcomePhrase(text: string): string {
  if (spokenLanguage() === 'en') return text
  if (isKnown(text)) return PHRASES[text]
  const [, code, refused, reason = ''] = /^(\d+) (refused: )?(.*)$/.exec(text) ?? []
  if (!isReason(reason)) return text
  return `${code} ${refused === undefined ? '' : '拒絕：'}${REASON_PHRASES[reason]}`
}

const isReason = (text: string): text is keyof typeof REASON_PHRASES =>
  Object.hasOwn(REASON_PHRASES, text)
