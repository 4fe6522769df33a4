import type { LatencyCheckTransport } from '../src/model/report/check/latency-check.ts'

/** `aa`: the same code on both sides. `slow`: 25 % of the reference's median added in the endpoint. */
export type CampaignKind = 'aa' | 'slow'

/** One finished check of the campaign, as it is stored: a line of JSON. */
export interface CampaignLine {
  kind: CampaignKind
  startedAt: string
  node: string
  result: LatencyCheckTransport
}

const TITLES: Record<CampaignKind, string> = { aa: 'A/A', slow: '+25 %' }

/** The campaign as a Markdown table: one row a kind and transport. */
export function summariseCampaign(lines: readonly CampaignLine[]): string {
  const rows = (['aa', 'slow'] as const).flatMap((kind) => {
    const transports = new Set(lines.map(({ result }) => result.transport))
    return [...transports].toSorted().flatMap((transport) => {
      const own = lines.filter((line) => line.kind === kind && line.result.transport === transport)
      return own.length === 0 ? [] : [summaryRow(kind, transport, own)]
    })
  })
  return [
    '| check | transport | checks | pass | fail | no verdict | advisory | candidate ÷ reference, median of checks [least, most] | spread of the control, median | forks | seconds a check |',
    '|---|---|---:|---:|---:|---:|---:|---|---:|---:|---:|',
    ...rows,
  ].join('\n')
}

function summaryRow(kind: CampaignKind, transport: string, lines: readonly CampaignLine[]): string {
  const results = lines.map(({ result }) => result)
  const count = (verdict: LatencyCheckTransport['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length
  const ratios = results.map(({ first }) => first.medianRatio).toSorted((a, b) => a - b)
  const spreads = results.map(({ controlSpread }) => controlSpread ?? 0).toSorted((a, b) => a - b)
  const cells = [
    TITLES[kind],
    transport,
    results.length,
    count('pass'),
    count('fail'),
    count('no-verdict'),
    results.filter(({ advisory }) => advisory.isAdvisory).length,
    `${middle(ratios).toFixed(3)} [${(ratios[0] ?? 0).toFixed(3)}, ${(ratios.at(-1) ?? 0).toFixed(3)}]`,
    `${(100 * middle(spreads)).toFixed(1)} %`,
    mean(results.map(({ forks }) => forks.length)).toFixed(1),
    mean(results.map(({ seconds }) => seconds)).toFixed(0),
  ]
  return `| ${cells.join(' | ')} |`
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

/** Of sorted values; the lower of the two middle ones where there are two. */
const middle = (sorted: readonly number[]): number =>
  sorted[Math.floor((sorted.length - 1) / 2)] ?? 0
