import type { Report } from '../model/report/report.ts'
import { type Said, saidText } from '../model/said/said.ts'
import { catalogue } from '../model/text/language.ts'

const say = catalogue({
  en: {
    notMeasured: (scenario: string, transport: string, why: string) =>
      `${scenario} on ${transport} was asked for and not measured: ${why}`,
    modelled: (scenario: string, transport: string, why: string) =>
      `${scenario} on ${transport}: its link bytes were to be measured, and are modelled: ${why}`,
    noLink: 'the link was not there',
  },
  'zh-TW': {
    notMeasured: (scenario, transport, why) => `${scenario}／${transport} 有要求但沒有測量：${why}`,
    modelled: (scenario, transport, why) =>
      `${scenario}／${transport}：鏈路位元組本應實測，卻是模型估算：${why}`,
    noLink: '沒有那條鏈路',
  },
})

type SkippedCell = Extract<Report['cells'][number], { status: 'skipped' }>

/**
 * What somebody asked for by its name, and was in no cell that was measured: a
 * transport that every scenario left out, or a scenario that left out all of its
 * transports. Where only some of the cells of a name were skipped, it was
 * measured as far as that can be.
 * @param transports ids that were named one by one, not as part of a group
 * @param scenarios names of those that were named one by one
 * @returns one line each, with the reason
 */
export function unmeasuredByName(
  cells: Report['cells'],
  { transports, scenarios }: { transports: readonly string[]; scenarios: readonly string[] },
): string[] {
  const skippedAll = (of: readonly Report['cells'][number][]): readonly SkippedCell[] => {
    const skipped = of.filter((cell) => cell.status === 'skipped')
    return skipped.length === of.length ? skipped : []
  }
  const found = new Set([
    ...transports.flatMap((id) => skippedAll(cells.filter(({ transport }) => transport === id))),
    ...scenarios.flatMap((name) => skippedAll(cells.filter(({ scenario }) => scenario === name))),
  ])
  return Array.from(found, ({ scenario, transport, reason }) =>
    say.notMeasured(scenario, transport, saidText(reason)),
  )
}

/**
 * Cells whose link bytes were to be measured and are modelled, one line each,
 * with the reason. In another flow than the uplink only the model is asked for.
 */
export function unmeasuredLinks({ cells, plan }: Pick<Report, 'cells' | 'plan'>): string[] {
  return cells.flatMap((cell) => {
    if (cell.status === 'skipped' || cell.flow !== 'uplink') return []
    const network = cell.bytes?.ledger.filter(({ layer }) => layer === 'network') ?? []
    if (!network.some(({ basis }) => basis === 'modelled')) return []
    const reasons = [plan.linkBytes?.reason ?? [], ...cell.warnings].flat()
    const ofCell = reasons.find((each) => typeof each !== 'string' && each.key === 'linkModelled')
    const reason = ofCell ?? reasons[0]
    const why = reason === undefined ? say.noLink : saidText(whyOf(reason))
    return say.modelled(cell.scenario, cell.transport, why)
  })
}

/** Of a warning that gives a reason, the reason. */
function whyOf(sentence: Said): Said {
  const why = typeof sentence === 'string' ? undefined : sentence.values.why
  return typeof why === 'object' && !Array.isArray(why) ? why : sentence
}
