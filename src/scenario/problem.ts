import type { z } from 'zod'
import { catalogue, listNames, named } from '../model/text/language.ts'
import { suggestNearest, suggestOneOf } from '../model/text/nearest.ts'
import { quote } from './quote.ts'

type Issue = z.core.$ZodIssue
type RawIssue = z.core.$ZodRawIssue
type Schema = z.core.$ZodType
type Path = readonly PropertyKey[]

const say = catalogue({
  en: {
    types: {
      ...{ string: 'a string', number: 'a number', int: 'a whole number' },
      ...{ boolean: 'true or false', null: 'null', array: 'a list', tuple: 'a list' },
      ...{ object: 'a mapping', record: 'a mapping' },
    },
    empty: 'empty',
    the: (type: string, value: string) => `the ${type} ${value}`,
    isMissing: 'is missing',
    mustBe: (wanted: string, given: string) => `must be ${wanted}, not ${given}`,
    quotes: '; put it in quotes',
    atLeast: (limit: string) => `at least ${limit}`,
    atMost: (limit: string) => `at most ${limit}`,
    entries: (bound: string, one: boolean) => `must have ${bound} ${one ? 'entry' : 'entries'}`,
    characters: (bound: string) => `must have ${bound} characters`,
    bounded: (bound: string) => `must be ${bound}`,
    isEmpty: 'is empty',
    oneOf: (values: string) => `one of ${values}`,
    noKind: 'names no known kind',
    noJson: 'is not a value that JSON can carry',
    qos: 'unknown key; QoS is chosen by the transport, such as transports: [mqtt-qos1]',
    unknownKey: (hint: string) => `unknown key; ${hint}`,
    invalid: 'is not valid',
    more: (count: number) => ` (and ${count} more)`,
  },
  'zh-TW': {
    types: {
      ...{ string: '字串', number: '數字', int: '整數' },
      ...{ boolean: 'true 或 false', null: 'null', array: '清單', tuple: '清單' },
      ...{ object: '鍵值對應', record: '鍵值對應' },
    },
    empty: '空的',
    the: (type, value) => `${type} ${value}`,
    isMissing: '缺少這個鍵',
    mustBe: (wanted, given) => `必須是${wanted}，而不是 ${given}`,
    quotes: '；請加上引號',
    atLeast: (limit) => `至少 ${limit}`,
    atMost: (limit) => `最多 ${limit}`,
    entries: (bound) => `必須有${bound} 項`,
    characters: (bound) => `必須有${bound} 個字元`,
    bounded: (bound) => `必須${bound}`,
    isEmpty: '是空的',
    oneOf: (values) => ` ${values} 其中之一`,
    noKind: '沒有這一種',
    noJson: '不是 JSON 能表示的值',
    qos: '沒有這個鍵；QoS 由傳輸方式決定，例如 transports: [mqtt-qos1]',
    unknownKey: (hint) => `沒有這個鍵；${hint}`,
    invalid: '不正確',
    more: (count) => `（還有 ${count} 個問題）`,
  },
})

const wordOfType = (type: string): string =>
  (say.types as Readonly<Record<string, string>>)[type] ?? type

function nameType(value: unknown): string {
  if (value === null) return say.empty
  if (Array.isArray(value)) return say.types.array
  if (typeof value === 'object') return say.types.object
  return say.the(typeof value, quote(value))
}

function describeTypeMismatch(expected: string, input: unknown): string {
  if (input === undefined) return say.isMissing
  const quotable =
    expected === 'string' && (typeof input === 'number' || typeof input === 'boolean')
  return say.mustBe(wordOfType(expected), nameType(input)) + (quotable ? say.quotes : '')
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
      const bound = issue.code === 'too_small' ? say.atLeast(`${limit}`) : say.atMost(`${limit}`)
      if (issue.origin === 'array') return say.entries(bound, limit === 1)
      if (issue.origin === 'string') {
        return limit === 1 ? say.isEmpty : say.characters(bound)
      }
      return say.bounded(bound)
    }
    case 'invalid_value': {
      if (issue.input === undefined) return say.isMissing
      const values = (issue.values as unknown[]).map(String)
      const suggestion =
        typeof issue.input === 'string' && values.length > 1
          ? suggestNearest(issue.input, values)
          : null
      const list = values.length === 1 ? `${values[0]}` : say.oneOf(listNames(values))
      const hint = suggestion === null ? '' : `; ${suggestion}`
      return say.mustBe(list, quote(issue.input)) + hint
    }
    case 'invalid_union':
      if (issue.discriminator !== undefined) return say.noKind
      return say.noJson
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
    return say.qos
  }
  return say.unknownKey(suggestOneOf(key, findKnownKeys(root, path)))
}

/** `claims[0].between`; a key that is no plain word is quoted: `headers["a b"]`. */
function formatPath(path: Path): string {
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
  // Of a key, the problem is one level further in.
  const message = issue.code === 'invalid_key' ? issue.issues[0]?.message : issue.message
  return [{ path, message: message ?? say.invalid, isUnknownKey: false }]
}

/**
 * One line for everything that is wrong: the first problem in full, and how
 * many more there are. An unknown key comes first, since the key that then
 * seems to be missing is usually the same one.
 */
export function summariseIssues(root: Schema, issues: readonly Issue[]): string {
  const problems = issues.flatMap((issue) => listProblems(root, issue))
  const first = problems.find((problem) => problem.isUnknownKey) ?? problems[0]
  if (first === undefined) return say.invalid
  const more = problems.length > 1 ? say.more(problems.length - 1) : ''
  const path = formatPath(first.path)
  return (path === '' ? first.message : named(path, first.message)) + more
}
