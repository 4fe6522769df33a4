import type { Report } from '../model/report/report.ts'

/** How the warning of a cell begins that could not be measured on the link. */
export const MODELLED = 'its link bytes are modelled: '

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
  return Array.from(
    found,
    ({ scenario, transport, reason }) =>
      `${scenario} on ${transport} was asked for and not measured: ${reason}`,
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
    const reason = reasons.find((each) => each.startsWith(MODELLED)) ?? reasons[0]
    const why = reason?.replace(MODELLED, '') ?? 'the link was not there'
    return `${cell.scenario} on ${cell.transport}: its link bytes were to be measured, and are modelled: ${why}`
  })
}
