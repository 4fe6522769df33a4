import type { CountedWireRemark } from '../../model/report/remarks.ts'
import { formatCount } from '../../model/text/format.ts'

/** `→ noted: PUBREC, which does not wait for one (MQTT 3.1.1 §2.3.1), 3 times`. */
export function wireRemarkText({ direction, clause, text, count }: CountedWireRemark): string {
  const where = clause === null ? '' : ` (${clause})`
  const times = count === 1 ? '' : `, ${formatCount(count)} times`
  return `${direction === 'up' ? '→' : '←'} noted: ${text}${where}${times}`
}
