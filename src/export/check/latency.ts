import type { LatencyCheck, LatencyCheckTransport } from '../../model/report/check/latency-check.ts'
import { saidText } from '../../model/said/said.ts'
import { formatChange } from '../../model/text/format-change.ts'
import { catalogue } from '../../model/text/language.ts'
import { jsonText } from '../document/json-text.ts'

const say = catalogue({
  en: {
    of: (scenario: string, transport: string, verdict: string) =>
      `${scenario} on ${transport}: ${verdict}`,
    verdicts: { pass: 'pass', fail: 'fail', 'no-verdict': 'no-verdict' },
    advisory: (verdict: string) => `${verdict} (advisory)`,
    figures: (change: string, control: string, forks: number, seconds: number) =>
      `candidate ÷ reference: ${change}; control ${control}; ${forks} forks, ${seconds} s`,
    servers: (candidate: string, reference: string) =>
      `candidate ${candidate}, reference ${reference}`,
    insecure: '; certificates not verified',
    columns: {
      ...{ scenario: 'scenario', transport: 'transport', verdict: 'verdict' },
      ...{ ratio: 'candidate ÷ reference [95 % bounds]', control: 'control' },
      ...{ forks: 'forks', time: 'time' },
    },
  },
  'zh-TW': {
    of: (scenario, transport, verdict) => `${scenario}／${transport}：${verdict}`,
    verdicts: { pass: '通過', fail: '失敗', 'no-verdict': '無法判定' },
    advisory: (verdict) => `${verdict}（僅供參考）`,
    figures: (change, control, forks, seconds) =>
      `候選 ÷ 參考：${change}；對照組 ${control}；${forks} 次測量，${seconds} s`,
    servers: (candidate, reference) => `候選 ${candidate}，參考 ${reference}`,
    insecure: '；沒有驗證憑證',
    columns: {
      ...{ scenario: '情境', transport: '傳輸方式', verdict: '判定' },
      ...{ ratio: '候選 ÷ 參考 [95 % 界限]', control: '對照組' },
      ...{ forks: '測量次數', time: '時間' },
    },
  },
})

type LatencyFormat = 'text' | 'json' | 'markdown' | 'junit'

/** The result of a latency check. There is no JUnit of it: a verdict here may be advice. */
export function renderLatencyCheck(format: LatencyFormat, check: LatencyCheck): string {
  switch (format) {
    case 'json':
      return jsonText(check)
    case 'markdown':
      return renderMarkdown(check)
    default:
      return [...describeServers(check), ...check.transports.map(renderText)].join('')
  }
}

function renderText(result: LatencyCheckTransport): string {
  const { scenario, transport, first, forks, seconds } = result
  const control = formatChange(first.controlRatio)
  const lines = [
    say.of(scenario, transport, verdictOf(result)),
    `  ${say.figures(describeChange(result), control, forks.length, Math.round(seconds))}`,
    ...[...result.reasons, result.advisory.reason]
      .filter((reason) => reason !== null)
      .map((reason) => `  ${saidText(reason)}`),
  ]
  return `${lines.join('\n')}\n`
}

function verdictOf({ verdict, advisory }: LatencyCheckTransport): string {
  const told = say.verdicts[verdict]
  return advisory.isAdvisory ? say.advisory(told) : told
}

function describeChange({ first }: LatencyCheckTransport): string {
  const bound = (ratio: number | null): string => (ratio === null ? '?' : formatChange(ratio))
  return `${formatChange(first.medianRatio)} [${bound(first.lowerBound)}, ${bound(first.upperBound)}]`
}

/** Which servers were held against which, and whether they proved who they are. */
function describeServers({ servers }: LatencyCheck): string[] {
  return (servers?.candidate ?? []).map((candidate) => {
    const reference = servers?.reference.find(({ kind }) => kind === candidate.kind)
    const insecure = candidate.verification === 'insecure' ? say.insecure : ''
    return `${say.servers(candidate.url, reference?.url ?? '?')}${insecure}\n`
  })
}

function renderMarkdown(check: LatencyCheck): string {
  const { transports } = check
  const rows = transports.map((result) => {
    const { scenario, transport, first, forks, seconds } = result
    return `| ${scenario} | ${transport} | ${verdictOf(result)} | ${describeChange(result)} | ${formatChange(first.controlRatio)} | ${forks.length} | ${Math.round(seconds)} s |`
  })
  return `${[
    `| ${Object.values(say.columns).join(' | ')} |`,
    '|---|---|---|---|---|---|---|',
    ...rows,
    ...describeServers(check).map((line) => `\n${line.trimEnd()}`),
  ].join('\n')}\n`
}
