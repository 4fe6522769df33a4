import { formatBytes, formatCount } from '../../../model/text/format.ts'
import { catalogue, plural } from '../../../model/text/language.ts'
import { spanText } from './span.ts'

/** What a fleet takes, is billed and uses. */
export const say = catalogue({
  en: {
    title: (name: string, devices: number) =>
      `${name}: ${formatCount(devices)} ${devices === 1 ? 'device' : 'devices'}`,
    sends: (payload: number, scenario: string, messages: string) =>
      `${formatBytes(payload)} (${scenario}) ${messages}`,
    every: (seconds: number) => `every ${spanText(seconds)}`,
    aMonth: (count: number) => `${formatCount(count)} times a month, unevenly`,
    month: (seconds: number) => `a month of ${formatCount(seconds / 86_400, 3)} days`,
    bytes: 'What a device takes a month',
    bytesNote:
      'MB of 10⁶ bytes of IP packets, both ways; every pure acknowledgement by rule. A wake-up: its mean bytes. On the air: round trips and bytes at the rates of the link.',
    expected: (share: number) =>
      `expected values where ${formatCount(share * 100)}% of packets are lost and sent again`,
    columns: {
      roundTrips: 'round trips',
      transport: 'transport',
      megabytes: 'MB',
      readings: 'readings',
      headers: 'headers',
      pings: 'pings',
      handshakes: 'handshakes',
      wakeUp: 'a wake-up',
      wakeUps: 'wake-ups/d',
      counted: 'counted',
      basis: 'basis',
      onAir: 'on the air',
      billed: 'MB billed',
      device: 'a device',
      fleet: 'the fleet',
      prepaid: 'lasts',
      metered: 'metered',
      mAh: 'mAh/d',
      plan: 'plan',
      cloud: 'cloud',
      radio: 'radio',
      change: 'change',
      saves: 'saves',
      after: 'MB then',
      costs: 'at the price that',
    },
    policies: {
      kept: 'kept',
      'per-message': 'per message',
      'per-batch': 'per batch',
      'no-connection': 'none',
    },
    batch: (size: number, as: string) =>
      as === 'message' ? `per ${formatCount(size)}, in one` : `per ${formatCount(size)}`,
    ticketDead: 'full: the ticket has died by the next connection',
    plans: 'What data plans bill, a device and month',
    clouds: 'What cloud services bill, a device and month',
    radios: 'What a radio takes, by models of others',
    secondHand: '† a price read second-hand',
    months: (count: number) => `${formatCount(count)} months`,
    quota: (name: string, units: number, cost: string) => `${formatCount(units)} × ${name}${cost}`,
    sameBill: (plans: string) => `Rounding makes every way cost the same under ${plans}.`,
    openBill: (plans: string, rows: string) =>
      `What was measured of ${rows} crosses a step of rounding under ${plans}: no one bill can be named.`,
    modelsDiffer: (models: string, ways: string) =>
      `Models differ by ×${models}, ways of talking by ×${ways}: which radio it is decides more than the protocol.`,
    cannotTell: (radios: string) =>
      `No rate by byte or by time has ${radios}: it tells transports apart by how often they wake it alone.`,
    tellsNothing: (radio: string) =>
      `${radio} is a mean of one way of talking, and says the same of every other.`,
    cheapest: (row: string, megabytes: string, wakeUp: string, times: string, worst: string) =>
      `${row} takes the fewest bytes: ${megabytes} MB a device and month, ${wakeUp} a wake-up (modelled); ${worst} takes ${times} times that.`,
    only: (row: string, megabytes: string, wakeUp: string) =>
      `${row} takes ${megabytes} MB a device and month, ${wakeUp} a wake-up (modelled).`,
    sooner: (row: string, seconds: string, than: string, link: string, why: string) =>
      `Over ${link}, ${row} is done ${seconds} s earlier than ${than}${why} (modelled).`,
    leftOut: (count: number, which: string) =>
      `${formatCount(count)} ${plural(count, 'combination means nothing and is', 'combinations mean nothing and are')} left out: ${which}`,
    keptInName: (row: string, seconds: number) =>
      `${row}: silence of ${spanText(seconds)} loses each connection, so that it is kept in name only`,
    wakeUpsHead: 'Wake-ups, and how long one keeps the link',
    fullTls: 'TLS sessions: full',
    resumedTls: 'TLS sessions: resumed',
    plansShort: 'What a device is billed a month: by volume and fee; MB where no price was read',
    cloudsShort: 'What a device costs a month at a cloud; messages where no price was read',
    radiosShort: 'mAh a day',
    rest: (folder: string) => `all of it: --full, and ${folder}`,
    restHere: 'all of it, sources too: --full',
    leastBill: (money: string, plan: string, day: string, row: string) =>
      `The fleet’s least bill: ${money} a month under ${plan}, over ${row} (prices of ${day}).`,
    leastBillOfAll: (money: string, plan: string, day: string) =>
      `The fleet’s least bill: ${money} a month under ${plan}, whichever way it talks (prices of ${day}).`,
    waitsLonger: (count: string) => `, in ${count} round ${count === '1' ? 'trip' : 'trips'} less`,
    openBills: (plans: string) =>
      `What was measured crosses a step of rounding under ${plans}: no one bill can be named.`,
    sameForAll: (what: string) => `The same for every way: ${what}`,
    secondHandMark: '; † second-hand',
    leftOutColumns: (columns: string) => `no room for ${columns}`,
    moreRows: (count: number) => `${formatCount(count)} ${plural(count, 'way', 'ways')} more`,
    between: ' ',
    given: (what: string) => `as given: ${what}`,
    countedNote: (runs: number) =>
      `counted: a message with its connection, as its packets were counted in ${formatCount(runs)} runs (measured): mean, least and most. The range of a bill is between the least of it and the model, and the most.`,
    nearStep: (plan: string, row: string, bytes: string, percent: string) =>
      `${plan}: ${row} is ${bytes} above a step; ${bytes} less take ${percent} off`,
  },
  'zh-TW': {
    title: (name, devices) => `${name}：${formatCount(devices)} 台裝置`,
    sends: (payload, scenario, messages) => `${formatBytes(payload)}（${scenario}），${messages}`,
    every: (seconds) => `每 ${spanText(seconds)} 一次`,
    aMonth: (count) => `每月 ${formatCount(count)} 次，間隔不一`,
    month: (seconds) => `一個月 ${formatCount(seconds / 86_400, 3)} 天`,
    bytes: '每台裝置每月用量',
    bytesNote:
      'MB 為 10⁶ 位元組，計雙向 IP 封包；每個純確認都依規則決定。每次喚醒：平均位元組。連線時間：依鏈路的來回時間與速率。',
    expected: (share) => `以 ${formatCount(share * 100)}% 的封包遺失並重送計，均為期望值`,
    columns: {
      roundTrips: '來回',
      transport: '傳輸方式',
      megabytes: 'MB',
      readings: '讀數',
      headers: '標頭',
      pings: 'ping',
      handshakes: '交握',
      wakeUp: '每次喚醒',
      wakeUps: '喚醒/日',
      counted: '計數',
      basis: '依據',
      onAir: '連線時間',
      billed: '計費 MB',
      device: '每台',
      fleet: '全部',
      prepaid: '可用',
      metered: '計量',
      mAh: 'mAh/日',
      plan: '資費',
      cloud: '雲端',
      radio: '無線模型',
      change: '改變',
      saves: '節省',
      after: '之後 MB',
      costs: '代價',
    },
    policies: {
      kept: '保持',
      'per-message': '每則訊息',
      'per-batch': '每批',
      'no-connection': '無',
    },
    batch: (size, as) =>
      as === 'message' ? `每 ${formatCount(size)} 筆合一` : `每 ${formatCount(size)} 則`,
    ticketDead: '完整：下次連線時票證已失效',
    plans: '資費計費，每台每月',
    clouds: '雲端服務計費，每台每月',
    radios: '無線電耗電，依他人的模型',
    secondHand: '† 價格為轉述',
    months: (count) => `${formatCount(count)} 個月`,
    quota: (name, units, cost) => `${formatCount(units)} × ${name}${cost}`,
    sameBill: (plans) => `進位使每種方式的帳單都相同：${plans}。`,
    openBill: (plans, rows) => `${plans} 之下 ${rows} 的實測值跨越進位的級距：無法斷定為單一帳單。`,
    modelsDiffer: (models, ways) =>
      `模型之間相差 ${models} 倍，通訊方式之間相差 ${ways} 倍：是哪種無線電比協定更有影響。`,
    cannotTell: (radios) => `${radios} 沒有每位元組或每秒的耗電：只能以喚醒次數分辨傳輸方式。`,
    tellsNothing: (radio) => `${radio} 是某一種通訊方式的平均，對其他方式都給出相同的值。`,
    cheapest: (row, megabytes, wakeUp, times, worst) =>
      `位元組最少的是 ${row}：每台每月 ${megabytes} MB，每次喚醒 ${wakeUp}（推算）；${worst} 是其 ${times} 倍。`,
    only: (row, megabytes, wakeUp) =>
      `${row} 每台每月 ${megabytes} MB，每次喚醒 ${wakeUp}（推算）。`,
    sooner: (row, seconds, than, link, why) =>
      `經由 ${link}，${row} 比 ${than} 早 ${seconds} 秒完成${why}（推算）。`,
    leftOut: (count, which) => `${formatCount(count)} 種組合沒有意義，不列：${which}`,
    keptInName: (row, seconds) => `${row}：靜默 ${spanText(seconds)} 就失去連線，名為保持而已`,
    wakeUpsHead: '喚醒次數，以及每次佔用鏈路多久',
    fullTls: 'TLS 工作階段：完整建立',
    resumedTls: 'TLS 工作階段：恢復',
    plansShort: '每台每月帳單：用量與月費；未讀到價格者列 MB',
    cloudsShort: '每台每月雲端費用；未讀到價格者列訊息數',
    radiosShort: '每日 mAh',
    rest: (folder) => `全文：--full 與 ${folder}`,
    restHere: '全文與出處：--full',
    leastBill: (money, plan, day, row) =>
      `整批裝置每月最低帳單：${plan} 之下 ${money}，經由 ${row}（${day} 的價格）。`,
    leastBillOfAll: (money, plan, day) =>
      `整批裝置每月最低帳單：${plan} 之下 ${money}，不論哪種方式（${day} 的價格）。`,
    waitsLonger: (count) => `，少 ${count} 次來回`,
    openBills: (plans) => `${plans} 之下實測值跨越進位的級距：無法斷定為單一帳單。`,
    sameForAll: (what) => `每種方式都相同：${what}`,
    secondHandMark: '；† 轉述',
    leftOutColumns: (columns) => `放不下 ${columns}`,
    moreRows: (count) => `另有 ${formatCount(count)} 種方式`,
    between: '',
    given: (what) => `所給：${what}`,
    countedNote: (runs) =>
      `計數：一則訊息連同其連線，${formatCount(runs)} 次執行中計數的封包（實測）：平均、最小與最大。帳單的範圍取其最小與推算值之間，到其最大。`,
    nearStep: (plan, row, bytes, percent) =>
      `${plan}：${row} 高出一級 ${bytes}；少 ${bytes} 則帳單減 ${percent}`,
  },
})
