import zlib, { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import fc from 'fast-check'
import protobufjs from 'protobufjs'
import { describe, expect, it } from 'vitest'
import { cbor, msgpack } from '../../model/lazy-package.ts'
import { saidText } from '../../model/said/said.ts'
import { type ScenarioInput, scenarioSchema } from '../../model/scenario/scenario.ts'
import { createPayloads } from '../payload.ts'
import { compressed, compressionObstacle, encoderOf } from './encode.ts'
import type { JsonValue } from './json-text.ts'

const SCHEMA = `syntax = "proto3";
message Reading { double temp = 1; }
message Readings { repeated Reading readings = 1; }`
const schema = Buffer.from(SCHEMA)
const protobuf = (message: string) => ({ protobuf: { schema: 'x.proto', message } })

const payloadOf = (payload: ScenarioInput['payload']): Uint8Array =>
  createPayloads(scenarioSchema.parse({ name: 'a', title: 'a', payload }), schema).payload(0)

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('{ "temp": 25 }, byte by byte', () => {
  const json = { temp: 25 }
  it.each<[string, ScenarioInput['payload'], string | number]>([
    ['JSON as people write it', { json, encoding: 'json' }, 14],
    ['JSON compact', { json, encoding: 'json-compact' }, 11],
    // RFC 8949 §3: map of 1, text of 4, unsigned in one byte.
    ['CBOR', { json, encoding: 'cbor' }, 'a1 64 74656d70 1819'],
    // fixmap of 1, fixstr of 4, positive fixint.
    ['MessagePack', { json, encoding: 'msgpack' }, '81 a4 74656d70 19'],
    // RFC 8428 §5
    ['SenML in JSON', { json, encoding: 'senml-json' }, '[{"n":"temp","v":25}]'.length],
    // RFC 8428 §6: array of 1, map of 2, label 0, text of 4, label 2.
    ['SenML in CBOR', { json, encoding: 'senml-cbor' }, '81 a2 00 64 74656d70 02 1819'],
    // Field 1 of 64 bits; 25.0 is 0x4039000000000000, its bytes the other way round.
    ['Protocol Buffers', { json, encoding: protobuf('Reading') }, '09 0000000000003940'],
    // Floats: CBOR's shortest that is exact, MessagePack's 64 bits.
    ['CBOR of 21.5', { json: 21.5, encoding: 'cbor' }, 'f9 4d60'],
    ['CBOR of 21.2', { json: 21.2, encoding: 'cbor' }, 'fb 4035333333333333'],
    ['MessagePack of 21.5', { json: 21.5, encoding: 'msgpack' }, 'cb 4035800000000000'],
    // RFC 1952: head 10, end 8; 14 literal bytes take 16 in deflate's fixed code, with its head and end.
    ['gzip, which is larger than what it holds', { text: '{ "temp": 25 }', compress: 'gzip' }, 34],
    // RFC 1950: head 2, end 4.
    ['deflate', { text: '{ "temp": 25 }', compress: 'deflate' }, 16 + 6],
  ])('%s', (_name, payload, expected) => {
    const bytes = payloadOf(payload)
    if (typeof expected === 'number') expect(bytes).toHaveLength(expected)
    else expect(hexOf(bytes)).toBe(expected.replaceAll(' ', ''))
  })

  it('goes by its own media type', () => {
    const typeOf = (payload: ScenarioInput['payload']) =>
      createPayloads(scenarioSchema.parse({ name: 'a', title: 'a', payload }), schema).contentType
    expect(typeOf({ json, encoding: 'cbor' })).toBe('application/cbor')
    expect(typeOf({ json, encoding: 'senml-json' })).toBe('application/senml+json')
    expect(typeOf({ json, encoding: 'cbor', contentType: 'a/b' })).toBe('a/b')
    expect(typeOf({ json, compress: 'gzip' })).toBe('application/json')
  })
})

/** -0 is no JSON, and the key that would set a prototype is no field. */
const jsonValues = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue)
  .filter((value) => !JSON.stringify(value).includes('__proto__'))

