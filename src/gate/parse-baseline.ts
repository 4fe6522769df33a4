import type { z } from 'zod'
import { describeError, InstrumentError } from '../model/errors.ts'
import type { Baseline } from '../model/report/check/baseline.ts'
import {
  BASELINE_SCHEMA_VERSION,
  baselineSchema,
  PHASE_DIRECTIONS,
  WIRE_LAYERS,
} from '../model/report/check/baseline.ts'
import { suggestNearest } from '../model/text/nearest.ts'
import { PROGRAM } from '../model/text/shell.ts'
import { findDuplicateKey } from './duplicate-key.ts'
import { formatJsonPath } from './json-path.ts'

const RESTORE = `restore it from version control, or delete it and write it again with: ${PROGRAM} check --update`

/** Every key that the format knows, wherever it stands. */
const KNOWN_KEYS: readonly string[] = [
  ...['schemaVersion', 'tool', 'versions', 'cells', 'messages', 'layers', 'frames'],
  ...PHASE_DIRECTIONS,
  ...WIRE_LAYERS,
]

/**
 * A baseline from its text, checked throughout.
 * @param name how messages call the text
 * @throws InstrumentError `baseline-unreadable`: one line with what is wrong,
 *   where, and what to do
 */
export function parseBaseline(text: string, name: string): Baseline {
  const refuse = (problem: string, cause?: unknown): InstrumentError =>
    new InstrumentError('baseline-unreadable', `${name}: ${problem}`, { cause })
  // Some editors begin a file with a byte order mark; JSON knows none.
  const json = text.replace(/^\uFEFF/, '')
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw refuse(`${describeSyntaxProblem(json, error)}; ${RESTORE}`, error)
  }
  const foreign = describeForeignValue(value)
  if (foreign !== null) throw refuse(foreign)
  const duplicate = findDuplicateKey(json)
  if (duplicate !== null) {
    throw refuse(`${formatJsonPath(duplicate)}: stands there twice; keep one of them`)
  }
  const result = baselineSchema.safeParse(value)
  if (result.success) return result.data
  const [first, ...others] = result.error.issues.flatMap(describeIssue)
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`
  throw refuse(`${first}${more}; ${RESTORE}`)
}

function describeSyntaxProblem(json: string, error: unknown): string {
  if (json.trim() === '') return 'is empty'
  const conflict = json.split('\n').findIndex((line) => /^(<{7}|={7}|>{7})(\s|$)/.test(line))
  if (conflict >= 0) return `has the marks of a merge conflict in line ${conflict + 1}`
  const reason = describeError(error)
  const position = Number(/at position (\d+)/.exec(reason)?.[1] ?? Number.NaN)
  const endsEarly = /end of JSON|Unterminated/.test(reason) || position >= json.trimEnd().length
  return endsEarly ? `is cut off: ${reason}` : `is not JSON: ${reason}`
}

/** Why this is not a baseline that can be read, or null. */
function describeForeignValue(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return `is no baseline of mqtt-vs-http: it is not an object; ${RESTORE}`
  }
  if ('environment' in value && 'plan' in value) {
    return `is the report of a run, not a baseline; write one with: ${PROGRAM} check --update`
  }
  const version = 'schemaVersion' in value ? value.schemaVersion : undefined
  if (version === BASELINE_SCHEMA_VERSION) return null
  const known = `this one understands version ${BASELINE_SCHEMA_VERSION}`
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return version === undefined
      ? `is no baseline of mqtt-vs-http: it has no schemaVersion; ${RESTORE}`
      : `schemaVersion: is ${JSON.stringify(version)}, but ${known}; ${RESTORE}`
  }
  const remedy = `use that one, or delete the file and write it again with: ${PROGRAM} check --update`
  return `has schema version ${version}, from a newer mqtt-vs-http; ${known}; ${remedy}`
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const suggestion = suggestNearest(key, KNOWN_KEYS)
      const hint = suggestion === null ? '' : `; ${suggestion}`
      return `${formatJsonPath([...issue.path, key])}: unknown key${hint}`
    })
  }
  // Of a key, the problem is one level further in.
  const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message
  return [`${formatJsonPath(issue.path)}: ${message ?? 'is not valid'}`]
}
