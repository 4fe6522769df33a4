import { catalogue } from '../model/text/language.ts'

/** Words that stand in many tables, and in files for machines as they are here in English. */
export const WORDS = catalogue({
  en: {
    verdicts: {
      holds: 'holds',
      refuted: 'refuted',
      conditional: 'conditional',
      untested: 'untested',
    },
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
    transport: 'transport',
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
    transport: '傳輸方式',
    content: '內容',
    overall: '整體',
    quoted: (text) => `「${text}」`,
    inBrackets: (text) => `（${text}）`,
    named: (name, text) => `${name}：${text}`,
    comma: '，',
    semicolon: '；',
  },
})
