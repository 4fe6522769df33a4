import type { z } from 'zod'
import { suggestNearest, suggestOneOf } from '../model/text/nearest.ts'
import { quote } from './quote.ts'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue
type Schema = z.core.$ZodType
type Path = readonly PropertyKey[]

const WORD_OF_TYPE: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  tuple: 'a list',
  object: 'a mapping',
  record: 'a mapping',
}

function nameType(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a mapping'
  return `the ${typeof value} ${quote(value)}`
}

function describeTypeMismatch(expected: string, input: unknown): string {
  if (input === undefined) return 'is missing'
  const wanted = WORD_OF_TYPE[expected] ?? expected
  const quotable =
    expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')
  return `must be ${wanted}, not ${nameType(input)}${quotable ? '; put it in quotes' : ''}`
}

/**
 * Words for what the schema has no words of its own for; handed to the parser.
 * Each completes a sentence that starts with the key.
 */
export function describeIssue(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return describeTypeMismatch(String(issue.expected), issue.input)
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum
      const bound = `${issue.code === 'too_small' ? 'at least' : 'at most'} ${limit}`
      if (issue.origin === 'array') return `must have ${bound} ${limit === 1 ? 'entry' : 'entries'}`
      if (issue.origin === 'string') {
        return limit === 1 ? 'is empty' : `must have ${bound} characters`
      }
      return `must be ${bound}`
    }
    case 'invalid_value': {
      if (issue.input === undefined) return 'is missing'
      const values = (issue.values as unknown[]).map(String)
      const suggestion =
        typeof issue.input === 'string' && values.length > 1
          ? suggestNearest(issue.input, values)
          : null
      const list = values.length === 1 ? values[0] : `one of ${values.join(', ')}`
      const hint = suggestion === null ? '' : `; ${suggestion}`
      return `must be ${list}, not ${quote(issue.input)}${hint}`
    }
    case 'invalid_union':
      if (issue.discriminator !== undefined) return 'names no known kind'
      return 'is not a value that JSON can carry'
    default:
      return undefined
  }
}

/** What a schema is made of, as far as a path needs to be followed through it. */
interface Definition {
  type: string
  shape?: Record<string, Schema>
  element?: Schema
  items?: readonly Schema[]
  valueType?: Schema
  innerType?: Schema
  options?: readonly Schema[]
}

function descend(schema: Schema, segment: PropertyKey): Schema[] {
  const definition = schema._zod.def as unknown as Definition
  if (definition.innerType) return descend(definition.innerType, segment)
  if (definition.options) return definition.options.flatMap((option) => descend(option, segment))
  const next =
    definition.shape?.[String(segment)] ??
    definition.element ??
    definition.items?.[Number(segment)] ??
    definition.valueType
  return next === undefined ? [] : [next]
}

function keysOf(schema: Schema): string[] {
  const definition = schema._zod.def as unknown as Definition
  if (definition.innerType) return keysOf(definition.innerType)
  if (definition.options) return definition.options.flatMap(keysOf)
  return Object.keys(definition.shape ?? {})
}

/** The keys that the schema knows for the object at this path. */
function findKnownKeys(root: Schema, path: Path): string[] {
  let schemas = [root]
  for (const segment of path) schemas = schemas.flatMap((schema) => descend(schema, segment))
  return schemas.flatMap(keysOf)
}

function describeUnknownKey(root: Schema, path: Path, key: string): string {
  if (key.toLowerCase() === 'qos') {
    return 'unknown key; QoS is chosen by the transport, such as transports: [mqtt-qos1]'
  }
  return `unknown key; ${suggestOneOf(key, findKnownKeys(root, path))}`
}

/** `claims[0].between`; a key that is no plain word is quoted: `headers["a b"]`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`
    else if (/^[\w-]+$/.test(String(segment)))
      text += text === '' ? String(segment) : `.${String(segment)}`
    else text += `[${quote(String(segment))}]`
  }
  return text
}

interface Problem {
  path: Path
  message: string
  isUnknownKey: boolean
}

/**
 * The alternative that the value was most likely meant to be: one whose type
 * fits; of these one whose own keys fit; of these the one with the least wrong.
 */
function chooseAlternative(alternatives: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const misfit = (issues: readonly Issue[]) =>
    issues.filter((issue) => issue.code === 'unrecognized_keys' && issue.path.length === 0).length
  return (
    alternatives
      .filter((issues) => !issues.some(isWrongKind))
      .toSorted((a, b) => misfit(a) - misfit(b) || a.length - b.length)[0] ?? null
  )
}

const isWrongKind = (issue: Issue): boolean =>
  issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_union')

function listProblems(root: Schema, issue: Issue, parent: Path = []): Problem[] {
  const path = [...parent, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: describeUnknownKey(root, path, key),
      isUnknownKey: true,
    }))
  }
  const alternative = issue.code === 'invalid_union' ? chooseAlternative(issue.errors) : null
  if (alternative !== null) {
    return alternative.flatMap((inner) => listProblems(root, inner, path))
  }
  return [{ path, message: issue.message, isUnknownKey: false }]
}

/**
 * One line for everything that is wrong: the first problem in full, and how
 * many more there are. An unknown key comes first, since the key that then
 * seems to be missing is usually the same one.
 */
export function summariseIssues(root: Schema, issues: readonly Issue[]): string {
  const problems = issues.flatMap((issue) => listProblems(root, issue))
  const first = problems.find((problem) => problem.isUnknownKey) ?? problems[0]
  if (first === undefined) return 'is not valid'
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  const path = formatPath(first.path)
  return `${path === '' ? '' : `${path}: `}${first.message}${more}`
}
