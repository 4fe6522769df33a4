import type { Report } from '../../model/report/report.ts'
import type { ReportedTarget } from '../../model/report/target.ts'
import { saidText } from '../../model/said/said.ts'
import { catalogue } from '../../model/text/language.ts'
import { type Block, list, paragraph, type Tone } from '../document/document.ts'
import { WORDS } from '../words.ts'

const say = catalogue({
  en: {
    pinned: (reason: string) => `pinned: ${reason}`,
    notPinned: (reason: string) => `not pinned: ${reason}`,
    noDelayOn: 'TCP_NODELAY on',
    noDelayOff: 'TCP_NODELAY off',
    quick: 'quick run',
    merged: (count: number) => `merged from ${count} reports`,
    part: (number: number, of: number) =>
      `PART ${number} of ${of}: of connections, messages and rates these figures are a share, not the whole`,
    publisher: (number: number, of: number) =>
      `PUBLISHER ${number} of ${of}: a share of what is sent; what arrives stands with the subscribers, and report --merge holds both against each other`,
    subscriber: (number: number, of: number) =>
      `SUBSCRIBER ${number} of ${of}: a share of what arrives; what was sent stands with the publishers, and report --merge holds both against each other`,
    partial: (reason: string) => `PARTIAL: ${reason}`,
    notEnded: 'the run had not ended',
    warning: (text: string) => `warning: ${text}`,
    places: { 'this-machine': 'on this machine', elsewhere: 'not on this machine' },
    server: (protocol: string, url: string, place: string) => `${protocol} at ${url}, ${place}`,
    forName: (name: string) => ` for ${name}`,
    verified: (named: string) => `certificate verified${named}`,
    notVerified: (named: string) => `certificate not verified${named}`,
    arrivalsTold: 'an extra subscriber counts arrivals, so delivery covers two legs',
    arrivalsUntold: 'arrivals not told',
  },
  'zh-TW': {
    pinned: (reason) => `已固定 CPU：${reason}`,
    notPinned: (reason) => `未固定 CPU：${reason}`,
    noDelayOn: 'TCP_NODELAY 開啟',
    noDelayOff: 'TCP_NODELAY 關閉',
    quick: '快速測量',
    merged: (count) => `由 ${count} 份報告合併`,
    part: (number, of) => `${of} 個部分中的第 ${number} 個：連線、訊息與速率都只是一份，不是全部`,
    publisher: (number, of) =>
      `${of} 個發布者中的第 ${number} 個：只是送出的一份；到達的在訂閱者那裡，由 report --merge 對照兩端`,
    subscriber: (number, of) =>
      `${of} 個訂閱者中的第 ${number} 個：只是到達的一份；送出的在發布者那裡，由 report --merge 對照兩端`,
    partial: (reason) => `不完整：${reason}`,
    notEnded: '測量尚未結束',
    warning: (text) => `警告：${text}`,
    places: { 'this-machine': '在這台機器上', elsewhere: '不在這台機器上' },
    server: (protocol, url, place) => `${protocol} 伺服器 ${url}，${place}`,
    forName: (name) => `（名稱 ${name}）`,
    verified: (named) => `憑證已驗證${named}`,
    notVerified: (named) => `憑證未驗證${named}`,
    arrivalsTold: '由另一個訂閱者計算送達，因此送達延遲含兩段路',
    arrivalsUntold: '送達情形不明',
  },
})

/** Which version, when, on which Node: what fits a line whatever the machine is called. */
export function measuredWith({ tool, startedAt, environment }: Report): string {
  const started = new Date(startedAt)
    .toISOString()
    .replace('T', ' ')
    .slice(0, 'yyyy-mm-dd hh:mm'.length)
  return `${tool.name} ${tool.version}, ${started} UTC, Node ${environment.node}`
}

/** With what it was measured, on what, and what a reader must know before any figure. */
export function headBlocks(report: Report): Block[] {
  const { environment, plan } = report
  const { pinning } = environment
  return [
    list(
      [
        `${measuredWith(report)}, ${environment.cpuModel}`,
        [
          pinning.pinned
            ? say.pinned(saidText(pinning.reason))
            : say.notPinned(saidText(pinning.reason)),
          environment.tcpNoDelay ? say.noDelayOn : say.noDelayOff,
          ...(plan.mode === 'quick' ? [say.quick] : []),
        ].join(WORDS.semicolon),
        ...(plan.targets ?? []).map(describeTarget),
      ],
      'faint',
    ),
    ...noticeTexts(report).map(({ text, tone }) => paragraph(text, tone)),
  ]
}

/** What a reader must know before any figure. */
export function noticeTexts(report: Report): { text: string; tone: Tone }[] {
  const { part, role } = report.plan
  const tellPart = { publish: say.publisher, subscribe: say.subscriber, both: say.part }
  const reason = report.partialReason === null ? say.notEnded : saidText(report.partialReason)
  const mixed = (text: string) => ({ text, tone: 'mixed' as const })
  return [
    ...(part === undefined ? [] : [mixed(tellPart[role ?? 'both'](part.number, part.of))]),
    ...(report.merged === undefined ? [] : [mixed(say.merged(report.merged.length))]),
    ...(report.partial ? [{ text: say.partial(reason), tone: 'bad' as const }] : []),
    ...report.warnings.map((warning) => mixed(say.warning(saidText(warning)))),
  ]
}

/** What stands in place of the embedded endpoint. */
function describeTarget(target: ReportedTarget): string {
  const { kind, url, place, verification, arrivals, serverName, alpn } = target
  const named = serverName === undefined ? '' : say.forName(serverName)
  return [
    say.server(kind === 'http' ? 'HTTP' : 'MQTT', url, say.places[place]),
    ...(verification === null
      ? []
      : [verification === 'verified' ? say.verified(named) : say.notVerified(named)]),
    ...(alpn === undefined ? [] : [`ALPN ${alpn}`]),
    arrivals === 'subscriber' ? say.arrivalsTold : say.arrivalsUntold,
  ].join(WORDS.semicolon)
}
