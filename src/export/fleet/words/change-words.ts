import type { Change } from '../../../model/fleet/fleet-report.ts'
import { formatBytes, formatCount } from '../../../model/text/format.ts'
import { catalogue } from '../../../model/text/language.ts'
import { spanText } from './span.ts'

/** What a change is. */
const changes = {
  en: (change: Change): string => {
    switch (change.kind) {
      case 'keep':
        return 'keep the connection'
      case 'per-message':
        return 'open a connection for each message'
      case 'resume':
        return 'resume TLS sessions'
      case 'keep-alive':
        return `keep-alive of ${spanText(change.seconds)}`
      case 'qos-0':
        return `QoS 0 (${change.transport})`
      case 'topic-alias':
        return `a topic alias (${change.transport})`
      case 'topic':
        return `a topic of ${formatBytes(change.bytes)}`
      case 'headers':
        return `no header that HTTP can do without (${formatBytes(change.bytes)} less)`
      case 'batch':
        return change.as === 'message'
          ? `${formatCount(change.size)} readings in one message`
          : `${formatCount(change.size)} messages on one connection`
      case 'encoding':
        return `an encoding of ${formatBytes(change.bytes)}`
    }
  },
  'zh-TW': (change: Change): string => {
    switch (change.kind) {
      case 'keep':
        return '保持連線'
      case 'per-message':
        return '每則訊息各自連線'
      case 'resume':
        return '恢復 TLS 工作階段'
      case 'keep-alive':
        return `keep-alive 設為 ${spanText(change.seconds)}`
      case 'qos-0':
        return `改用 QoS 0（${change.transport}）`
      case 'topic-alias':
        return `使用主題別名（${change.transport}）`
      case 'topic':
        return `主題縮短為 ${formatBytes(change.bytes)}`
      case 'headers':
        return `去掉 HTTP 非必要的標頭（少 ${formatBytes(change.bytes)}）`
      case 'batch':
        return change.as === 'message'
          ? `${formatCount(change.size)} 筆讀數合為一則訊息`
          : `${formatCount(change.size)} 則訊息共用一條連線`
      case 'encoding':
        return `編碼為 ${formatBytes(change.bytes)}`
    }
  },
}

/** What a change costs; empty where it costs nothing that is known. */
const prices = {
  en: (change: Change): string => {
    switch (change.kind) {
      case 'keep':
        return 'the server holds a connection for each device'
      case 'resume':
        return 'the server keeps or seals sessions'
      case 'keep-alive':
        return 'a dead connection is noticed later'
      case 'qos-0':
        return 'nobody says that a message arrived'
      case 'topic-alias':
        return 'MQTT 5 at the server'
      case 'batch':
        return `the first reading waits up to ${spanText(change.waitS)}`
      case 'encoding':
        return 'both sides have to know it'
      default:
        return ''
    }
  },
  'zh-TW': (change: Change): string => {
    switch (change.kind) {
      case 'keep':
        return '伺服器須為每台裝置維持一條連線'
      case 'resume':
        return '伺服器須保存或加密工作階段'
      case 'keep-alive':
        return '較晚才發現連線已中斷'
      case 'qos-0':
        return '沒有任何一方確認訊息已送達'
      case 'topic-alias':
        return '伺服器須支援 MQTT 5'
      case 'batch':
        return `第一筆讀數最多等待 ${spanText(change.waitS)}`
      case 'encoding':
        return '兩端都要認得這種編碼'
      default:
        return ''
    }
  },
}

/** Changes of a fleet, and what each costs. */
export const sayChange = catalogue({
  en: {
    changes: 'What to change',
    changesNote:
      'each by itself, worked out for this fleet; ~: by parts of measured frames made shorter or longer',
    change: changes.en,
    price: prices.en,
    billThen: (plan: string, percent: string) => `${plan} ${percent}`,
    best: (text: string, basis: string) => `Best change (${basis}): ${text}`,
    fromTo: (least: string, from: string, most: string, to: string) =>
      `${least} (${from}) to ${most} (${to})`,
    ofBill: (percent: string, row: string, plan: string) =>
      `${percent} of the bill of ${row} under ${plan}`,
    noBill: (plans: string) => `nothing off the bill under ${plans}`,
    between: (least: string, most: string) => `${least} to ${most}`,
    plans: (count: number) => `${formatCount(count)} plans`,
  },
  'zh-TW': {
    changes: '可以改變什麼',
    changesNote: '各自單獨計算，以這批裝置為準；~：將實測訊框的部分縮短或加長而得',
    change: changes['zh-TW'],
    price: prices['zh-TW'],
    billThen: (plan, percent) => `${plan} ${percent}`,
    best: (text, basis) => `最佳改變（${basis}）：${text}`,
    fromTo: (least, from, most, to) => `${least}（${from}）至 ${most}（${to}）`,
    ofBill: (percent, row, plan) => `${plan} 之下 ${row} 的帳單 ${percent}`,
    noBill: (plans) => `${plans} 的帳單不變`,
    between: (least, most) => `${least} 至 ${most}`,
    plans: (count) => `${formatCount(count)} 種資費`,
  },
})
