import type { Report } from '../model/report/report.ts'
import type { CsvStyle } from './document/csv.ts'
import type { Glyphs } from './document/draw-chart.ts'

/** What `--format` can name. */
export const FORMATS = ['table', 'csv', 'json', 'markdown', 'html'] as const
export type Format = (typeof FORMATS)[number]

/** What a report is made of, in reading order: the answer first. */
export const SECTIONS = [
  'answer',
  'comparison',
  'header-sets',
  'break-even',
  'commands',
  'fan-out',
  'sizes',
  'encodings',
  'bytes',
  'tls',
  'latency',
  'link',
  'load',
  'delivery',
  'all-pairs',
  'budgets',
] as const
export type Section = (typeof SECTIONS)[number]

/** Which pairs of transports the break-even is printed for. */
type BreakEvenDetail = 'mqtt-http' | 'all-pairs'

export interface RenderOptions {
  /** Width of the terminal in character cells; only the table minds it. */
  columns: number
  colour: boolean
  /** Of charts; block characters if left out. Only the table minds it. */
  glyphs?: Glyphs
  /** Left out: `mqtt-http`. Only people's formats mind it. */
  breakEven?: BreakEvenDetail
  /** Only these, in reading order; every section if left out. Only people's formats mind it. */
  sections?: readonly Section[]
  /** As RFC 4180 has it if left out. Only CSV minds it. */
  csv?: CsvStyle
  /** A screen of it in place of all sections; where the report and its page stand, so that the rest is found. */
  summary?: {
    folder: string | null
    page?: string | null
    /** Of the screen, which others will write on below it; none if left out. */
    linesAfter?: number
  }
}

/** One format: a report in, text out. No files, no clock, no terminal. */
export interface Exporter {
  /** Of a file in this format, without the dot. */
  readonly extension: string
  render(report: Report, options: RenderOptions): string
}
