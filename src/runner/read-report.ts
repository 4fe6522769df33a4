import { describeError, InstrumentError } from '../model/errors.ts'
import type { Report } from '../model/report/report.ts'
import { REPORT_SCHEMA_VERSION, reportSchema } from '../model/report/report.ts'
import { describeIssue, summariseIssues } from '../scenario/problem.ts'

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const isCut = text.trim() !== '' && /end of JSON|Unterminated/.test(describeError(error))
    throw new InstrumentError(
      'report-unreadable',
      text.trim() === ''
        ? `${name}: is empty; give the report.json of a run`
        : `${name}: is not JSON${isCut ? ', or was cut off' : ''}: ${describeError(error)}`,
      { cause: error },
    )
  }
}

function checkVersion(value: unknown, name: string): void {
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value
      ? value.schemaVersion
      : undefined
  if (version === REPORT_SCHEMA_VERSION) return
  const known = `this one reads version ${REPORT_SCHEMA_VERSION}`
  let problem =
    'is no report of mqtt-vs-http: it has no schemaVersion; give the report.json of a run'
  if (typeof version === 'number') {
    problem =
      version > REPORT_SCHEMA_VERSION
        ? `has schema version ${version}, from a newer mqtt-vs-http; ${known}`
        : `has schema version ${version}; ${known}`
  }
  throw new InstrumentError('report-unreadable', `${name}: ${problem}`)
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
    `${name}: ${summariseIssues(reportSchema, result.error.issues)}`,
  )
}
