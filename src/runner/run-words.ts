import { catalogue } from '../model/text/language.ts'

/** What a run says of itself while it goes on. */
export const say = catalogue({
  en: {
    scenario: (name: string, what: string) => `${name}: ${what}`,
    readingLink: (link: string) => `${link}: reading the link`,
    packets: 'counting packets',
    bytes: (transport: string) => `bytes, ${transport}`,
    round: (round: number, of: number) => `latency, round ${round} of ${of}`,
    over: (link: string, transport: string, what: string) => `over ${link}, ${transport}, ${what}`,
    warmUp: 'latency, warm-up',
    headerSet: (client: string, server: string) =>
      `bytes, header set ${client}, answered by ${server}`,
    starting: 'starting the endpoints',
  },
  'zh-TW': {
    scenario: (name, what) => `${name}：${what}`,
    readingLink: (link) => `${link}：測量鏈路`,
    packets: '計算封包數',
    bytes: (transport) => `位元組，${transport}`,
    round: (round, of) => `延遲，${of} 輪中的第 ${round} 輪`,
    over: (link, transport, what) => `經由 ${link}，${transport}，${what}`,
    warmUp: '延遲，暖身',
    headerSet: (client, server) => `位元組，標頭 ${client}，由 ${server} 回應`,
    starting: '啟動端點',
  },
})
