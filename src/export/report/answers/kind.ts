import type { Report } from '../../../model/report/report.ts'
import type { TableBlock } from '../../document/document.ts'
import type { Told } from './short-table.ts'

/** What a run may be of, and what a person wants to know of that. */
export interface Kind {
  /** Of how many contents it has figures, a family of scenarios counted once; 0: the run is of something else. */
  weight(report: Report): number
  /**
   * What it comes to, in one to five sentences from its figures; the first one matters most.
   * @param claim a published ratio that stands in the table too
   */
  sentences(report: Report, claim: 'with the claim' | 'without the claim'): readonly string[]
  /** What is compared, in short, and shorter; none where nothing is. */
  tables(report: Report, nameColumns: number): readonly TableBlock[]
  /** What became of claims that have no place in the table. */
  claims?(report: Report): readonly Told[]
}
