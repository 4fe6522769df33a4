import type { CsvStyle } from '../../export/document/csv.ts'
import type { Format, RenderOptions } from '../../export/exporter.ts'
import { parseSections } from '../../export/report/sections.ts'
import { catalogue } from '../../model/text/language.ts'
import { usage } from '../../plan/usage.ts'
import { renderOptions } from '../../terminal/output.ts'

const say = catalogue({
  en: { forCsv: (flag: string) => `--${flag}: is for --format csv; give that too` },
  'zh-TW': { forCsv: (flag) => `--${flag}：用於 --format csv；請一併給` },
})

/** What of a report is printed, by its flags. */
export interface Detail {
  readonly format: Format
  readonly 'break-even': boolean
  readonly full: boolean
  readonly section: string | undefined
  readonly 'csv-separator': CsvStyle['separator'] | undefined
  readonly 'csv-decimal': CsvStyle['decimal'] | undefined
}

/**
 * @param place where the report stands, null where it stands nowhere
 * @throws InstrumentError `usage`
 */
export function reportOptions(
  detail: Detail,
  place: NonNullable<RenderOptions['summary']>,
): RenderOptions {
  const { 'break-even': allPairs, full, section } = detail
  const csv = csvStyle(detail)
  return {
    ...renderOptions(),
    ...(csv !== null && { csv }),
    ...(allPairs && { breakEven: 'all-pairs' }),
    ...(section !== undefined && { sections: parseSections(section) }),
    ...(!full && !allPairs && section === undefined && { summary: place }),
  }
}

/** Null where nothing of it was asked for: files that are written are the same for everybody. */
function csvStyle(detail: Detail): CsvStyle | null {
  const { format, 'csv-decimal': decimal = 'point', 'csv-separator': separator } = detail
  const given = (['csv-separator', 'csv-decimal'] as const).find((name) => detail[name])
  if (given === undefined) return null
  if (format !== 'csv') throw usage(say.forCsv(given))
  return { decimal, separator: separator ?? (decimal === 'comma' ? 'semicolon' : 'comma') }
}
