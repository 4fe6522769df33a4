import type { Report } from '../../model/report/report.ts'
import type { ReportedTarget } from '../../model/report/target.ts'
import { type Block, paragraph } from '../document/document.ts'

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
  const servers = (plan.targets ?? []).map(describeTarget)
  const blocks: Block[] = [
    {
      kind: 'list',
      items: [
        `${measuredWith(report)}, ${environment.cpuModel}`,
        [
          pinning.pinned ? `pinned: ${pinning.reason}` : `not pinned: ${pinning.reason}`,
          `TCP_NODELAY ${environment.tcpNoDelay ? 'on' : 'off'}`,
          ...(plan.mode === 'quick' ? ['quick run'] : []),
        ].join('; '),
        ...servers,
      ],
      tone: 'faint',
    },
  ]
  if (report.merged !== undefined) {
    blocks.push(paragraph(`merged from ${report.merged.length} reports`, 'mixed'))
  }
  if (report.partial) {
    blocks.push(paragraph(`PARTIAL: ${report.partialReason ?? 'the run had not ended'}`, 'bad'))
  }
  for (const warning of report.warnings) blocks.push(paragraph(`warning: ${warning}`, 'mixed'))
  return blocks
}

const PLACES = { 'this-machine': 'on this machine', elsewhere: 'not on this machine' } as const

/** What stands in place of the embedded endpoint. */
function describeTarget(target: ReportedTarget): string {
  const { kind, url, place, verification, arrivals, serverName, alpn } = target
  const named = serverName === undefined ? '' : ` for ${serverName}`
  return [
    `${kind === 'http' ? 'HTTP' : 'MQTT'} at ${url}, ${PLACES[place]}`,
    ...(verification === null
      ? []
      : [`certificate ${verification === 'verified' ? '' : 'not '}verified${named}`]),
    ...(alpn === undefined ? [] : [`ALPN ${alpn}`]),
    arrivals === 'subscriber'
      ? 'arrivals told by a subscriber of ours, so delivery covers two legs'
      : 'arrivals not told',
  ].join('; ')
}
