import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { packageRoot } from '../package-root.ts'
import { BUILT_IN_SCENARIOS, builtInFile } from './built-in.ts'
import { fillScenarioPage, keyRows } from './key-tables.ts'
import { buildSchemas, formatSchema } from './schemas.ts'

const schemas = buildSchemas()

function compile(name: string) {
  // The reader of a report checks dates; a schema without formats is what every editor has.
  const ajv = new Ajv2020({ strict: true, strictRequired: false, validateFormats: false })
  return ajv.compile(schemas[name] ?? {})
}

describe('the published schemas', () => {
  it.each(Object.keys(schemas))('%s is what `npm run schemas` writes', async (name) => {
    const published = await readFile(join(packageRoot, 'schemas', name), 'utf8')
    expect(published).toBe(formatSchema(schemas[name] ?? {}))
  })

  it.each(Object.keys(schemas))('%s is a schema of draft 2020-12', (name) => {
    expect(schemas[name]?.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(() => compile(name)).not.toThrow()
  })
})

describe('docs/scenario-files.md', () => {
  const schema = schemas['scenario.schema.json'] ?? {}

  it('has every key and every metric, as `npm run schemas` writes them', async () => {
    const page = await readFile(join(packageRoot, 'docs', 'scenario-files.md'), 'utf8')
    expect(page).toBe(fillScenarioPage(page, schema))
    for (const { key } of keyRows(schema)) expect(page).toContain(`| \`${key}\` |`)
  })

  it('says of every key what it is', () => {
    const unsaid = keyRows(schema).filter(({ what }) => what === '')
    expect(unsaid.map(({ key }) => key)).toEqual([])
  })
})

describe('the scenario schema', () => {
  const validate = compile('scenario.schema.json')

  it.each(BUILT_IN_SCENARIOS)('accepts %s, which names the schema for editors', async (name) => {
    const source = await readFile(builtInFile(name), 'utf8')
    validate(parse(source))
    expect(validate.errors).toBeNull()
    expect(source.split('\n')[0]).toBe(
      '# yaml-language-server: $schema=../schemas/scenario.schema.json',
    )
  })

  it.each([
    ['an unknown key', { mqqt: {} }],
    ['no payload', { payload: undefined }],
    ['two payloads', { payload: { text: 'a', hex: 'ff' } }],
    ['an empty payload', { payload: {} }],
    ['a wildcard', { topic: 'a/#' }],
    ['a path with a space', { path: '/a b' }],
    ['half a message', { messages: 1.5 }],
    ['a claim about nothing', { claims: [{ says: 'x', metric: 'setup_bytes', between: [1, 2] }] }],
  ])('refuses %s', (_what, change) => {
    const valid = { name: 'my', title: 't', payload: { text: 'a' } }
    expect(validate(valid)).toBe(true)
    expect(validate(JSON.parse(JSON.stringify({ ...valid, ...change })))).toBe(false)
  })
})
