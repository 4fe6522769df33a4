import { catalogue } from '../model/text/language.ts'
import { usage } from './usage.ts'

const say = catalogue({
  en: { nothing: (flag: string) => `${flag}: names nothing` },
  'zh-TW': { nothing: (flag) => `${flag}：沒有指定任何項目` },
})

/**
 * The items of a list with commas, each once.
 * @throws InstrumentError `usage` where there are none
 */
export function splitList(flag: string, text: string): string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
  if (items.length === 0) throw usage(say.nothing(flag))
  return [...new Set(items)]
}
