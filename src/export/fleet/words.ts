import type { Change, Turning } from '../../model/fleet/fleet-report.ts'
import { formatBytes, formatCount } from '../../model/text/format.ts'
import { catalogue, plural } from '../../model/text/language.ts'

/** `90 s`, `15 min`, `6 h`, `30 d`: the largest unit that leaves few digits. */
export function spanText(seconds: number): string {
  const [unit, size] = (
    [
      ['d', 86_400],
      ['h', 3_600],
      ['min', 60],
    ] as const
  ).find(([, each]) => seconds >= 2 * each || seconds === each) ?? ['s', 1]
  return `${formatCount(seconds / size, 1)} ${unit}`
}

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

export const say = catalogue({
  en: {
    title: (name: string, devices: number) =>
      `${name}: ${formatCount(devices)} ${devices === 1 ? 'device' : 'devices'}`,
    sends: (payload: number, scenario: string, messages: string) =>
      `each sends ${formatBytes(payload)} (${scenario}) ${messages}`,
    every: (seconds: number) => `every ${spanText(seconds)}`,
    aMonth: (count: number) => `${formatCount(count)} times a month, unevenly`,
    month: (seconds: number) => `a month is ${formatCount(seconds / 86_400, 3)} days`,
    bytes: 'What a device takes a month',
    bytesNote:
      'MB of 10⁶ bytes of IP packets, both ways: modelled from measured frames, every pure acknowledgement by rule. A wake-up: its mean bytes. On the air: round trips and bytes at the rates of the link, modelled.',
    expected: (share: number) =>
      `expected values where ${formatCount(share * 100)}% of packets are lost and sent again`,
    columns: {
      roundTrips: 'round trips',
      transport: 'transport',
      policy: 'connection',
      session: 'TLS',
      megabytes: 'MB',
      readings: 'readings',
      headers: 'headers',
      pings: 'pings',
      handshakes: 'handshakes',
      wakeUp: 'a wake-up',
      wakeUps: 'wake-ups/d',
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
    sessions: { none: '-', full: 'full', resumed: 'resumed' },
    ticketDead: 'full: the ticket has died by the next connection',
    measured: 'Measured beside it',
    measuredRow: (row: string, mean: number, low: number, high: number, runs: number) =>
      `${row}: a message with its connection took ${formatBytes(mean)} on the link, ${formatBytes(low)} to ${formatBytes(high)} in ${formatCount(runs)} runs; the range of a bill is between the least of it and the model, and the most`,
    plans: 'What data plans bill, a device and month',
    clouds: 'What cloud services bill, a device and month',
    radios: 'What a radio takes, by models of others',
    secondHand: '† a price read second-hand',
    noPrice: 'no price read',
    months: (count: number) => `${formatCount(count)} months`,
    quota: (name: string, units: number, cost: string) => `${formatCount(units)} × ${name}${cost}`,
    sameBill: (plan: string) =>
      `Under ${plan} every way comes to the same bill: its rounding decides, not the transport.`,
    openBill: (plan: string, row: string) =>
      `Under ${plan}, ${row}: what was measured crosses a step of its rounding, so that no one bill can be named.`,
    modelsDiffer: (models: string, ways: string) =>
      `Models differ by ×${models}, ways of talking by ×${ways}: which radio it is decides more than the protocol.`,
    cannotTell: (radio: string) =>
      `${radio} has no rate by byte or by time: it cannot tell transports apart but by how often they wake it.`,
    tellsNothing: (radio: string) =>
      `${radio} is a mean of one way of talking, and says the same of every other.`,
    cheapest: (row: string, megabytes: string, times: string, worst: string) =>
      `The fewest bytes: ${row}, ${megabytes} MB a device and month; ${worst} takes ${times} times as many.`,
    only: (row: string, megabytes: string) => `${row} takes ${megabytes} MB a device and month.`,
    sooner: (row: string, seconds: string, than: string, link: string) =>
      `Over ${link}, ${row} is done ${seconds} s earlier than ${than}.`,
    changes: 'What to change',
    changesNote:
      'each by itself, worked out for this fleet; ~: by parts of measured frames made shorter or longer',
    change: changes.en,
    price: prices.en,
    billThen: (plan: string, percent: string) => `${plan} ${percent}`,
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
    outageRow: (transport: string, connections: number, bytes: number, jitter: number) =>
      jitter === 0
        ? `${transport}: all at once, ${formatCount(connections)} connections and ${formatBytes(Math.round(bytes))} in the first second`
        : `${transport}: spread over ${spanText(jitter)}, ${formatCount(connections)} connections and ${formatBytes(Math.round(bytes))} a second`,
    outageYardstick:
      'What a server bears is measured by run --measure throughput and --connect-rate.',
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
    leftOut: (count: number, which: string) =>
      `${formatCount(count)} ${plural(count, 'combination means nothing and is', 'combinations mean nothing and are')} left out: ${which}`,
    keptInName: (row: string, seconds: number) =>
      `${row}: silence of ${spanText(seconds)} loses each connection, so that it is kept in name only`,
    wakeUpsHead: 'Wake-ups, and how long one keeps the link',
    fullTls: 'TLS sessions: full',
    resumedTls: 'TLS sessions: resumed',
    plansShort: 'What a device is billed a month: by volume and fee; MB where no price was read',
    cloudsShort: 'What a device costs a month at a cloud; messages where no price was read',
    radiosShort: 'mAh a day, by models of others',
    sources: 'Sources',
    source: (what: string, source: string, day: string) => `${what}: ${source}, read ${day}`,
    secondHandSource: 'second-hand',
    budgets: 'Budgets',
    told: { pass: '✓ kept', fail: '✗ broken', unmeasured: 'open' },
    rest: (folder: string) => `All of it, sources too: --full, or ${folder}`,
    restHere: 'All of it, sources too: --full',
    page: (name: string) => `What the fleet ${name} takes a month`,
    pictureStack: (best: string, worst: string) =>
      `MB a device and month by way of talking: ${best} takes least, ${worst} most`,
    pictureInterval: 'Bytes a month against the interval between readings',
    interval: 'interval between readings',
    megabytesAxis: 'MB a month',
    compared: (a: string, b: string) => `${a} → ${b}`,
    comparedNote: 'b − a of what a device takes a month; rows that both have',
    otherFleet: (what: string, a: string, b: string) => `${what} differ: ${a}, then ${b}`,
    devices: 'devices',
    monthWord: 'months in days',
    payloads: 'payloads in bytes',
    none: 'the two have no row in common',
  },
  'zh-TW': {
    title: (name, devices) => `${name}：${formatCount(devices)} 台裝置`,
    sends: (payload, scenario, messages) =>
      `每台送出 ${formatBytes(payload)}（${scenario}），${messages}`,
    every: (seconds) => `每 ${spanText(seconds)} 一次`,
    aMonth: (count) => `每月 ${formatCount(count)} 次，間隔不一`,
    month: (seconds) => `一個月以 ${formatCount(seconds / 86_400, 3)} 天計`,
    bytes: '每台裝置每月用量',
    bytesNote:
      'MB 為 10⁶ 位元組，計雙向 IP 封包：由實測的訊框推算，每個純確認都依規則決定。每次喚醒：平均位元組。連線時間：依鏈路的來回時間與速率推算。',
    expected: (share) => `以 ${formatCount(share * 100)}% 的封包遺失並重送計，均為期望值`,
    columns: {
      roundTrips: '來回',
      transport: '傳輸方式',
      policy: '連線',
      session: 'TLS',
      megabytes: 'MB',
      readings: '讀數',
      headers: '標頭',
      pings: 'ping',
      handshakes: '交握',
      wakeUp: '每次喚醒',
      wakeUps: '喚醒/日',
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
    sessions: { none: '-', full: '完整', resumed: '恢復' },
    ticketDead: '完整：下次連線時票證已失效',
    measured: '一併實測',
    measuredRow: (row, mean, low, high, runs) =>
      `${row}：一則訊息連同其連線在鏈路上用了 ${formatBytes(mean)}，${formatCount(runs)} 次測量介於 ${formatBytes(low)} 與 ${formatBytes(high)}；帳單的範圍取其最小與推算值之間，到其最大`,
    plans: '資費計費，每台每月',
    clouds: '雲端服務計費，每台每月',
    radios: '無線電耗電，依他人的模型',
    secondHand: '† 價格為轉述',
    noPrice: '未讀到價格',
    months: (count) => `${formatCount(count)} 個月`,
    quota: (name, units, cost) => `${formatCount(units)} × ${name}${cost}`,
    sameBill: (plan) => `在 ${plan} 之下每種方式的帳單都相同：由進位決定，而非傳輸方式。`,
    openBill: (plan, row) => `在 ${plan} 之下，${row}：實測值跨越進位的級距，無法斷定為單一帳單。`,
    modelsDiffer: (models, ways) =>
      `模型之間相差 ${models} 倍，通訊方式之間相差 ${ways} 倍：是哪種無線電比協定更有影響。`,
    cannotTell: (radio) =>
      `${radio} 沒有每位元組或每秒的耗電：除了喚醒次數之外，無法分辨傳輸方式。`,
    tellsNothing: (radio) => `${radio} 是某一種通訊方式的平均，對其他方式都給出相同的值。`,
    cheapest: (row, megabytes, times, worst) =>
      `位元組最少：${row}，每台每月 ${megabytes} MB；${worst} 是其 ${times} 倍。`,
    only: (row, megabytes) => `${row} 每台每月 ${megabytes} MB。`,
    sooner: (row, seconds, than, link) => `經由 ${link}，${row} 比 ${than} 早 ${seconds} 秒完成。`,
    changes: '可以改變什麼',
    changesNote: '各自單獨計算，以這批裝置為準；~：將實測訊框的部分縮短或加長而得',
    change: changes['zh-TW'],
    price: prices['zh-TW'],
    billThen: (plan, percent) => `${plan} ${percent}`,
    turns: '結論在何處改變',
    keptFrom: (transport, seconds) =>
      `${transport}：讀數間隔超過 ${spanText(seconds)} 時，保持連線比每則訊息各自連線用得更多。`,
    keptNever: (transport) => `${transport}：間隔在一週以內，保持連線都用得較少。`,
    turn: (at, row, before) => `自 ${at} 起，位元組最少的是 ${row}，而非 ${before}。`,
    input: inputs['zh-TW'],
    noTurn: '間隔、負載、keep-alive 與重新連線，任一項在千倍之內都不改變結論。',
    outage: '斷線之後的伺服器端（推算）',
    outageRow: (transport, connections, bytes, jitter) =>
      jitter === 0
        ? `${transport}：同時回來，第一秒 ${formatCount(connections)} 條連線、${formatBytes(Math.round(bytes))}`
        : `${transport}：分散於 ${spanText(jitter)}，每秒 ${formatCount(connections)} 條連線、${formatBytes(Math.round(bytes))}`,
    outageYardstick: '伺服器能承受多少，由 run --measure throughput 與 --connect-rate 測量。',
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
    leftOut: (count, which) => `${formatCount(count)} 種組合沒有意義，不列：${which}`,
    keptInName: (row, seconds) => `${row}：靜默 ${spanText(seconds)} 就失去連線，名為保持而已`,
    wakeUpsHead: '喚醒次數，以及每次佔用鏈路多久',
    fullTls: 'TLS 工作階段：完整建立',
    resumedTls: 'TLS 工作階段：恢復',
    plansShort: '每台每月帳單：用量與月費；未讀到價格者列 MB',
    cloudsShort: '每台每月雲端費用；未讀到價格者列訊息數',
    radiosShort: '每日 mAh，依他人的模型',
    sources: '出處',
    source: (what, source, day) => `${what}：${source}，讀於 ${day}`,
    secondHandSource: '轉述',
    budgets: '預算',
    told: { pass: '✓ 符合', fail: '✗ 超出', unmeasured: '未定' },
    rest: (folder) => `全文與出處：--full，或 ${folder}`,
    restHere: '全文與出處：--full',
    page: (name) => `裝置群 ${name} 每月的用量`,
    pictureStack: (best, worst) => `各種方式每台每月的 MB：${best} 最少，${worst} 最多`,
    pictureInterval: '每月位元組與讀數間隔',
    interval: '讀數間隔',
    megabytesAxis: '每月 MB',
    compared: (a, b) => `${a} → ${b}`,
    comparedNote: '每台每月用量之差 b − a；僅列兩者皆有的列',
    otherFleet: (what, a, b) => `${what}不同：先 ${a}，後 ${b}`,
    devices: '裝置數',
    monthWord: '月的天數',
    payloads: '負載位元組',
    none: '兩者沒有共同的列',
  },
})
