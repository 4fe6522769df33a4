import type { Turning } from '../../../model/fleet/fleet-report.ts'
import { formatBytes, formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { spanText } from './span.ts'

const inputs = {
  en: (input: Turning['input'], value: number): string => {
    switch (input) {
      case 'interval':
        return `a reading every ${spanText(value)}`
      case 'payload':
        return `a payload of ${formatBytes(Math.round(value))}`
      case 'keep-alive':
        return `a keep-alive of ${spanText(value)}`
      case 'reconnects':
        return `${formatCount(value)} reconnects a day`
    }
  },
  'zh-TW': (input: Turning['input'], value: number): string => {
    switch (input) {
      case 'interval':
        return `每 ${spanText(value)} 一筆讀數`
      case 'payload':
        return `負載 ${formatBytes(Math.round(value))}`
      case 'keep-alive':
        return `keep-alive 為 ${spanText(value)}`
      case 'reconnects':
        return `每日重新連線 ${formatCount(value)} 次`
    }
  },
}

/** On what a fleet’s figures stand: where they turn, what is assumed, and from where. */
export const sayGround = catalogue({
  en: {
    turns: 'Where the answer turns',
    keptFrom: (transport: string, seconds: number) =>
      `${transport}: with more than ${spanText(seconds)} between readings a kept connection takes more than one for each message.`,
    keptNever: (transport: string) =>
      `${transport}: a kept connection takes less at any interval up to a week.`,
    turn: (at: string, row: string, before: string) =>
      `From ${at} on ${row} takes the fewest bytes, and not ${before}.`,
    input: inputs.en,
    noTurn:
      'No single one of interval, payload, keep-alive and reconnects turns the answer within a factor of a thousand.',
    outage: 'After an outage, at the server (modelled)',
    assumptions: 'Assumed',
    keepAlive: (seconds: number, pings: string) =>
      seconds === 0
        ? 'no pings'
        : pings === 'always'
          ? `a ping every ${spanText(seconds)}, whatever else is sent`
          : `a ping ${spanText(seconds)} after the last packet sent [MQTT-3.1.2-23]`,
    nat: (seconds: number) =>
      seconds === 0
        ? 'no NAT forgets a connection'
        : `a NAT forgets a connection after ${spanText(seconds)} of silence`,
    idle: (seconds: number) =>
      seconds === 0
        ? 'no HTTP server closes a silent connection'
        : `an HTTP server closes after ${spanText(seconds)} of silence (Node: 5 s, nginx: 75 s)`,
    ticket: (seconds: number) => `a TLS ticket lives ${spanText(seconds)}`,
    reconnects: (aDay: number) => `${formatCount(aDay, 2)} reconnects a day`,
    leftOutRules: (what: string) => `left out: ${what}`,
    pureAcknowledgements: 'pure acknowledgements of TCP',
    timeStamps: 'time stamps of TCP',
    lost: 'a lost connection says no goodbye; what comes next pays one set-up',
    cells: (from: string) => `frames from ${from}`,
    sources: 'Sources',
    source: (source: string, day: string) => `${source}, read ${day}`,
    secondHandSource: 'second-hand',
    budgetsKept: (kept: number, all: number) =>
      `budgets: ${formatCount(kept)} of ${formatCount(all)} kept`,
    atOnce: (connections: number) =>
      `all at once: ${formatCount(connections)} connections in the first second, with`,
    spread: (jitter: number, connections: number) =>
      `spread over ${spanText(jitter)}: ${formatCount(connections)} connections a second, with`,
    yardstick: (perS: number, held: number, cpus: number, day: string, source: string) =>
      `The yardstick: one Mosquitto took ${formatCount(perS)} new connections a second without TLS, the most that was asked of it, and held ${formatCount(held)} with a message a second each: measured on a ${cpus}-CPU machine on ${day} (${source}). TLS takes CPU beside that.`,
    queued: (times: number) =>
      `All at once is ${formatCount(times)} times that: at such a rate the last is back after ${formatCount(times)} s.`,
    taken: 'All at once is no more than that.',
  },
  'zh-TW': {
    turns: '結論在何處改變',
    keptFrom: (transport, seconds) =>
      `${transport}：讀數間隔超過 ${spanText(seconds)} 時，保持連線比每則訊息各自連線用得更多。`,
    keptNever: (transport) => `${transport}：間隔在一週以內，保持連線都用得較少。`,
    turn: (at, row, before) => `自 ${at} 起，位元組最少的是 ${row}，而非 ${before}。`,
    input: inputs['zh-TW'],
    noTurn: '間隔、負載、keep-alive 與重新連線，任一項在千倍之內都不改變結論。',
    outage: '斷線之後的伺服器端（推算）',
    assumptions: '假設',
    keepAlive: (seconds, pings) =>
      seconds === 0
        ? '沒有 ping'
        : pings === 'always'
          ? `每 ${spanText(seconds)} 一次 ping，不論其他`
          : `最後送出封包後 ${spanText(seconds)} 送出 ping [MQTT-3.1.2-23]`,
    nat: (seconds) =>
      seconds === 0 ? '沒有 NAT 會遺忘連線' : `NAT 在靜默 ${spanText(seconds)} 後遺忘連線`,
    idle: (seconds) =>
      seconds === 0
        ? 'HTTP 伺服器不會關閉靜默的連線'
        : `HTTP 伺服器在靜默 ${spanText(seconds)} 後關閉（Node 5 s，nginx 75 s）`,
    ticket: (seconds) => `TLS 票證有效 ${spanText(seconds)}`,
    reconnects: (aDay) => `每日重新連線 ${formatCount(aDay, 2)} 次`,
    leftOutRules: (what) => `不計：${what}`,
    pureAcknowledgements: 'TCP 的純確認',
    timeStamps: 'TCP 的時間戳記',
    lost: '中斷的連線沒有道別；之後的事件付一次建立',
    cells: (from) => `訊框來自 ${from}`,
    sources: '出處',
    source: (source, day) => `${source}，讀於 ${day}`,
    secondHandSource: '轉述',
    budgetsKept: (kept, all) => `預算：${formatCount(all)} 項中符合 ${formatCount(kept)} 項`,
    atOnce: (connections) => `同時回來：第一秒 ${formatCount(connections)} 條連線，共`,
    spread: (jitter, connections) =>
      `分散於 ${spanText(jitter)}：每秒 ${formatCount(connections)} 條連線，共`,
    yardstick: (perS, held, cpus, day, source) =>
      `量尺：一個 Mosquitto 每秒接受 ${formatCount(perS)} 條新連線（無 TLS，也只要求這麼多），並維持 ${formatCount(held)} 條、每條每秒一則訊息：${day} 在 ${cpus} 個 CPU 的機器上實測（${source}）。TLS 另需 CPU。`,
    queued: (times) =>
      `同時回來是其 ${formatCount(times)} 倍：依此速率，最後一台在 ${formatCount(times)} 秒後回來。`,
    taken: '同時回來也不超過此數。',
  },
})
