import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exporters } from '../src/export/index.ts'
import type { Report } from '../src/model/report/report.ts'
import { inLanguage, type Language } from '../src/model/text/language.ts'
import { parseReport } from '../src/runner/read-report.ts'
import { picturedReport } from './fixtures/pictured-report.ts'
import { fixtureReport, hostileReport } from './fixtures/report.ts'
import { sizedReport } from './fixtures/sized-report.ts'
import { hasTool, root } from './support/command.ts'
import { overlaps, type TextBox } from './support/text-boxes.ts'

/** Debian's, without the script that stands before it; or what a runner of GitHub has. */
const CHROMIUM = ['/usr/lib/chromium/chromium', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
)
const PAGE = 'http://page.test/'
const LEAST_CONTRAST = 4.5
/** Jenkins' default, which is stricter than most. */
const STRICT = "sandbox; default-src 'none'; img-src 'self'; style-src 'self'"
/** What somebody may look at afterwards, where that is asked for: painting whole pages takes half of the time. */
const PICTURES = join(root, 'test-artefacts', 'page')
const PAINTS = process.env.MQTT_VS_HTTP_PICTURES !== undefined
/** What axe-core is read from; it has no module of its own for a page. */
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PROBES = readFileSync(join(root, 'test', 'support', 'page-probes.js'), 'utf8')

const REPORTS: Readonly<Record<string, () => Report>> = {
  reference: () => {
    const file = join(root, 'results', 'reference', 'report.json')
    return parseReport(readFileSync(file, 'utf8'), file)
  },
  fixture: fixtureReport,
  sizes: sizedReport,
  pictured: picturedReport,
  hostile: hostileReport,
}
const pageOf = (name: string, language: Language): string =>
  inLanguage(language, () =>
    exporters.html.render(REPORTS[name]?.() ?? fixtureReport(), { columns: 80, colour: false }),
  )

describe.skipIf(CHROMIUM === undefined && !hasTool('chromium'))('report.html in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    if (PAINTS) mkdirSync(PICTURES, { recursive: true })
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? 'chromium',
      args: ['--no-sandbox'],
    })
  })
  afterAll(async () => {
    await browser?.close()
  })

  /** The page as a server gives it; what it asks for besides, and what it complains of. */
  async function show(
    html: string,
    options: BrowserContextOptions = {},
    headers: Record<string, string> = {},
  ): Promise<{ page: Page; asked: string[]; complaints: string[] }> {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const asked: string[] = []
    const complaints: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.route('**/*', (route) =>
      route.fulfill({ body: html, contentType: 'text/html; charset=utf-8', headers }),
    )
    await page.goto(PAGE)
    await page.evaluate(PROBES)
    return { page, asked, complaints }
  }

  async function paint(page: Page, name: string): Promise<void> {
    if (PAINTS) await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
  }

  const ask = <Answer>(page: Page, question: string): Promise<Answer> => page.evaluate(question)
  const open = (page: Page): Promise<void> =>
    ask(page, "for (const each of document.querySelectorAll('details')) each.open = true")
  const boxesOf = (page: Page): Promise<TextBox[]> => ask(page, 'probes.textBoxes()')
  const paleOf = (page: Page): Promise<string[]> => ask(page, `probes.paleTexts(${LEAST_CONTRAST})`)

  it.each([
    ['reference', 'en', [1280, 768, 390]],
    ['fixture', 'zh-TW', [1280, 390]],
    ['sizes', 'en', [768]],
    ['pictured', 'en', [1280, 390]],
    ['pictured', 'zh-TW', [768, 390]],
    ['hostile', 'zh-TW', [390]],
  ] as const)(
    '%s in %s: nothing cut, nothing on another, no request, at every width',
    async (name, lang, widths) => {
      const { page, asked, complaints } = await show(pageOf(name, lang))
      await open(page)
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 })
        expect(await ask(page, 'probes.cutTexts(true)'), `${width}`).toEqual([])
        expect(overlaps(await boxesOf(page)), `${width}`).toEqual([])
        if (name !== 'hostile') await paint(page, `${name}-${lang}-${width}`)
      }
      // A4 less its margins, at 96 pixels per inch.
      await page.setViewportSize({ width: 680, height: 1009 })
      await page.emulateMedia({ media: 'print' })
      expect(await ask(page, 'probes.cutTexts(false)'), 'print').toEqual([])
      expect(overlaps(await boxesOf(page)), 'print').toEqual([])
      if (PAINTS && name === 'reference')
        await page.pdf({ path: join(PICTURES, `${name}-${lang}.pdf`), preferCSSPageSize: true })
      expect(asked).toEqual([PAGE])
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  it.each([
    ['fixture', 'en'],
    ['pictured', 'zh-TW'],
  ] as const)(
    '%s can be read in the light and in the dark, by axe and by arithmetic',
    async (name, lang) => {
      const { page } = await show(pageOf(name, lang))
      await open(page)
      await page.evaluate(AXE)
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        const found = await ask<{ violations: { id: string; nodes: { html: string }[] }[] }>(
          page,
          // Of all that it looks at, only contrast is another in the dark.
          colorScheme === 'dark' ? "axe.run({ runOnly: ['color-contrast'] })" : 'axe.run()',
        )
        const violations = found.violations.map(
          ({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html)}`,
        )
        expect(violations, colorScheme).toEqual([])
        expect(await paleOf(page), colorScheme).toEqual([])
        await paint(page, `${name}-${colorScheme}`)
      }
      await page.context().close()
    },
  )

  it.each([
    ['fixture', 'en', 8],
    ['pictured', 'zh-TW', 4],
  ] as const)(
    '%s says the same under a policy without scripts and styles, with every picture',
    async (name, lang, pictures) => {
      const html = pageOf(name, lang)
      const plain = await show(html)
      const strict = await show(html, {}, { 'Content-Security-Policy': STRICT })
      const textOf = async ({ page }: { page: Page }): Promise<string[]> => [
        ...new Set((await boxesOf(page)).filter(({ line }) => line === 0).map(({ text }) => text)),
      ]
      expect(await textOf(strict)).toEqual(await textOf(plain))
      const boxes = await boxesOf(strict.page)
      expect(overlaps(boxes)).toEqual([])
      const sizes = await ask<number[]>(
        strict.page,
        "[...document.querySelectorAll('svg')].map((svg) => svg.getBoundingClientRect().width)",
      )
      expect(sizes.length).toBeGreaterThan(pictures)
      for (const size of sizes) expect(size).toBeGreaterThan(300)
      expect(await paleOf(strict.page)).toEqual([])
      await paint(strict.page, `${name}-strict`)
      await Promise.all([plain, strict].map(({ page }) => page.context().close()))
    },
  )
})
