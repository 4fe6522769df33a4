import { describe, expect, it } from 'vitest'
import { contentTypeOf } from './content-type.ts'
import { scenarioSchema } from './scenario.ts'

const typeOf = (payload: Record<string, unknown>): string =>
  contentTypeOf(scenarioSchema.parse({ name: 'a', title: 'a', payload }))

describe('contentTypeOf', () => {
  it.each([
    [{ text: 'warm' }, 'text/plain'],
    [{ json: { temp: 25 } }, 'application/json'],
    [{ json: null }, 'application/json'],
    [{ records: { count: 2, as: 'array', record: { temp: 1 } } }, 'application/json'],
    [{ hex: '00 ff' }, 'application/octet-stream'],
    [{ file: 'reading.bin' }, 'application/octet-stream'],
    [{ text: '{ "temp": 25 }', contentType: 'application/json' }, 'application/json'],
  ])('of %j is %s', (payload, expected) => {
    expect(typeOf(payload)).toBe(expected)
  })
})
