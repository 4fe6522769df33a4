import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderLedgerCsv } from '../src/export/files/ledger-csv.ts'
import { loadFiles } from '../src/export/files/load-csv.ts'
import { renderRawCsv } from '../src/export/files/raw-csv.ts'
import { renderResultsCsv } from '../src/export/files/results-csv.ts'
import { sizeFiles } from '../src/export/files/sizes-csv.ts'
import { FLEET_CSV_HEADER } from '../src/export/fleet/csv.ts'
import { loadReport } from './fixtures/load-report.ts'
import { fixtureReport } from './fixtures/report.ts'
import { sizedReport } from './fixtures/sized-report.ts'
import { root } from './support/command.ts'

type Schema = Record<string, unknown>

const page = readFileSync(join(root, 'docs', 'results.md'), 'utf8')
const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8'))
let schema = schemaOf('report.schema.json')

/** First column of the table below a heading; `a.{b,c}.d` stands for two. */
function namesBelow(heading: string): string[] {
  const section = new RegExp(`^(#+) ${heading}\\n([\\s\\S]*?)(?=^#{1,2} |(?![\\s\\S]))`, 'm')
  const rows = section.exec(page)?.[2]?.matchAll(/^\| `([^`]+)` \| (.*?) \| (.*?) \|$/gm) ?? []
  return [...rows].flatMap(([, name = '', unit, what]) => {
    expect(unit, name).not.toBe('')
    expect(what, name).not.toBe('')
    const [all, inner = ''] = /\{(.*?)\}/.exec(name) ?? []
    return all === undefined ? [name] : inner.split(',').map((each) => name.replace(all, each))
  })
}

const objects = (value: unknown): Schema[] => (Array.isArray(value) ? value : [])

function variants(node: Schema): Schema[] {
  const path = typeof node.$ref === 'string' ? node.$ref.split('/').slice(1) : []
  const target = path.reduce<Schema>((inner, key) => inner[key] as Schema, schema)
  const found = path.length === 0 ? node : target
  const inner = [...objects(found.anyOf), ...objects(found.oneOf)]
  return inner.length === 0 ? [found] : inner.flatMap(variants)
}

/** Every field without fields of its own. A distribution and a scenario have their own place in the docs; words in two languages, and a sentence by its key, are one. */
function leaves(node: Schema, path: string): string[] {
  const isLeaf = path === 'plan.scenarios[]'
  const found = variants(node)
  const inner = isLeaf
    ? []
    : found.flatMap((each) => {
        const { properties, items } = each as {
          properties?: Record<string, Schema>
          items?: Schema
        }
        if (properties !== undefined) {
          const isOne = ['histogram', 'zh-TW', 'key'].some((name) => name in properties)
          if (isOne) return [path]
          return Object.entries(properties).flatMap(([key, value]) =>
            leaves(value, path === '' ? key : `${path}.${key}`),
          )
        }
        return items === undefined ? [] : leaves(items, `${path}[]`)
      })
  return [...new Set(inner.length === 0 ? [path] : inner)]
}

function distributionFields(node: Schema, seen = new Set<Schema>()): string[] {
  return variants(node).flatMap((each) => {
    if (seen.has(each)) return []
    seen.add(each)
    const properties = (each.properties ?? {}) as Record<string, Schema>
    if ('histogram' in properties) return Object.keys(properties)
    const inner = [...Object.values(properties), ...(isSchema(each.items) ? [each.items] : [])]
    return inner.flatMap((child) => distributionFields(child, seen))
  })
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const headOf = (csv: string): string[] => csv.split('\r\n')[0]?.split(',') ?? []

describe('docs/results.md', () => {
  it.each([
    ['results.csv', () => renderResultsCsv(fixtureReport())],
    ['ledger.csv', () => renderLedgerCsv(fixtureReport())],
    ['load.csv', () => loadFiles(loadReport('rate'))[0]?.text ?? ''],
    ['payload-sizes.csv', () => sizeFiles(sizedReport())[0]?.text ?? ''],
    ['raw.csv', () => renderRawCsv([])],
    ['fleet.csv', () => FLEET_CSV_HEADER.join(',')],
  ] as const)('has each column of %s, in their order', (name, render) => {
    expect(namesBelow(name)).toEqual(headOf(render()))
  })

  it('has each field of report.json, and none besides', () => {
    const documented = namesBelow('report.json').filter((name) => !fieldsOfSeries.includes(name))
    expect(documented.toSorted()).toEqual(leaves(schema, '').toSorted())
  })

  it('has each field of fleet.json, and none besides', () => {
    const before = schema
    schema = schemaOf('fleet-report.schema.json')
    const fields = leaves(schema, '')
    schema = before
    expect(namesBelow('fleet.json').toSorted()).toEqual(fields.toSorted())
  })

  it('has each field of a distribution', () => {
    expect(fieldsOfSeries.toSorted()).toEqual([...new Set(distributionFields(schema))].toSorted())
  })
})

const fieldsOfSeries = [
  ...(/### A distribution\n([\s\S]*?)\n###/.exec(page)?.[1]?.matchAll(/^\| `(\w+)` /gm) ?? []),
].map(([, name = '']) => name)

it('files of the source that pages name are there', () => {
  const pages = ['README.md', 'README.zh-TW.md', 'CONTRIBUTING.md'].concat(
    readdirSync(join(root, 'docs')).flatMap((name) => (name.endsWith('.md') ? `docs/${name}` : [])),
  )
  const named = pages.flatMap((name) =>
    [...readFileSync(join(root, name), 'utf8').matchAll(/`((?:src|bench|test)\/[\w./-]+)`/g)].map(
      ([, path = '']) => path,
    ),
  )
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
