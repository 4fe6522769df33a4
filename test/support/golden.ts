import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import { exporters } from '../../src/export/index.ts'
import type { Report } from '../../src/model/report/report.ts'
import { inLanguage, LANGUAGES } from '../../src/model/text/language.ts'

const GOLDEN = fileURLToPath(new URL('../golden', import.meta.url))
const PLAIN = { columns: 80, colour: false }

/** `UPDATE_GOLDEN=1` writes what is rendered; read it before it is committed. */
export function expectGolden(name: string, text: string): void {
  const path = join(GOLDEN, name)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  expect(text).toBe(readFileSync(path, 'utf8'))
}

/** What people read of a report, in both languages: `link.txt`, `link.zh-TW.txt`, `link.md`, `link.html`, … */
export function expectGoldenReport(name: string, report: Report): void {
  for (const format of ['table', 'markdown', 'html'] as const) {
    const { extension, render } = exporters[format]
    for (const language of LANGUAGES) {
      const infix = language === 'en' ? '' : `.${language}`
      const text = inLanguage(language, () => render(report, PLAIN))
      expectGolden(`${name}${infix}.${extension}`, text)
    }
  }
}

/** What is more than a screen ends with its answer, which it began with, in at most 8 lines. */
export function expectAnswerAgain(text: string): void {
  const lines = text.trimEnd().split('\n')
  const blank = lines.lastIndexOf('')
  expect(lines.length).toBeGreaterThan(24)
  expect(lines.length - blank, text).toBeLessThanOrEqual(8)
}
