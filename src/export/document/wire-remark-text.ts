import type { CountedWireRemark } from '../../model/report/remarks.ts'
import { formatCount } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { wirePhrase } from '../../model/wire/phrases/wire-phrase.ts'
import { ARROWS, WORDS } from '../words.ts'

const say = catalogue({
  en: {
    noted: (text: string) => `noted: ${text}`,
    times: (text: string, count: string) => `${text}, ${count} times`,
  },
  'zh-TW': { noted: (text) => `注意：${text}`, times: (text, count) => `${text}，${count} 次` },
})

type StoredRemark = Omit<CountedWireRemark, 'text'> & { readonly text: string }

/** `→ noted: PUBREC, which does not wait for one (MQTT 3.1.1 §2.3.1), 3 times`. */
export function wireRemarkText({ direction, clause, text, count }: StoredRemark): string {
  const where = clause === null ? wirePhrase(text) : wirePhrase(text) + WORDS.inBrackets(clause)
  const told = count === 1 ? where : say.times(where, formatCount(count))
  return `${ARROWS[direction]} ${say.noted(told)}`
}
