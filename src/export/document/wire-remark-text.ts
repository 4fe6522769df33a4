import type { CountedWireRemark } from '../../model/report/remarks.ts'
import type { UnreadReason } from '../../model/report/tap/captured.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { catalogue, plural } from '../../model/text/language.ts'
import { wirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import { ARROWS, WORDS } from '../words.ts'

const say = catalogue({
  en: {
    noted: (text: string) => `noted: ${text}`,
    times: (text: string, count: string) => `${text}, ${count} times`,
    unread: (bytes: string, connections: number, reason: string) =>
      `${bytes} unread on ${formatCount(connections)} ${plural(connections, 'connection', 'connections')}: ${reason}`,
  },
  'zh-TW': {
    noted: (text) => `注意：${text}`,
    times: (text, count) => `${text}，${count} 次`,
    unread: (bytes, connections, reason) =>
      `${formatCount(connections)} 條連線上有 ${bytes} 未讀：${reason}`,
  },
})

type StoredRemark = Omit<CountedWireRemark, 'text'> & { readonly text: string }

/** `→ noted: PUBREC, which does not wait for one (MQTT 3.1.1 §2.3.1), 3 times`. */
export function wireRemarkText({ direction, clause, text, count }: StoredRemark): string {
  const where = clause === null ? wirePhrase(text) : wirePhrase(text) + WORDS.inBrackets(clause)
  const told = count === 1 ? where : say.times(where, formatCount(count))
  return `${ARROWS[direction]} ${say.noted(told)}`
}

/** `← 12 B unread on 2 connections: …`. */
export const unreadText = ({ direction, bytes, connections, reason }: UnreadReason): string =>
  `${ARROWS[direction]} ${say.unread(formatBytes(bytes), connections, wirePhrase(reason))}`

export const unreadBytes = (unread: readonly { readonly bytes: number }[]): number =>
  unread.reduce((sum, { bytes }) => sum + bytes, 0)
