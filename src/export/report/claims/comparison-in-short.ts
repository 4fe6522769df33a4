import type { ClaimVerdict, Report } from '../../../model/report/report.ts'
import { catalogue } from '../../../model/text/language.ts'
import {
  cellText,
  type Group,
  plainTable,
  rowGroup,
  type TableBlock,
} from '../../document/document.ts'
import { clipText } from '../../document/fit-screen.ts'
import { WORDS } from '../../words.ts'
import { verdictWord } from '../notes.ts'
import { scenarioCellsOf } from '../scenario-cells.ts'
import { claimedText, comparedRanges, TONE_OF } from './comparison.ts'
import { SIDES, type Side, sideOf } from './comparison-columns.ts'

const say = catalogue({
  en: { claimedBelow: '(claimed below)' },
  'zh-TW': { claimedBelow: '（下方為說法）' },
})

/** The comparison without its notes: what was measured with its verdict, and what was claimed. */
export function comparisonTable(
  report: Report,
  nameColumns: number,
  shown: 'with what is claimed' | 'measured alone',
): TableBlock | null {
  const rowsOf = (scenario: string | null, measured: readonly string[]) => {
    const claims = report.verdicts.filter((verdict) => verdict.scenario === scenario)
    const at = (side: Side): ClaimVerdict | undefined =>
      claims.find((verdict) => sideOf(verdict, report) === side)
    const verdicts = SIDES.map((side, index) => {
      const claim = at(side)
      const verdict = claim && verdictWord(claim)
      const text = [measured[index], verdict].filter(Boolean).join(' ')
      return cellText(text, claim && TONE_OF[claim.verdict])
    })
    const claimed = SIDES.map((side) => {
      const claim = at(side)
      return cellText(claim === undefined ? '' : claimedText(claim), 'faint')
    })
    // Over all contents a number of bytes is of none of them, and the ratio is that of each.
    return claims.length === 0 || scenario === null || shown === 'measured alone'
      ? [verdicts]
      : [verdicts, claimed]
  }
  const groups: Group[] = scenarioCellsOf(report, 'uplink').flatMap(({ scenario, cells }) => {
    const measured = comparedRanges(report, scenario.name, cells)
    return measured.every((text) => text === '')
      ? []
      : [rowGroup(clipText(scenario.name, nameColumns), ...rowsOf(scenario.name, measured))]
  })
  if (report.verdicts.some(({ scenario }) => scenario === null)) {
    groups.push(rowGroup(WORDS.overall, ...rowsOf(null, [])))
  }
  if (groups.length === 0) return null
  const first = shown === 'measured alone' ? WORDS.content : say.claimedBelow
  return plainTable([first, 'HTTP', 'MQTT', 'MQTT/HTTP'], [], groups)
}
