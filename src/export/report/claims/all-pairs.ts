import { meanFurtherOf } from '../../../model/cost-line.ts'
import type { ClaimVerdict, Report } from '../../../model/report/report.ts'
import { formatCount, formatRange } from '../../../model/text/format.ts'
import { catalogue, listNames } from '../../../model/text/language.ts'
import { wordsOf } from '../../../model/text/wording.ts'
import { type Block, type Group, heading, paragraph, rowGroup } from '../../document/document.ts'
import { WORDS } from '../../words.ts'
import { scenarioCells } from '../scenario-cells.ts'

const say = catalogue({
  en: {
    where: (says: string) => `Where “${says}” holds`,
    whatIsShown:
      'every measured HTTP transport, and the MQTT transports by where their ratio to it lies; of a further message as each sends it, with its connection where it opens one for each.',
    within: 'within',
    more: 'MQTT costs more',
    less: 'MQTT costs less',
  },
  'zh-TW': {
    where: (says) => `「${says}」在何處成立`,
    whatIsShown:
      '每個測得的 HTTP 傳輸方式，以及 MQTT 傳輸方式與它的比值落在何處；以各自送出的後續訊息計，每則各自連線者含其連線。',
    within: '在範圍內',
    more: 'MQTT 較貴',
    less: 'MQTT 較省',
  },
})

type PairRatio = NonNullable<ClaimVerdict['allPairs']>[number]

/**
 * Under which conditions a ratio claim holds: every HTTP transport that was
 * measured, and the MQTT transports that are within the claimed range of it.
 * Nothing where the claim itself names all pairs there are.
 */
export function allPairsBlocks(report: Report): Block[] {
  const claims = new Map<string, Group[]>()
  for (const { scenario } of scenarioCells(report)) {
    for (const verdict of report.verdicts) {
      if (verdict.scenario !== scenario.name) continue
      const pairs = verdict.allPairs ?? []
      if (pairs.length <= verdict.evidence.length) continue
      const says = wordsOf(verdict.says)
      const groups = claims.get(says) ?? []
      groups.push(rowGroup(wordsOf(scenario.title), ...httpRows(pairs, verdict, report)))
      claims.set(says, groups)
    }
  }
  return [...claims].flatMap(([says, groups]): Block[] => [
    heading(2, say.where(says)),
    paragraph(say.whatIsShown, 'faint'),
    {
      kind: 'table',
      frame: 'plain',
      columns: [
        { title: WORDS.content, align: 'left' },
        { title: 'HTTP', align: 'left' },
        { title: WORDS.bytes, align: 'right' },
        { title: say.within, align: 'left' },
        { title: say.more, align: 'left' },
        { title: say.less, align: 'left' },
      ],
      groups,
    },
  ])
}

function httpRows(
  pairs: readonly PairRatio[],
  { scenario, between: [low] }: ClaimVerdict,
  report: Report,
): string[][] {
  const https = [...new Set(pairs.map(({ comparedTo }) => comparedTo))]
  return https.map((http) => {
    const own = pairs.filter(({ comparedTo }) => comparedTo === http)
    const cost = report.breakEven?.costs.find(
      (each) => each.scenario === scenario && each.transport === http,
    )
    return [
      http,
      cost === undefined ? '' : formatCount(meanFurtherOf(cost.bytes)),
      listOf(own.filter(({ inside }) => inside)),
      listOf(own.filter(({ inside, value }) => !inside && value >= low)),
      listOf(own.filter(({ inside, value }) => !inside && value < low)),
    ]
  })
}

/** `mqtt-qos0, mqtt-qos1 (1/12.0–1/10.0)`. */
function listOf(pairs: readonly PairRatio[]): string {
  const ascending = pairs.map(({ value }) => value).toSorted((a, b) => a - b)
  const [low, high] = [ascending[0], ascending.at(-1)]
  if (low === undefined || high === undefined) return ''
  const names = listNames(pairs.map(({ transport }) => transport))
  return names + WORDS.inBrackets(formatRange(low, high, 'ratio'))
}
