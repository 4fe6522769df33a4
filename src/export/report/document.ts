import type { Report } from '../../model/report/report.ts'
import type { Block } from '../document/document.ts'
import { type RenderOptions, SECTIONS } from '../exporter.ts'
import { headBlocks } from './head.ts'
import { BLOCKS_OF } from './sections.ts'

/** What a person reads of a report: every section, or those that are asked for. */
export function reportDocument(
  report: Report,
  { breakEven, sections }: Pick<RenderOptions, 'breakEven' | 'sections'> = {},
): Block[] {
  const isAsked = (name: string): boolean => name !== 'all-pairs' || breakEven === 'all-pairs'
  const names = sections ?? SECTIONS.filter(isAsked)
  return [...headBlocks(report), ...names.flatMap((name) => BLOCKS_OF[name](report))]
}
