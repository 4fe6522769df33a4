import { type FormatUnit, formatValue } from '../text/format.ts'
import { translations } from '../text/language.ts'

/** A figure and a bound of its budget; more digits where two that differ would read alike. */
export interface Bounded {
  value: number
  bound: number
  unit: FormatUnit
  digits: number
}

/** What gates say, and a report or the result of a check keeps. */
export const CHECK_SENTENCES = translations({
  en: {
    budgetOf: ({ scenario, transport, metric, how }: Budget) =>
      `${scenario}: ${transport} ${metric} ${how}`,
    budgetOfRatio: ({ scenario, transport, metric, to, how }: Budget & { to: string }) =>
      `${scenario}: ${transport} ${metric} divided by that of ${to} ${how}`,
    budgetAbove: ({ value, bound, unit, digits }: Bounded) =>
      `is ${formatValue(value, unit, digits)}, above its budget of ${formatValue(bound, unit, digits)}`,
    budgetBelow: ({ value, bound, unit, digits }: Bounded) =>
      `is ${formatValue(value, unit, digits)}, below its least of ${formatValue(bound, unit, digits)}`,
    budgetWithin: ({ value, bound, unit }: Bounded) =>
      `is ${formatValue(value, unit)}, within its budget of ${formatValue(bound, unit)}`,
    budgetNotBelow: ({ value, bound, unit }: Bounded) =>
      `is ${formatValue(value, unit)}, not below its least of ${formatValue(bound, unit)}`,
    budgetBetween: ({ value, min, max, unit }: Between) =>
      `is ${formatValue(value, unit)}, within its budget of ${formatValue(max, unit)} and not below its least of ${formatValue(min, unit)}`,
    budgetUnmeasured: ({ why }: { why: string }) => `could not be measured: ${why}`,
    noMetric: ({ name }: { name: string }) => `there is no metric ${name}`,
    dividesByNothing: ({ transport }: { transport: string }) =>
      `it is 0 on ${transport}, and nothing divides by that`,
    notRun: ({ transport }: { transport: string }) =>
      `${transport} was not run; name it among the transports of the scenario, or with --transports`,
    cellFailed: ({ transport, why }: { transport: string; why: string }) =>
      `${transport} failed: ${why}`,
    cellSkipped: ({ transport, why }: { transport: string; why: string }) =>
      `${transport} skipped: ${why}`,
    noFigure: ({ transport }: { transport: string }) => `${transport} gave no figure`,
    endedBefore: () => 'the run ended before it',
    tooManyKinds: ({ most }: { most: number }) =>
      `it sends units of more than ${most} different sizes: no baseline holds that`,
    oldOpenssl: () => 'OpenSSL before 3.5 (Node 20)',
    oldNode: () => 'Node before 20.19.3',
    newFetch: () => 'fetch of Node 26',
    sendsSuite: () =>
      'offers the suite that signals renegotiation (RFC 5746 §3.3), which means nothing in TLS 1.3',
    sendsSuiteInstead: () =>
      'signals renegotiation with a suite of 2 bytes instead of an extension of 5 (RFC 5746 §3.3)',
    saysGoawayTwice: () => 'says GOAWAY twice over TLS as well',
    asksForZstd: () => 'asks for zstd too in Accept-Encoding where there is TLS',
    versionsDo: ({ versions, what }: { versions: string; what: string }) => `${versions} ${what}`,
    compressesOtherwise: ({ encoding }: { encoding: string }) =>
      `compresses by ${encoding} to other sizes, here within 1 %`,
    forksAreThere: ({ forks, of }: { forks: number; of: number }) =>
      `${forks} of ${of} forks are there`,
    slowerAtMost: ({ bound, limit }: Limited) =>
      `slower by at most ${bound} (95 %), which is under ${limit}`,
    slowerInMedian: ({ median, bound, forks }: { median: string; bound: string; forks: number }) =>
      `slower by ${median} in the median, at least ${bound} (95 %), over ${forks} forks`,
    againOnFresh: ({ why }: { why: string }) => `again on fresh forks: ${why}`,
    freshPassed: ({ why }: { why: string }) => `fresh forks passed: ${why}`,
    freshOpen: ({ why }: { why: string }) => `fresh forks gave no verdict: ${why}`,
    advisoryUnpinned: ({ why }: { why: string }) =>
      `latency is advisory here: client and server are not pinned to CPUs of their own (${why})`,
    advisoryFew: () => 'latency is advisory here: too few forks to know the spread',
    advisorySpread: ({ spread, limit }: { spread: string; limit: string }) =>
      `latency is advisory here: the reference against itself spreads by ${spread} from fork to fork, more than ${limit}`,
    controlDiffers: ({ median, limit }: { median: string; limit: string }) =>
      `the control, a copy of the reference, differs from it by ${median}: that is beyond ${limit} by more than chance`,
    noUpperBound: () => 'too few forks for an upper bound',
    mayBeSlower: ({ bound, limit }: Limited) =>
      `may be slower by ${bound} (95 %), which is not under ${limit}`,
    theReference: () => 'the reference',
    theControl: () => 'the control',
    unknown: () => 'unknown',
    medianNotOver: ({ arm, median, limit }: Record<'arm' | 'median' | 'limit', string>) =>
      `median against ${arm} ${median}, not over ${limit}`,
    boundNotOver: ({ arm, bound, limit }: Limited & { arm: string }) =>
      `95 % lower bound against ${arm} ${bound}, not over ${limit}`,
    fewForksOver: ({ over, forks, limit, arm, needed }: ForksOver) =>
      `${over} of ${forks} forks are over ${limit} against ${arm}, fewer than ${needed}`,
  },
  'zh-TW': {
    budgetOf: ({ scenario, transport, metric, how }) =>
      `${scenario}：${transport} 的 ${metric} ${how}`,
    budgetOfRatio: ({ scenario, transport, metric, to, how }) =>
      `${scenario}：${transport} 的 ${metric}（除以 ${to}）${how}`,
    budgetAbove: ({ value, bound, unit, digits }) =>
      `為 ${formatValue(value, unit, digits)}，超出上限 ${formatValue(bound, unit, digits)}`,
    budgetBelow: ({ value, bound, unit, digits }) =>
      `為 ${formatValue(value, unit, digits)}，低於下限 ${formatValue(bound, unit, digits)}`,
    budgetWithin: ({ value, bound, unit }) =>
      `為 ${formatValue(value, unit)}，上限 ${formatValue(bound, unit)}`,
    budgetNotBelow: ({ value, bound, unit }) =>
      `為 ${formatValue(value, unit)}，下限 ${formatValue(bound, unit)}`,
    budgetBetween: ({ value, min, max, unit }) =>
      `為 ${formatValue(value, unit)}，上限 ${formatValue(max, unit)}，下限 ${formatValue(min, unit)}`,
    budgetUnmeasured: ({ why }) => `無法測量：${why}`,
    noMetric: ({ name }) => `沒有 ${name} 這個指標`,
    dividesByNothing: ({ transport }) => `在 ${transport} 上為 0，不能當除數`,
    notRun: ({ transport }) =>
      `沒有測量 ${transport}；請把它列入情境的 transports，或用 --transports 指定`,
    cellFailed: ({ transport, why }) => `${transport} 失敗：${why}`,
    cellSkipped: ({ transport, why }) => `${transport} 略過：${why}`,
    noFigure: ({ transport }) => `${transport} 沒有這個數字`,
    endedBefore: () => '測量到它之前就結束了',
    tooManyKinds: ({ most }) => `它送出的單元有超過 ${most} 種大小：沒有基準能存下`,
    oldOpenssl: () => 'OpenSSL 3.5 之前（Node 20）',
    oldNode: () => 'Node 20.19.3 之前',
    newFetch: () => 'Node 26 的 fetch',
    sendsSuite: () => '提供表示重新協商的密碼套件（RFC 5746 §3.3），在 TLS 1.3 沒有意義',
    sendsSuiteInstead: () =>
      '以 2 位元組的密碼套件而非 5 位元組的擴充表示重新協商（RFC 5746 §3.3）',
    saysGoawayTwice: () => '在 TLS 上也送兩次 GOAWAY',
    asksForZstd: () => '有 TLS 時在 Accept-Encoding 也要求 zstd',
    versionsDo: ({ versions, what }) => `${versions}${what}`,
    compressesOtherwise: ({ encoding }) => `以 ${encoding} 壓縮出的大小不同，這裡相差不到 1 %`,
    forksAreThere: ({ forks, of }) => `${of} 次測量完成了 ${forks} 次`,
    slowerAtMost: ({ bound, limit }) => `最多慢 ${bound}（95 %），低於 ${limit}`,
    slowerInMedian: ({ median, bound, forks }) =>
      `${forks} 次測量，中位數慢 ${median}，至少 ${bound}（95 %）`,
    againOnFresh: ({ why }) => `重新測量也一樣：${why}`,
    freshPassed: ({ why }) => `重新測量卻通過了：${why}`,
    freshOpen: ({ why }) => `重新測量無法判定：${why}`,
    advisoryUnpinned: ({ why }) =>
      `這裡的延遲僅供參考：用戶端與伺服器沒有固定在各自的 CPU 上（${why}）`,
    advisoryFew: () => '這裡的延遲僅供參考：測量次數太少，無從得知離散程度',
    advisorySpread: ({ spread, limit }) =>
      `這裡的延遲僅供參考：參考與它自己相比，各次測量相差 ${spread}，超過 ${limit}`,
    controlDiffers: ({ median, limit }) =>
      `對照組與參考是同一份，卻相差 ${median}：超過 ${limit}，不是偶然`,
    noUpperBound: () => '測量次數太少，沒有上界',
    mayBeSlower: ({ bound, limit }) => `可能慢 ${bound}（95 %），沒有低於 ${limit}`,
    theReference: () => '參考',
    theControl: () => '對照組',
    unknown: () => '不明',
    medianNotOver: ({ arm, median, limit }) => `與${arm}相比，中位數 ${median}，沒有超過 ${limit}`,
    boundNotOver: ({ arm, bound, limit }) => `與${arm}相比，95 % 下界 ${bound}，沒有超過 ${limit}`,
    fewForksOver: ({ over, forks, limit, arm, needed }) =>
      `與${arm}相比，${forks} 次測量有 ${over} 次超過 ${limit}，不到 ${needed} 次`,
  },
})

export type Budget = Record<'scenario' | 'transport' | 'metric' | 'how', string>
export type Between = Pick<Bounded, 'value' | 'unit'> & Record<'min' | 'max', number>
export type Limited = Record<'bound' | 'limit', string>
export type ForksOver = Record<'over' | 'forks' | 'needed', number> &
  Record<'limit' | 'arm', string>
