import type { Said } from '../said/said.ts'
import type { Cell, Report } from './report.ts'

/** The stored form of two reports side by side. */
export const COMPARISON_SCHEMA_VERSION = 1

/** A report under the name that the user gave it. */
export interface NamedReport {
  name: string
  report: Report
}

/** `a` is the report that was named first, as a rule the older one. */
export interface ReportComparison {
  schemaVersion: typeof COMPARISON_SCHEMA_VERSION
  a: ComparedReport
  b: ComparedReport
  /** What differs between the two runs besides what they measured, in sentences. */
  warnings: Said[]
  cells: CellComparison[]
}

interface ComparedReport {
  name: string
  startedAt: string
  version: string
}

export interface CellComparison {
  scenario: string
  transport: string
  /** `absent` where the report has no such cell. */
  statusA: Cell['status'] | 'absent'
  statusB: Cell['status'] | 'absent'
  exact: ExactDifference[]
  distributions: DistributionRatio[]
}

/** Null where a report did not measure it. */
export interface ExactDifference {
  metric: string
  a: number | null
  b: number | null
  /** b − a */
  difference: number | null
}

export interface DistributionRatio {
  metric: string
  a: number | null
  b: number | null
  /** b ÷ a */
  ratio: number | null
  /** 95 %, of the noise within the two runs; medians only. */
  interval: [number, number] | null
  /**
   * - `noise`: no larger than what runs of the same code differ by
   * - `slower`, `faster`: b, beyond that
   * - `open`: one of the two was not measured, or has no interval
   */
  verdict: 'noise' | 'slower' | 'faster' | 'open'
}
