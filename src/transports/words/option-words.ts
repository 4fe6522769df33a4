import { catalogue } from '../../model/text/language.ts'
import { PROGRAM } from '../../model/text/shell.ts'

/** What is said of the options of a transport, and of names that are none. */
export const optionWords = catalogue({
  en: {
    noMap: (id: string) => `the options of ${id} are a map of names to values`,
    hasNone: (key: string, id: string) => `${key} is no option of ${id}; it has none, leave it out`,
    hasOther: (key: string, id: string, other: string) =>
      `${key} is no option of ${id}; it has ${other}, leave it out`,
    noBroker: (value: string, id: string, known: string) =>
      `broker: ${value} is none that ${id} runs on; it is one of ${known}`,
    noDuration: (name: string, value: string, leastMs: number, mostMin: number, example: string) =>
      `${name}: ${value} is no duration from ${leastMs} ms to ${mostMin} min, such as ${example}`,
    perWake: (name: string, value: string, most: number) =>
      `${name}: ${value} is no whole number from 2 to ${most}, the messages of a connection; one message a connection has transports of its own`,
    noTransport: (name: string, meant: string | null) =>
      `${name} is no transport; ${meant === null ? '' : `${meant} `}see ${PROGRAM} list transports`,
  },
  'zh-TW': {
    noMap: (id) => `${id} 的選項是名稱到值的對照`,
    hasNone: (key, id) => `${key} 不是 ${id} 的選項；它沒有選項，請拿掉`,
    hasOther: (key, id, other) => `${key} 不是 ${id} 的選項；它的選項是 ${other}，請拿掉`,
    noBroker: (value, id, known) =>
      `broker：${id} 不能在 ${value} 上執行；只能是 ${known} 其中之一`,
    noDuration: (name, value, leastMs, mostMin, example) =>
      `${name}：${value} 不是 ${leastMs} ms 到 ${mostMin} 分鐘之間的時間，例如 ${example}`,
    perWake: (name, value, most) =>
      `${name}：${value} 不是 2 到 ${most} 的整數，它是一條連線的訊息數；每則訊息一條連線有專屬的傳輸方式`,
    noTransport: (name, meant) =>
      `沒有 ${name} 這種傳輸方式；${meant === null ? '' : meant}請看 ${PROGRAM} list transports`,
  },
})
