import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { renderCheck } from '../src/export/check/index.ts'
import { exporters } from '../src/export/index.ts'
import { renderInspection } from '../src/export/inspect/index.ts'
import { renderTaps } from '../src/export/tap/index.ts'
import { WORDS } from '../src/export/words.ts'
import { builtInData } from '../src/fleet/load-data.ts'
import { sourcesOf } from '../src/fleet/sources.ts'
import { LINK_PROFILES } from '../src/model/link/profiles.ts'
import type { Report } from '../src/model/report/report.ts'
import type { Inspection } from '../src/model/report/tap/inspection.ts'
import { familyOf } from '../src/model/scenario/fan-out-family.ts'
import { inLanguage, LANGUAGES } from '../src/model/text/language.ts'
import { wordsOf } from '../src/model/text/wording.ts'
import { TLS_PROFILES } from '../src/model/tls/profiles.ts'
import { BUILT_IN_SCENARIOS, builtInFile, PUBLISHED_SCENARIOS } from '../src/scenario/built-in.ts'
import { listTransports } from '../src/transports/registry.ts'
import { checkResults } from './fixtures/check-results.ts'
import { commandReport } from './fixtures/command-report.ts'
import { fanoutReport } from './fixtures/fanout-report.ts'
import { SMALL_PAYLOADS } from './fixtures/inspections.ts'
import {
  commandsAlone,
  lossReport,
  mixedReport,
  publishedReport,
} from './fixtures/kinds-of-report.ts'
import { linkReport } from './fixtures/link-report.ts'
import { loadReport } from './fixtures/load-report.ts'
import { fixtureReport } from './fixtures/report.ts'
import { tapReport } from './fixtures/tap-report.ts'
import { expectGolden } from './support/golden.ts'

const PLAIN = { columns: 80, colour: false }

const SCREEN = { ...PLAIN, summary: { folder: 'results/mine' } }

/** What a run may be of, as a terminal shows it at once. */
const SCREENS: Record<string, () => Report> = {
  screen: fixtureReport,
  'screen-commands': commandsAlone,
  'screen-fan-out': fanoutReport,
  'screen-link': linkReport,
  'screen-loss': lossReport,
  'screen-load-saturation': () => loadReport('saturation'),
  'screen-load-rate': () => loadReport('rate'),
  'screen-load-sweep': () => loadReport('sweep'),
  'screen-published': publishedReport,
  'screen-mixed': mixedReport,
}

describe.each(Object.entries(SCREENS))('one %s', (name, make) => {
  it.each(LANGUAGES)('in %s', (language) => {
    const text = inLanguage(language, () => exporters.table.render(make(), SCREEN))
    expectGolden(`${name}.${language}.txt`, text)
    const lines = text.replace(/\n$/, '').split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    const wide = inLanguage(language, () =>
      exporters.table.render(make(), { ...SCREEN, columns: 1_000 }),
    )
    const foreign = foreignIn(wide.replaceAll(/--section [\w,-]+/g, ''), ownWords(make()))
    expect(foreign.length > 0).toBe(language === 'en')
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
const englishIn = (page: string, report: Report): string[] => foreignIn(page, ownWords(report))

/** @param own what is in English for a reason */
function foreignIn(page: string, own: readonly string[]): string[] {
  const text = page
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .replaceAll('&#39;', '’')
    .replaceAll('&quot;', '"')
  const written = [...own, ...NAMES].reduce(
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

/** Frames, fields and what stands in them are named as their specifications do. */
const fieldsOf = (inspection: Inspection): string[] =>
  inspection.cells
    .flatMap(({ exchange }) => exchange?.frames ?? [])
    .flatMap(({ label, parts }) => [
      label,
      ...parts.flatMap((part) => [part.text ?? '', part.label]),
    ])
    .concat('a single reading')
    .filter((text) => text !== '')
    .sort((a, b) => b.length - a.length)

describe('in Chinese has no English sentence', () => {
  const told = (tell: () => string): string => inLanguage('zh-TW', tell)

  it.each(['text', 'markdown', 'github'] as const)('check as %s', (format) => {
    for (const result of Object.values(checkResults())) {
      expect(
        foreignIn(
          told(() => renderCheck(format, result)),
          LABELS,
        ),
      ).toEqual([])
    }
  })

  it('inspect', () => {
    const inspection = SMALL_PAYLOADS['single-reading'] as Inspection
    const wide = { columns: 200, colour: false }
    const text = told(() => renderInspection('table', inspection, wide))
    const withoutBytes = text.replace(/\b[\da-f]{2}(?: [\da-f]{2})*\b/g, '·')
    expect(foreignIn(withoutBytes, fieldsOf(inspection))).toEqual([])
  })

  it('tap', () => {
    const text = told(() => renderTaps('table', [tapReport()], { ...PLAIN, columns: 200 }))
    expect(foreignIn(text, LABELS)).toEqual([])
  })

  it('titles of what list has, and what is said of data of fleets', async () => {
    const data = sourcesOf(await builtInData())
    const words = [...listTransports(), ...LINK_PROFILES, ...TLS_PROFILES]
      .map(({ title }) => title)
      .concat(data.flatMap(({ title, note, limits }) => [title, note ?? '', limits ?? '']))
    const text = told(() => words.map(wordsOf).join('\n'))
    expect(foreignIn(text, PRODUCTS)).toEqual([])
  })
})

/** As their makers call them. */
const PRODUCTS = [
  ...['AT&T Application Resource Optimizer', 'Twilio Programmable Wireless', 'Soracom plan'],
  ...['Google Cloud IoT Core', 'ClearBlade IoT Core', 'AWS API Gateway', 'AWS IoT Core'],
]

/** Names of frames and fields, of the command, and of what GitHub reads. */
const LABELS = [
  'mqtt-vs-http check',
  '::error title',
  '::notice title',
  'handshake record',
  'application data record',
  'Topic Name',
  'request line',
]

describe('the built-in scenarios', () => {
  it.each(BUILT_IN_SCENARIOS)(
    '%s has its claims in both languages, and its title',
    async (name) => {
      const { title, claims = [] } = await written(name)
      const words = [title, ...claims.flatMap(({ says, source = [] }) => [says, source].flat())]
      // A payload as it is sent is its own title.
      const inOne = words.filter((text) => typeof text === 'string' && !text.startsWith('JSON {'))
      expect(inOne).toEqual([])
    },
  )

  it.each(PUBLISHED_SCENARIOS)(
    'published %s says in both languages what was published; its source is a name',
    async (name) => {
      const { title, claims = [] } = await written(`published/${name}`)
      const words = [title, ...claims.map(({ says }) => says)]
      expect(words.filter((text) => typeof text === 'string')).toEqual([])
    },
  )
})

type Claimed = { says: unknown; source?: unknown }

const written = async (name: string): Promise<{ title: unknown; claims?: Claimed[] }> =>
  parse(await readFile(builtInFile(name), 'utf8'))

it('the glossary has the words that tables print', async () => {
  const page = await readFile(new URL('../docs/glossary.md', import.meta.url), 'utf8')
  for (const language of LANGUAGES) {
    const words = inLanguage(language, () => {
      const { verdicts, completions, layers, phases } = WORDS
      return [verdicts, completions, layers, phases].flatMap((named) => Object.values(named))
    })
    for (const word of words) expect(page).toContain(word)
  }
})
