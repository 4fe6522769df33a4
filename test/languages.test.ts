import { describe, expect, it } from 'vitest'
import { exporters } from '../src/export/index.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { fixtureReport } from './fixtures/report.ts'
import { expectGolden } from './support/golden.ts'

const PLAIN = { columns: 80, colour: false }

const SCREEN = { ...PLAIN, summary: { folder: 'results/mine' } }

describe('one screen', () => {
  it.each(LANGUAGES)('in %s', (language) => {
    const text = inLanguage(language, () => exporters.table.render(fixtureReport(), SCREEN))
    expectGolden(`screen.${language}.txt`, text)
  })
})

describe('what programs read', () => {
  it.each(['csv', 'json'] as const)('is the same %s in every language', (format) => {
    const texts = LANGUAGES.map((language) =>
      inLanguage(language, () => exporters[format].render(fixtureReport(), PLAIN)),
    )
    expect(new Set(texts).size).toBe(1)
  })
})