describe('what was encoded is decoded to the same', () => {
  const utf8 = new TextDecoder()
  it.each([
    ['json', (bytes: Uint8Array) => JSON.parse(utf8.decode(bytes))],
    ['json-compact', (bytes: Uint8Array) => JSON.parse(utf8.decode(bytes))],
    ['cbor', (bytes: Uint8Array) => cbor().decode(bytes)],
    ['msgpack', (bytes: Uint8Array) => msgpack().decode(bytes)],
  ] as const)('%s', (encoding, decode) => {
    const encode = encoderOf(encoding, undefined)
    fc.assert(
      fc.property(jsonValues, (value) => {
        const bytes = encode(value)
        expect(decode(bytes)).toEqual(value)
        expect(encode(value)).toEqual(bytes)
      }),
      { numRuns: 200 },
    )
  })

  const readings = fc.array(
    fc.record({ temp: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0) }),
    { minLength: 1, maxLength: 20 },
  )
  it('SenML and Protocol Buffers, of readings', () => {
    const pack = encoderOf('senml-json', undefined)
    const labelled = encoderOf('senml-cbor', undefined)
    const message = encoderOf(protobuf('Readings'), schema)
    const type = protobufjs.parse(SCHEMA).root.lookupType('Readings')
    fc.assert(
      fc.property(readings, (values) => {
        const entries = JSON.parse(utf8.decode(pack(values))) as { n: string; v: number }[]
        expect(entries.map(({ n, v }) => ({ [n]: v }))).toEqual(values)
        const maps = cbor().decode(labelled(values)) as Map<number, JsonValue>[]
        expect(maps.map((map) => ({ [String(map.get(0))]: map.get(2) }))).toEqual(values)
        const decoded = type.toObject(type.decode(message(values)))
        const found = decoded.readings as { temp?: number }[]
        expect(found.map(({ temp = 0 }) => ({ temp }))).toEqual(values)
      }),
      { numRuns: 100 },
    )
  })

  it.each([
    ['gzip', gunzipSync],
    ['deflate', inflateSync],
    ['br', brotliDecompressSync],
    // Node has it from 22.15 on.
    ['zstd', (zlib as { zstdDecompressSync?: typeof gunzipSync }).zstdDecompressSync],
  ] as const)('%s', (compress, decompress) => {
    if (decompress === undefined) {
      expect(saidText(compressionObstacle(compress) ?? '')).toContain('Node 22.15')
      return
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(new Uint8Array(decompress(compressed(bytes, compress)))).toEqual(bytes)
      }),
      { numRuns: 50 },
    )
  })
})

describe('1,000 readings of a walk, seed 1', () => {
  const records = {
    ...{ count: 1_000, as: 'array' as const },
    record: { temp: { walk: { start: 21, step: 0.2, decimals: 1 } } },
  }
  const sizeOf = (payload: Partial<ScenarioInput['payload']>) =>
    payloadOf({ records, ...payload }).length

  it('are the same in every run, each within a step of the one before as it is written', () => {
    const values = (
      JSON.parse(Buffer.from(payloadOf({ records })).toString()) as { temp: number }[]
    ).map(({ temp }) => temp)
    expect(values.slice(0, 6)).toEqual([21, 21, 21, 21.1, 21.1, 21.2])
    values.slice(1).forEach((value, index) => {
      // Each is rounded by itself.
      expect(Math.abs(value - (values[index] as number))).toBeLessThanOrEqual(0.3 + 1e-9)
    })
  })

  it.each([
    ['json-compact', 13813],
    ['cbor', 13741],
    ['msgpack', 14251],
    ['senml-json', 21813],
    ['senml-cbor', 15741],
  ] as const)('are in %s as many bytes as another library makes of them', (encoding, bytes) => {
    // json, cbor2 5.4.6 and msgpack 1.0.3 of Python 3.11, with the same bytes.
    expect(sizeOf({ encoding })).toBe(bytes)
  })

  it('are 11 bytes each in Protocol Buffers', () => {
    // Of a repeated message tag and length, of a 64-bit field its tag and 8.
    expect(sizeOf({ encoding: protobuf('Readings') })).toBe(1_000 * (2 + 1 + 8))
  })

  it('are about a fifteenth by gzip, within one in a hundred on every zlib', () => {
    const bytes = sizeOf({ encoding: 'json-compact', compress: 'gzip' })
    expect(Math.abs(bytes - 936)).toBeLessThanOrEqual(9)
  })
})

it.each<[ScenarioInput['payload'], RegExp]>([
  [
    { json: [1], encoding: 'senml-json' },
    /^payload.encoding: SenML holds numbers, .* is no object/,
  ],
  [{ json: { a: null }, encoding: 'senml-cbor' }, /has null in the field a/],
  [{ json: { a: 1 }, encoding: protobuf('Reading') }, /protobuf: Reading has no field a; add it/],
  [
    { json: { temp: 'x' }, encoding: protobuf('Reading') },
    /does not fit Reading: temp: number expected/,
  ],
  [{ json: [{ temp: 1 }], encoding: protobuf('Reading') }, /is no message with one repeated field/],
  [{ json: { temp: 1 }, encoding: protobuf('Riding') }, /the schema has no message Riding/],
])('refuses %j', (payload, message) => {
  expect(() => payloadOf(payload)).toThrow(message)
})
