import type { z } from 'zod'
import { describeError, InstrumentError } from '../model/errors.ts'
import type { Baseline } from '../model/report/check/baseline.ts'
import {
  BASELINE_SCHEMA_VERSION,
  baselineSchema,
  PHASE_DIRECTIONS,
} from '../model/report/check/baseline.ts'
import { jsonProblem } from '../model/text/json-problem.ts'
import { catalogue, named } from '../model/text/language.ts'
import { suggestNearest } from '../model/text/nearest.ts'
import { PROGRAM } from '../model/text/shell.ts'
import { WIRE_LAYERS } from '../model/vocabulary.ts'
import { findDuplicateKey } from './duplicate-key.ts'

const say = catalogue({
  en: {
    restore: (what: string, update: string) =>
      `${what}; restore it from version control, or delete it and write it again with: ${update}`,
    twice: 'stands there twice; keep one of them',
    more: (count: number) => (count === 0 ? '' : ` (and ${count} more)`),
    empty: 'is empty',
    conflict: (line: number) => `has the marks of a merge conflict in line ${line}`,
    cut: (why: string) => `is cut off: ${why}`,
    noJson: (why: string) => `is not JSON: ${why}`,
    noObject: 'is no baseline of mqtt-vs-http: it is not an object',
    report: (update: string) => `is the report of a run, not a baseline; write one with: ${update}`,
    noVersion: 'is no baseline of mqtt-vs-http: it has no schemaVersion',
    otherVersion: (version: string, known: number) =>
      `schemaVersion: is ${version}, but this one understands version ${known}`,
    newer: (version: number, known: number, update: string) =>
      `has schema version ${version}, from a newer mqtt-vs-http; this one understands version ${known}; use that one, or delete the file and write it again with: ${update}`,
    unknownKey: (hint: string | null) => `unknown key${hint === null ? '' : `; ${hint}`}`,
    invalid: 'is not valid',
  },
  'zh-TW': {
    restore: (what, update) => `${what}；請從版本庫還原，或刪除後重新寫入：${update}`,
    twice: '出現兩次；請只留一個',
    more: (count) => (count === 0 ? '' : `（還有 ${count} 個問題）`),
    empty: '是空的',
    conflict: (line) => `第 ${line} 行有合併衝突的標記`,
    cut: (why) => `檔案被截斷：${why}`,
    noJson: (why) => `不是 JSON：${why}`,
    noObject: '不是 mqtt-vs-http 的基準：它不是物件',
    report: (update) => `是一次測量的報告，不是基準；請用這個寫入基準：${update}`,
    noVersion: '不是 mqtt-vs-http 的基準：沒有 schemaVersion',
    otherVersion: (version, known) => `schemaVersion：是 ${version}，但這裡認得的是版本 ${known}`,
    newer: (version, known, update) =>
      `格式版本是 ${version}，來自較新的 mqtt-vs-http；這裡認得的是版本 ${known}；請用那一版，或刪除檔案後重新寫入：${update}`,
    unknownKey: (hint) => `沒有這個鍵${hint === null ? '' : `；${hint}`}`,
    invalid: '不正確',
  },
})

/** Every key that the format knows, wherever it stands. */
const KNOWN_KEYS: readonly string[] = [
  ...['schemaVersion', 'tool', 'versions', 'cells', 'messages', 'layers', 'frames'],
  ...PHASE_DIRECTIONS,
  ...WIRE_LAYERS,
]

/**
 * A baseline from its text, checked throughout.
 * @param name how messages call the text
 * @param update the command that writes it again
 * @throws InstrumentError `baseline-unreadable`: one line with what is wrong,
 *   where, and what to do
 */
export function parseBaseline(
  text: string,
  name: string,
  update = `${PROGRAM} check --update`,
): Baseline {
  const refuse = (problem: string, cause?: unknown): InstrumentError =>
    new InstrumentError('baseline-unreadable', named(name, problem), { cause })
  // Some editors begin a file with a byte order mark; JSON knows none.
  const json = text.replace(/^\uFEFF/, '')
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw refuse(say.restore(describeSyntaxProblem(json, error), update), error)
  }
  const foreign = describeForeignValue(value, update)
  if (foreign !== null) throw refuse(foreign)
  const duplicate = findDuplicateKey(json)
  if (duplicate !== null) {
    throw refuse(named(formatJsonPath(duplicate), say.twice))
  }
  const result = baselineSchema.safeParse(value)
  if (result.success) return result.data
  const [first, ...others] = result.error.issues.flatMap(describeIssue)
  throw refuse(say.restore(`${first}${say.more(others.length)}`, update))
}

function describeSyntaxProblem(json: string, error: unknown): string {
  if (json.trim() === '') return say.empty
  const conflict = json.split('\n').findIndex((line) => /^(<{7}|={7}|>{7})(\s|$)/.test(line))
  if (conflict >= 0) return say.conflict(conflict + 1)
  const reason = describeError(error)
  const position = Number(/at position (\d+)/.exec(reason)?.[1] ?? Number.NaN)
  const endsEarly = /end of JSON|Unterminated/.test(reason) || position >= json.trimEnd().length
  return endsEarly ? say.cut(jsonProblem(reason, json)) : say.noJson(jsonProblem(reason, json))
}

/** Why this is not a baseline that can be read, or null. */
function describeForeignValue(value: unknown, update: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return say.restore(say.noObject, update)
  }
  if ('environment' in value && 'plan' in value) {
    return say.report(update)
  }
  const version = 'schemaVersion' in value ? value.schemaVersion : undefined
  if (version === BASELINE_SCHEMA_VERSION) return null
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return say.restore(
      version === undefined
        ? say.noVersion
        : say.otherVersion(JSON.stringify(version), BASELINE_SCHEMA_VERSION),
      update,
    )
  }
  return say.newer(version, BASELINE_SCHEMA_VERSION, update)
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      named(formatJsonPath([...issue.path, key]), say.unknownKey(suggestNearest(key, KNOWN_KEYS))),
    )
  }
  // Of a key, the problem is one level further in.
  const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message
  return [named(formatJsonPath(issue.path), message ?? say.invalid)]
}

/** `cells.json["mqtt-qos1"]["steady up"].frames[0]`: a place in a JSON text, as one would write it in code. */
function formatJsonPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const segment of path) {
    const key = String(segment)
    if (typeof segment === 'number') text += `[${key}]`
    else if (!/^[A-Za-z_$][\w$]*$/.test(key)) text += `[${JSON.stringify(key)}]`
    else text += text === '' ? key : `.${key}`
  }
  return text
}
