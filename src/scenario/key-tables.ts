import { METRICS } from '../model/report/metric.ts'
import type { JsonSchema } from './schemas.ts'

/** What a key is for, and what may stand there, as `docs/scenario-files.md` has it. */
export interface KeyRow {
  readonly key: string
  readonly values: string
  readonly byDefault: string
  readonly what: string
}

const asList = (value: unknown): JsonSchema[] => (Array.isArray(value) ? value : [])

const alternatives = (schema: JsonSchema): JsonSchema[] => {
  const inner = [...asList(schema.anyOf), ...asList(schema.oneOf)].filter(
    (each) => 'type' in each || 'enum' in each || 'const' in each || 'anyOf' in each,
  )
  return inner.length === 0 ? [schema] : inner.flatMap(alternatives)
}

/** Every key of a scenario file, in the order of its schema; `[]` is each entry of a list, `*` each name. */
export const keyRows = (schema: JsonSchema, path = ''): KeyRow[] =>
  alternatives(schema).flatMap((each) => [
    ...Object.entries((each.properties ?? {}) as Record<string, JsonSchema>).flatMap(
      ([name, value]) => {
        const key = path === '' ? name : `${path}.${name}`
        return [rowOf(key, value), ...keyRows(value, key)]
      },
    ),
    ...(isSchema(each.items) ? keyRows(each.items, `${path}[]`) : []),
    ...(isSchema(each.additionalProperties) ? keyRows(each.additionalProperties, `${path}.*`) : []),
  ])

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function rowOf(key: string, schema: JsonSchema): KeyRow {
  const isSaid = typeof schema.default !== 'object' || asList(schema.default).length > 0
  const values = [...new Set(alternatives(schema).map(valuesOf))]
  const [first = '', second] = values
  return {
    key,
    values: second === `a list: ${first}` ? `${first}, or a list of them` : values.join(' or '),
    byDefault: schema.default === undefined || !isSaid ? '' : JSON.stringify(schema.default),
    what: String(schema.description ?? ''),
  }
}

function valuesOf(schema: JsonSchema): string {
  if (Array.isArray(schema.enum)) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  switch (schema.type) {
    case 'array':
      return isSchema(schema.items)
        ? `a list: ${[...new Set(alternatives(schema.items).map(valuesOf))].join(' or ')}`
        : 'two numbers'
    case 'object':
      return 'keys'
    case 'integer':
      return `whole number${boundsOf(schema)}`
    case 'number':
    case 'boolean':
      return schema.type
    case 'string':
      return 'text'
    default:
      return 'anything'
  }
}

const LARGEST = 2 ** 48

function boundsOf({ minimum, maximum }: JsonSchema): string {
  const isBound = (value: unknown): value is number =>
    typeof value === 'number' && Math.abs(value) < LARGEST
  return isBound(minimum) && isBound(maximum) ? `, ${minimum} to ${maximum}` : ''
}

const escapeCell = (text: string): string => text.replaceAll('|', '\\|')

const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map(escapeCell).join(' | ')} |\n`)
    .join('')

const asCode = (text: string): string => (text === '' ? '' : `\`${text}\``)

const keyTable = (schema: JsonSchema): string =>
  markdownTable(
    ['key', 'value', 'if left out', 'what it is'],
    keyRows(schema).map(({ key, values, byDefault, what }) => [
      ...[asCode(key), values, asCode(byDefault), what],
    ]),
  )

const metricTable = (): string =>
  markdownTable(
    ['metric', 'unit', 'covers', 'compares'],
    METRICS.map(({ name, unit, covers, kind }) => [
      ...[asCode(name), unit === 'us' ? 'µs' : unit, covers],
      kind === 'exact' ? 'exactly' : 'as a distribution',
    ]),
  )

/** The page with its tables as they are now; each stands between two comments. */
export function fillScenarioPage(page: string, schema: JsonSchema): string {
  const tables = { keys: keyTable(schema), metrics: metricTable() }
  return Object.entries(tables).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`<!-- ${name} -->[\\s\\S]*<!-- end of ${name} -->`),
        () => `<!-- ${name} -->\n\n${table}\n<!-- end of ${name} -->`,
      ),
    page,
  )
}
