import { catalogue } from '../../../model/text/language.ts'

/** Pictures of a fleet, and two fleets side by side. */
export const sayPage = catalogue({
  en: {
    page: (name: string) => `What the fleet ${name} takes a month`,
    pictureStack: (best: string, worst: string) =>
      `MB a device and month by way of talking (modelled): ${best} takes least, ${worst} most`,
    pictureInterval: 'Bytes a month against the interval between readings (modelled)',
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
    page: (name) => `裝置群 ${name} 每月的用量`,
    pictureStack: (best, worst) => `各種方式每台每月的 MB（推算）：${best} 最少，${worst} 最多`,
    pictureInterval: '每月位元組與讀數間隔（推算）',
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
