import type { RenderOptions } from '../../export/exporter.ts'
import { parseSections } from '../../export/report/sections.ts'
import { renderOptions } from '../../terminal/output.ts'

/** What of a report is printed, by its flags. */
export interface Detail {
  readonly 'break-even': boolean
  readonly full: boolean
  readonly section: string | undefined
}

/** @param folder where the report stands, null where it stands nowhere */
export function reportOptions(detail: Detail, folder: string | null): RenderOptions {
  const { 'break-even': allPairs, full, section } = detail
  return {
    ...renderOptions(),
    ...(allPairs && { breakEven: 'all-pairs' }),
    ...(section !== undefined && { sections: parseSections(section) }),
    ...(!full && !allPairs && section === undefined && { summary: { folder } }),
  }
}
