import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { RenderOptions } from '../src/export/exporter.ts'
import { INSPECT_FORMATS } from '../src/export/inspect/formats.ts'
import { renderInspection } from '../src/export/inspect/index.ts'
import type { Inspection } from '../src/model/report/tap/inspection.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { displayWidth } from '../src/model/text/text-width.ts'
import { ODDITIES, SMALL_PAYLOADS } from './fixtures/inspections.ts'
import { root } from './support/command.ts'

const GOLDEN = join(root, 'test', 'golden', 'inspect')
const PLAIN: RenderOptions = { columns: 80, colour: false }

/** `UPDATE_GOLDEN=1` writes what is rendered; read it before it is committed. */
function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(GOLDEN, { recursive: true })
    writeFileSync(path, text)
  }
  expect(text).toBe(readFileSync(path, 'utf8'))
}

const ESCAPE = String.fromCharCode(0x1b)
const linesOf = (text: string): string[] => text.trimEnd().split('\n')
const table = (inspection: Inspection, options: Partial<RenderOptions> = {}): string =>
  renderInspection('table', inspection, { ...PLAIN, ...options })
const EXTENSIONS = { table: 'txt', json: 'json', markdown: 'md' } as const

describe('golden files', () => {
  describe.each(Object.entries({ ...SMALL_PAYLOADS, oddities: ODDITIES }))(
    '%s',
    (name, inspection) => {
      it.each(INSPECT_FORMATS)('as %s', (format) => {
        expectGolden(`${name}.${EXTENSIONS[format]}`, renderInspection(format, inspection, PLAIN))
      })
    },
  )

  it.each(['table', 'markdown'] as const)('in Chinese as %s', (format) => {
    const inspection = SMALL_PAYLOADS['single-reading'] as Inspection
    const text = inLanguage('zh-TW', () => renderInspection(format, inspection, PLAIN))
    expectGolden(`single-reading.zh-TW.${EXTENSIONS[format]}`, text)
  })

  it.each([48, 140])('in %d columns', (columns) => {
    expectGolden(
      `single-reading-${columns}.txt`,
      table(SMALL_PAYLOADS['single-reading'] as Inspection, { columns }),
    )
  })
})

const INSPECTIONS = [...Object.values(SMALL_PAYLOADS), ODDITIES]

describe('the text of an exchange', () => {
  it.each([20, 33, 48, 64, 79, 80, 100, 118, 140, 200])(
    'is never wider than %d columns',
    (columns) => {
      for (const inspection of INSPECTIONS) {
        const texts = LANGUAGES.map((language) =>
          inLanguage(language, () => table(inspection, { columns })),
        )
        for (const line of texts.flatMap(linesOf)) {
          expect(displayWidth(line), line).toBeLessThanOrEqual(columns)
        }
      }
    },
  )

  it('has the same words in colour, and nothing but words without', () => {
    for (const inspection of INSPECTIONS) {
      const plain = table(inspection)
      expect(stripVTControlCharacters(plain)).toBe(plain)
      const coloured = table(inspection, { colour: true })
      expect(coloured).not.toBe(plain)
      expect(linesOf(stripVTControlCharacters(coloured)).map((line) => line.trimEnd())).toEqual(
        linesOf(plain).map((line) => line.trimEnd()),
      )
    }
  })

  it('has a colour a layer', () => {
    const coloured = table(SMALL_PAYLOADS.json as Inspection, { colour: true })
    const styles = ['payload', 'framing', 'ack', 'control'].map((layer) => {
      const line = linesOf(coloured).find((each) => each.includes(`  ${layer.padEnd(8)}${ESCAPE}`))
      return line?.split(ESCAPE)[1]?.slice(0, 4)
    })
    expect(new Set(styles).size).toBe(4)
    expect(styles).not.toContain(undefined)
  })

  it('has every byte of a small exchange in its hex', () => {
    for (const inspection of Object.values(SMALL_PAYLOADS)) {
      for (const columns of [48, 80, 140]) {
        const pairs = linesOf(table(inspection, { columns }))
          .map((line) => /^(?: {2}| {4})((?:[0-9a-f]{2} ?)+)(?= {2}|$)/.exec(line)?.[1] ?? '')
          .join(' ')
          .split(/ +/)
          .filter((pair) => pair !== '')
        const bytes = inspection.cells.flatMap(({ exchange }) =>
          (exchange?.frames ?? []).flatMap((frame) => [...frame.bytes]),
        )
        expect(pairs.map((pair) => Number.parseInt(pair, 16))).toEqual(bytes)
      }
    }
  })

  it('says why one is large and the other small', () => {
    const text = table(SMALL_PAYLOADS.json as Inspection, { columns: 400 })
    expect(text).toContain(
      'Why a message takes 361 B on http1 and 30 B on mqtt-qos0: payload 14 B on both, 219 B more framing (235 against 16), 112 B more acknowledgement (112 against 0).',
    )
  })
})

describe('what is withheld', () => {
  it.each(INSPECT_FORMATS)('is in no %s: neither as text nor in hex', (format) => {
    const text = renderInspection(format, ODDITIES, PLAIN)
    expect(text).toContain('Authorization')
    expect(text.replaceAll(/[\s|]/g, '')).not.toContain('SECRET')
    const hex = Buffer.from('SECRET').toString('hex')
    expect(text.replaceAll(/[\s|]/g, '')).not.toContain(hex)
  })

  it('is said to be there, with its size', () => {
    expect(table(ODDITIES)).toMatch(/^ {2}\(30 B withheld\) +framing {3}Authorization/m)
  })
})

describe('what is long', () => {
  it('is cut in its middle, and says how much is left out', () => {
    expect(table(ODDITIES)).toContain('… 904 B left out …')
    expect(renderInspection('markdown', ODDITIES, PLAIN)).toContain('… 904 B left out …')
  })

  it('is whole in JSON', () => {
    const { transports } = JSON.parse(renderInspection('json', ODDITIES, PLAIN))
    const [request] = transports[0].exchange.frames
    const body = request.parts.find(({ label }: { label: string }) => label === 'body')
    expect(Buffer.from(body.hex, 'hex').toString()).toBe(`${'溫'.repeat(333)}!`)
  })
})

it('has every byte of each stream once, in JSON', () => {
  for (const inspection of Object.values(SMALL_PAYLOADS)) {
    const { transports } = JSON.parse(renderInspection('json', inspection, PLAIN))
    for (const { exchange } of transports) {
      for (const direction of ['up', 'down'] as const) {
        const own = exchange.frames.filter(
          (frame: { direction: string }) => frame.direction === direction,
        )
        const hex = own.flatMap(({ parts }: { parts: { hex: string }[] }) =>
          parts.map((part) => part.hex),
        )
        expect(hex.join('').length).toBe(2 * exchange.totals[direction])
      }
    }
  }
})
