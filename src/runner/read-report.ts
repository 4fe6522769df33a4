import { describeError, InstrumentError } from '../model/errors.ts'
import type { Report } from '../model/report/report.ts'
import { reportSchema } from '../model/report/report.ts'
import { REPORT_SCHEMA_VERSION } from '../model/report/schema-versions.ts'
import { jsonProblem } from '../model/text/json-problem.ts'
import { catalogue, named } from '../model/text/language.ts'
import { describeIssue, summariseIssues } from '../scenario/problem.ts'

const say = catalogue({
  en: {
    empty: 'is empty; give the report.json of a run',
    noJson: (why: string) => `is not JSON: ${why}`,
    cut: (why: string) => `is not JSON, or was cut off: ${why}`,
    noReport:
      'is no report of mqtt-vs-http: it has no schemaVersion; give the report.json of a run',
    newer: (version: number, known: number) =>
      `has schema version ${version}, from a newer mqtt-vs-http; this one reads version ${known}`,
    older: (version: number, known: number) =>
      `has schema version ${version}; this one reads version ${known}`,
  },
  'zh-TW': {
    empty: '是空的；請給一次測量的 report.json',
    noJson: (why) => `不是 JSON：${why}`,
    cut: (why) => `不是 JSON，或被截斷：${why}`,
    noReport: '不是 mqtt-vs-http 的報告：沒有 schemaVersion；請給一次測量的 report.json',
    newer: (version, known) =>
      `格式版本是 ${version}，來自較新的 mqtt-vs-http；這裡讀的是版本 ${known}`,
    older: (version, known) => `格式版本是 ${version}；這裡讀的是版本 ${known}`,
  },
})

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const isCut = text.trim() !== '' && /end of JSON|Unterminated/.test(describeError(error))
    const why = jsonProblem(describeError(error), text)
    const problem = text.trim() === '' ? say.empty : isCut ? say.cut(why) : say.noJson(why)
    throw new InstrumentError('report-unreadable', named(name, problem), { cause: error })
  }
}

function checkVersion(value: unknown, name: string): void {
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value
      ? value.schemaVersion
      : undefined
  if (version === REPORT_SCHEMA_VERSION) return
  const tell = Number(version) > REPORT_SCHEMA_VERSION ? say.newer : say.older
  const problem = typeof version === 'number' ? tell(version, REPORT_SCHEMA_VERSION) : say.noReport
  throw new InstrumentError('report-unreadable', named(name, problem))
}

/**
 * A stored report from its text, checked throughout.
 * @param name how messages call the text
 * @throws InstrumentError `report-unreadable`, naming the first key that is wrong
 */
export function parseReport(text: string, name: string): Report {
  const value = parseJson(text, name)
  checkVersion(value, name)
  const result = reportSchema.safeParse(value, { error: describeIssue })
  if (result.success) return result.data
  throw new InstrumentError(
    'report-unreadable',
    named(name, summariseIssues(reportSchema, result.error.issues)),
  )
}
