import { findMetric } from '../../model/report/metric.ts'
import type { HeaderSetResult, Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import { formatBytes, formatCount, formatRange } from '../../model/text/format.ts'
import { catalogue } from '../../model/text/language.ts'
import { wordsOf } from '../../model/text/wording.ts'
import { type Block, heading, list, paragraph } from '../document/document.ts'
import { WORDS } from '../words.ts'
import { type ScenarioCells, scenarioCells } from './scenario-cells.ts'

const say = catalogue({
  en: {
    title: 'HTTP by header set',
    whatIsShown:
      'wire bytes per message of heads replayed as they were captured; request and answer are chosen apart, so the range is the smallest of both to the largest of both.',
    failed: (title: string, client: string, server: string, reason: string) =>
      `${title}: ${client} answered by ${server} failed: ${reason}`,
    line: (title: string, range: string, request: string, answer: string) =>
      `${title}: ${range} (request ${request}, answer ${answer})`,
  },
  'zh-TW': {
    title: '各組標頭下的 HTTP',
    whatIsShown:
      '照擷取到的標頭重送，每則訊息的線路位元組；請求與回應各自選擇，所以範圍是從兩者最小到兩者最大。',
    failed: (title, client, server, reason) =>
      `${title}：${client} 由 ${server} 回應，失敗：${reason}`,
    line: (title, range, request, answer) =>
      `${title}：${range}（請求 ${request}，回應 ${answer}）`,
  },
})

type Measured = Extract<HeaderSetResult, { status: 'measured' }>

/** The figure that every other one stands beside. */
const DEFAULT_CLIENT = 'http1'

/** How far HTTP goes apart by who sends and who answers, a line a scenario. */
export function headerSetBlocks(report: Report): Block[] {
  const results = report.headerSets ?? []
  if (results.length === 0) return []
  const items = scenarioCells(report).flatMap((entry) => scenarioLines(entry, results))
  return [heading(2, say.title), paragraph(say.whatIsShown, 'faint'), list(items)]
}

function scenarioLines(
  { scenario, cells }: ScenarioCells,
  all: readonly HeaderSetResult[],
): string[] {
  const results = all.filter((result) => result.scenario === scenario.name)
  const failed = results.flatMap((result) =>
    result.status === 'failed'
      ? [
          say.failed(
            wordsOf(scenario.title),
            result.headerSet,
            result.answerSet,
            saidText(result.reason),
          ),
        ]
      : [],
  )
  const measured = results.filter((result) => result.status === 'measured')
  if (measured.length === 0) return failed
  const up = endsOf(measured.map((each) => [each.headerSet, each.wireBytesUpPerMessage]))
  const down = endsOf(
    measured.map((each: Measured) => [each.answerSet, each.wireBytesDownPerMessage]),
  )
  const range = formatRange(up.low[1] + down.low[1], up.high[1] + down.high[1], 'bytes')
  const ordinary = cells.find((cell) => cell.transport === DEFAULT_CLIENT)
  const bytes = ordinary && findMetric('wire_bytes_per_message')?.of(ordinary)
  const beside =
    bytes == null
      ? ''
      : `${WORDS.semicolon}${DEFAULT_CLIENT}${WORDS.inBrackets(ordinary?.client ?? '')} ${formatBytes(bytes)}`
  return [
    say.line(wordsOf(scenario.title), range, describe(up), describe(down)) + beside,
    ...failed,
  ]
}

type Named = readonly [name: string, bytes: number]

function endsOf(values: readonly Named[]): { low: Named; high: Named } {
  const ascending = values.toSorted((a, b) => a[1] - b[1])
  return { low: ascending[0] as Named, high: ascending.at(-1) as Named }
}

function describe({ low, high }: { low: Named; high: Named }): string {
  const text = ([name, bytes]: Named): string => `${formatCount(bytes)} ${name}`
  return low[1] === high[1] ? text(low) : `${text(low)} – ${text(high)}`
}
