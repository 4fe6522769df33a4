import { catalogue } from '../model/text/language.ts'
import type { Direction } from '../model/vocabulary.ts'

/** `→` leaves the device, `←` arrives at it. */
export const ARROWS: Readonly<Record<Direction, string>> = { up: '→', down: '←' }

/** Words that stand in many tables, and in files for machines as they are here in English. */
export const WORDS = catalogue({
  en: {
    verdicts: {
      holds: 'holds',
      refuted: 'refuted',
      conditional: 'conditional',
      untested: 'untested',
    },
    notKnown: 'not known',
    completions: {
      flushed: 'flushed',
      answered: 'answered',
      acknowledged: 'acknowledged',
      'exactly-once': 'exactly-once',
    },
    statuses: { measured: 'measured', failed: 'failed', skipped: 'skipped' },
    layers: {
      payload: 'payload',
      framing: 'framing',
      acknowledgement: 'acknowledgement',
      control: 'control',
      security: 'security',
      network: 'network',
    },
    phases: { setup: 'setup', steady: 'steady', idle: 'idle', close: 'close' },
    directions: { up: 'up', down: 'down' },
    transport: 'transport',
    scenario: 'scenario',
    completion: 'completion',
    failed: 'failed',
    bytes: 'bytes',
    roundTrips: 'round trips',
    content: 'content',
    overall: 'overall',
    quoted: (text: string) => `“${text}”`,
    inBrackets: (text: string) => ` (${text})`,
    named: (name: string, text: string) => `${name}: ${text}`,
    comma: ', ',
    semicolon: '; ',
  },
  'zh-TW': {
    verdicts: {
      holds: '成立',
      refuted: '不成立',
      conditional: '有條件成立',
      untested: '未測試',
    },
    notKnown: '結果不明',
    completions: {
      flushed: '已送出',
      answered: '已回應',
      acknowledged: '已確認',
      'exactly-once': '恰好一次',
    },
    statuses: { measured: '已測量', failed: '失敗', skipped: '略過' },
    layers: {
      payload: '負載',
      framing: '封裝',
      acknowledgement: '確認',
      control: '控制',
      security: '加密',
      network: '網路',
    },
    phases: { setup: '建立', steady: '穩定', idle: '閒置', close: '關閉' },
    directions: { up: '上行', down: '下行' },
    transport: '傳輸方式',
    scenario: '情境',
    completion: '完成',
    failed: '失敗',
    bytes: '位元組',
    roundTrips: '來回',
    content: '內容',
    overall: '整體',
    quoted: (text) => `「${text}」`,
    inBrackets: (text) => `（${text}）`,
    named: (name, text) => `${name}：${text}`,
    comma: '，',
    semicolon: '；',
  },
})
