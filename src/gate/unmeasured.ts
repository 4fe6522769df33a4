import type { Report } from '../model/report/report.ts'

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
