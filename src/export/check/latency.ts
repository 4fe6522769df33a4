import type { LatencyCheck, LatencyCheckTransport } from '../../model/report/check/latency-check.ts'
import { formatChange } from '../../model/text/format-change.ts'
import { jsonText } from '../document/json-text.ts'

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
  const lines = [
    `${scenario} on ${transport}: ${verdictOf(result)}`,
    `  candidate ÷ reference: ${describeChange(result)}; control ${formatChange(first.controlRatio)}; ${forks.length} forks, ${Math.round(seconds)} s`,
    ...result.reasons.map((reason) => `  ${reason}`),
  ]
  if (result.advisory.reason !== null) lines.push(`  ${result.advisory.reason}`)
  return `${lines.join('\n')}\n`
}

function verdictOf({ verdict, advisory }: LatencyCheckTransport): string {
  return advisory.isAdvisory ? `${verdict} (advisory)` : verdict
}

function describeChange({ first }: LatencyCheckTransport): string {
  const bound = (ratio: number | null): string => (ratio === null ? '?' : formatChange(ratio))
  return `${formatChange(first.medianRatio)} [${bound(first.lowerBound)}, ${bound(first.upperBound)}]`
}

/** Which servers were held against which, and whether they proved who they are. */
function describeServers({ servers }: LatencyCheck): string[] {
  return (servers?.candidate ?? []).map((candidate) => {
    const reference = servers?.reference.find(({ kind }) => kind === candidate.kind)
    const insecure = candidate.verification === 'insecure' ? '; certificates not verified' : ''
    return `candidate ${candidate.url}, reference ${reference?.url}${insecure}\n`
  })
}

function renderMarkdown(check: LatencyCheck): string {
  const { transports } = check
  const rows = transports.map((result) => {
    const { scenario, transport, first, forks, seconds } = result
    return `| ${scenario} | ${transport} | ${verdictOf(result)} | ${describeChange(result)} | ${formatChange(first.controlRatio)} | ${forks.length} | ${Math.round(seconds)} s |`
  })
  return `${[
    '| scenario | transport | verdict | candidate ÷ reference [95 % bounds] | control | forks | time |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    ...describeServers(check).map((line) => `\n${line.trimEnd()}`),
  ].join('\n')}\n`
}
