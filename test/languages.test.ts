import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { exporters } from '../src/export/index.ts'
import type { Report } from '../src/model/report/report.ts'
import { familyOf } from '../src/model/scenario/fan-out-family.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { BUILT_IN_SCENARIOS, builtInFile } from '../src/scenario/built-in.ts'
import { commandReport } from './fixtures/command-report.ts'
import { fanoutReport } from './fixtures/fanout-report.ts'
import { linkReport } from './fixtures/link-report.ts'
import { loadReport } from './fixtures/load-report.ts'
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

/** What is not ours to translate: what is typed, and what the original of another is, which is marked. */
const AS_IT_STANDS: readonly RegExp[] = [/npx mqtt-vs-http [^\n]*/g, /（原文）[^\n]*/g]

/** Phrases that are names, in every language. */
const NAMES = ['WebPageTest: www', '3G, fast']

/** What whoever wrote the scenario says, as it is written. */
const ownWords = ({ plan }: Report): string[] =>
  plan.scenarios
    .flatMap(({ claims, ...scenario }) => [
      scenario.title,
      familyOf({ claims, ...scenario }).title,
      ...claims.flatMap(({ says, source }) => [says, source ?? '']),
    ])
    .filter((words): words is string => typeof words === 'string' && words !== '')

/** Two words of Latin letters one after the other are a phrase, and so English. */
function englishIn(page: string, report: Report): string[] {
  const text = page
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('&#39;', '’')
    .replaceAll('&quot;', '"')
  const written = [...ownWords(report), ...NAMES].reduce(
    (left, words) => left.replaceAll(words.replaceAll("'", '’'), '·'),
    text,
  )
  const rest = AS_IT_STANDS.reduce((left, standing) => left.replace(standing, '·'), written)
  return [...new Set(rest.match(/[A-Za-z’]+[a-z,;:]* (?:[A-Za-z’-]+[,;:]? )*[a-z’-]{2,}/g) ?? [])]
}

describe('a page in Chinese', () => {
  it.each<[string, Report]>([
    ['the comparison', fixtureReport()],
    ['commands', commandReport()],
    ['a fan-out', fanoutReport()],
    ['a link', linkReport()],
    ['saturation', loadReport('saturation')],
    ['a rate', loadReport('rate')],
    ['a sweep', loadReport('sweep')],
  ])('has no English sentence: %s', (_, report) => {
    const page = inLanguage('zh-TW', () =>
      exporters.html.render(report, { ...PLAIN, breakEven: 'all-pairs' }),
    )
    expect(englishIn(page, report)).toEqual([])
  })

  it('has one where somebody forgot it', () => {
    const page = inLanguage('en', () => exporters.html.render(fixtureReport(), PLAIN))
    expect(englishIn(page, fixtureReport()).length).toBeGreaterThan(20)
  })
})

describe('the built-in scenarios', () => {
  it.each(BUILT_IN_SCENARIOS)(
    '%s has its claims in both languages, and its title',
    async (name) => {
      const { title, claims = [] } = parse(await readFile(builtInFile(name), 'utf8'))
      const words = [
        title,
        ...claims.flatMap(({ says, source = [] }: Claimed) => [says, source].flat()),
      ]
      // A payload as it is sent is its own title.
      const inOne = words.filter((text) => typeof text === 'string' && !text.startsWith('JSON {'))
      expect(inOne).toEqual([])
    },
  )
})

type Claimed = { says: unknown; source?: unknown }
