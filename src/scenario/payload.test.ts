import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ScenarioInput, scenarioSchema } from '../model/scenario/scenario.ts'
import { createPayloads } from './payload.ts'
import { createWordSource, drawInteger } from './random.ts'

type PayloadInput = ScenarioInput['payload']

const scenarioOf = (payload: PayloadInput) =>
  scenarioSchema.parse({ name: 'my', title: 't', payload })
const sourceOf = (payload: PayloadInput) => createPayloads(scenarioOf(payload))
const textOf = (payload: PayloadInput, index = 0) =>
  new TextDecoder().decode(sourceOf(payload).payload(index))

const temp = { temp: { integer: [10, 99] as [number, number] } }

describe('a payload', () => {
  it.each<[string, PayloadInput, string, string]>([
    ['text', { text: '溫度：25°C' }, '溫度：25°C', 'text/plain'],
    ['json, compact', { json: { temp: [25, null] } }, '{"temp":[25,null]}', 'application/json'],
    ['hex', { hex: '68 69\n0a' }, 'hi\n', 'application/octet-stream'],
    ['a content type of its own', { text: 'a', contentType: 'a/b' }, 'a', 'a/b'],
  ])('is %s', (_kind, payload, text, contentType) => {
    const source = sourceOf(payload)
    expect(new TextDecoder().decode(source.payload(0))).toBe(text)
    expect(source.payload(7)).toEqual(source.payload(0))
    expect(source.contentType).toBe(contentType)
    expect(source.distinct).toBe(false)
  })

  it('is the bytes of a file', () => {
    const bytes = Uint8Array.of(0, 255, 10)
    const source = createPayloads(scenarioOf({ file: 'x.bin' }), bytes)
    expect(source.payload(3)).toEqual(bytes)
    expect(source.contentType).toBe('application/octet-stream')
    expect(() => createPayloads(scenarioOf({ file: 'x.bin' }))).toThrow('x.bin was not read')
  })
})

describe('records', () => {
  it('are the same bytes in every run, on every machine', () => {
    const payload: PayloadInput = { records: { count: 3, as: 'array', record: temp }, seed: 1 }
    expect(textOf(payload)).toBe('[{ "temp": 69 },{ "temp": 25 },{ "temp": 21 }]')
  })

  it('as an array are one message of n × 14 + (n − 1) + 2 bytes', () => {
    const payload: PayloadInput = { records: { count: 1000, as: 'array', record: temp } }
    expect(sourceOf(payload).payload(0)).toHaveLength(15_001)
    expect(textOf(payload)).toMatch(/^\[(\{ "temp": \d\d \},){999}\{ "temp": \d\d \}\]$/)
    expect(textOf(payload, 5)).toBe(textOf(payload, 0))
  })

  it('as messages are one record each, in turn', () => {
    const payload: PayloadInput = { records: { count: 3, as: 'messages', record: temp } }
    const texts = [0, 1, 2, 3, 4].map((index) => textOf(payload, index))
    expect(texts[0]).toMatch(/^\{ "temp": \d\d \}$/)
    expect(texts.slice(3)).toEqual(texts.slice(0, 2))
    expect(new Set(texts).size).toBe(3)
  })

  it('depend on the seed', () => {
    const records = { count: 50, as: 'array' as const, record: temp }
    expect(textOf({ records, seed: 1 })).not.toBe(textOf({ records, seed: 2 }))
  })

  it('may have fixed fields, in order, and none at all', () => {
    const record = { id: 's "1"', on: true, none: null, n: 1.5 }
    expect(textOf({ records: { count: 1, as: 'messages', record } })).toBe(
      '{ "id": "s \\"1\\"", "on": true, "none": null, "n": 1.5 }',
    )
    expect(textOf({ records: { count: 2, as: 'array', record: {} } })).toBe('[{},{}]')
  })

  it('number the message at a fixed width, and start again when it is full', () => {
    const payload: PayloadInput = {
      records: { count: 2, as: 'messages', record: { n: { sequence: { digits: 3 } } } },
    }
    const texts = [0, 7, 999, 1000].map((index) => textOf(payload, index))
    expect(texts).toEqual(['{ "n": "000" }', '{ "n": "007" }', '{ "n": "999" }', '{ "n": "000" }'])
    expect(sourceOf(payload).distinct).toBe(true)
  })

  it('number the message, not the record, in an array too', () => {
    const record = { n: { sequence: { digits: 2 } } }
    const payload: PayloadInput = { records: { count: 2, as: 'array', record } }
    expect(textOf(payload, 4)).toBe('[{ "n": "04" },{ "n": "04" }]')
    expect(sourceOf(payload).distinct).toBe(true)
  })

  it('are always JSON', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean())),
        fc.nat(2000),
        (record, index) => {
          const text = textOf({ records: { count: 9, as: 'messages', record } }, index)
          // zod leaves __proto__ out of a record.
          const { ['__proto__']: _, ...rest } = record
          expect(JSON.parse(text)).toEqual(rest)
        },
      ),
    )
  })
})

describe('drawn integers', () => {
  it('lie in the range, ends included', () => {
    const any = fc.maxSafeInteger()
    fc.assert(
      fc.property(any, any, fc.nat(), fc.nat(), (a, b, seed, index) => {
        const [low, high] = a <= b ? [a, b] : [b, a]
        const value = drawInteger(createWordSource(seed, index), low, high)
        expect(Number.isSafeInteger(value) && value >= low && value <= high).toBe(true)
      }),
    )
  })

  it('are equally likely', () => {
    const counts = new Map<number, number>()
    for (let index = 0; index < 90_000; index++) {
      const value = drawInteger(createWordSource(1, index), 10, 99)
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    // χ² with 89 degrees of freedom exceeds 160 with a probability below 1e-5.
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0)
    expect(counts.size).toBe(90)
    expect(chiSquare).toBeLessThan(160)
  })

  it('throw away what would fold back unevenly', () => {
    // 2^32 is 1 more than a multiple of 3: the last word must not become a third 0.
    const words = [2 ** 32 - 1, 4]
    expect(drawInteger(() => words.shift() ?? 0, 0, 2)).toBe(1)
    expect(words).toEqual([])
  })
})
