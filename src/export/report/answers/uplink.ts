import { comparisonTable } from '../claims/comparison-in-short.ts'
import { uplinkSentences } from '../cost/answer.ts'
import { entriesOf } from './entries.ts'
import type { Kind } from './kind.ts'

/** The comparison that the tool is for: HTTP beside MQTT, from the device up. */
export const uplink: Kind = {
  weight: (report) => {
    const judged = report.verdicts.filter(({ verdict }) => verdict !== 'untested')
    const measured = entriesOf(report, 'uplink')
    // Of cells that have failed since, there may be a verdict still.
    return report.plan.scenarios.filter(
      ({ name, flow }) =>
        flow === 'uplink' &&
        (measured.some((entry) => entry.name === name) ||
          judged.some(({ scenario }) => scenario === name)),
    ).length
  },
  sentences: (report, claim) => uplinkSentences(report, claim),
  tables: (report, nameColumns) =>
    (['with what is claimed', 'measured alone'] as const).flatMap(
      (shown) => comparisonTable(report, nameColumns, shown) ?? [],
    ),
}
