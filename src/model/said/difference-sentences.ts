import { listNames, plural, translations } from '../text/language.ts'

/** What two runs may differ in, and what that moves. */
const EN = {
  what: {
    cpu: 'CPU',
    system: 'system',
    pinning: 'pinning',
    node: 'Node',
    openssl: 'OpenSSL',
    tool: 'mqtt-vs-http',
    link: 'link',
    options: 'options of transports',
    faults: 'faults put in on purpose',
  },
  moves: {
    latencies: 'latencies',
    both: 'bytes and latencies',
    handshakes: 'bytes of TLS handshakes',
    everything: 'everything',
    itsUsers: 'bytes and latencies of what runs on it',
  },
}

/** Before a word of Chinese, a Latin one is followed by a space. */
const ZH: typeof EN = {
  what: {
    cpu: 'CPU ',
    system: '作業系統',
    pinning: '綁定 CPU ',
    node: 'Node ',
    openssl: 'OpenSSL ',
    tool: 'mqtt-vs-http ',
    link: '鏈路',
    options: '傳輸方式的選項',
    faults: '刻意放入的錯誤',
  },
  moves: {
    latencies: '延遲',
    both: '位元組與延遲',
    handshakes: 'TLS 交握的位元組',
    everything: '所有數字',
    itsUsers: '使用它者的位元組與延遲',
  },
}

export type Matter = keyof typeof EN.what
export type Movable = keyof typeof EN.moves

export interface Difference {
  was: string
  is: string
  moves: Movable
}

/** Numbers as they are written; empty where they are not known. */
export interface OthersUsed {
  used: string
  cpus: number
  load: string
}

/** What differs between two runs besides their figures, and what disturbed one. */
export const DIFFERENCE_SENTENCES = translations({
  en: {
    differs: ({ what, was, is, moves }: Difference & { what: Matter }) =>
      `${EN.what[what]} differs: ${was}, then ${is}; it can move ${EN.moves[moves]}`,
    libraryDiffers: ({ library, was, is, moves }: Difference & { library: string }) =>
      `${library} differs: ${was}, then ${is}; it can move ${EN.moves[moves]}`,
    none: () => 'none',
    pinned: () => 'pinned',
    unpinned: () => 'not pinned',
    scenarioDiffers: ({ scenario }: { scenario: string }) =>
      `the scenario ${scenario} is not the same in both: what is sent differs`,
    isPartial: ({ name, why }: { name: string; why: string }) => `${name} is partial: ${why}`,
    cutShort: () => 'it was cut short',
    latenciesDisturbed: ({
      name,
      scenarios,
      why,
    }: {
      name: string
      scenarios: string[]
      why: string
    }) =>
      `${name}: the latencies of ${listNames(scenarios)} were ${why}; until then, what is slower or faster may be that`,
    measuredWhile: ({ what, advice }: { what: string[]; advice: string[] }) =>
      `measured while ${what.join(', and ')}: ${advice.join('; ')}`,
    othersUsed: ({ used, cpus, load }: OthersUsed) =>
      `other programs used ${used} ${cpus === 0 ? 'CPUs' : `of ${cpus} ${plural(cpus, 'CPU', 'CPUs')}`}${load === '' ? '' : ` (load average ${load})`}`,
    stolen: ({ percent }: { percent: string }) =>
      `the host gave ${percent} % of the CPU time to other machines`,
    throttled: ({ ms, of }: { ms: string; of: string }) =>
      `a limit on CPU time held the processes back for ${ms} of ${of} ms`,
    whenQuieter: () => 'run again when it is quieter, or fewer transports at a time',
    whenHostIsQuieter: () => 'run again when the host is quieter, or on another',
    raiseLimit: () => 'raise the limit (cgroup cpu.max), or fewer transports at a time',
  },
  'zh-TW': {
    differs: ({ what, was, is, moves }) =>
      `${ZH.what[what]}不同：先是 ${was}，後是 ${is}；可能影響${ZH.moves[moves]}`,
    libraryDiffers: ({ library, was, is, moves }) =>
      `${library} 不同：先是 ${was}，後是 ${is}；可能影響${ZH.moves[moves]}`,
    none: () => '沒有',
    pinned: () => '已綁定',
    unpinned: () => '未綁定',
    scenarioDiffers: ({ scenario }) => `情境 ${scenario} 兩邊不同：送的內容不一樣`,
    isPartial: ({ name, why }) => `${name} 不完整：${why}`,
    cutShort: () => '中途停止',
    latenciesDisturbed: ({ name, scenarios, why }) =>
      `${name}：${listNames(scenarios)} 的延遲${why}；在那之前，較慢或較快可能是這個原因`,
    measuredWhile: ({ what, advice }) => `測量時${what.join('，而且')}：${advice.join('；')}`,
    othersUsed: ({ used, cpus, load }) =>
      `其他程式用了${cpus === 0 ? '' : ` ${cpus} 個 CPU 中的`} ${used} 個 CPU${load === '' ? '' : `（平均負載 ${load}）`}`,
    stolen: ({ percent }) => `主機把 ${percent} % 的 CPU 時間給了其他機器`,
    throttled: ({ ms, of }) => `CPU 時間的上限使程序在 ${of} ms 中停了 ${ms} ms`,
    whenQuieter: () => '等較安靜時再測，或一次少測幾種傳輸方式',
    whenHostIsQuieter: () => '等主機較閒時再測，或換一台',
    raiseLimit: () => '提高上限（cgroup cpu.max），或一次少測幾種傳輸方式',
  },
})
