import { expect, it } from 'vitest'
import { displayWidth, wrapText } from '../../model/text/text-width.ts'
import { heading, paragraph } from './document.ts'
import { jsonText } from './json-text.ts'
import { renderAsMarkdown } from './markdown.ts'
import { renderAsTable } from './terminal-table.ts'

/** Text from the network or from somebody's report: read, never obeyed. */
const HOSTILE = `a\u001b]0;x\u0007b \u009b2J ${'x'.repeat(30)} ::error file=a::b ##[error]c ::set-output name=x::y \u202edcba @someone <img>`

it('is neutral on a terminal, whatever the width at which it is wrapped', () => {
  for (let columns = 20; columns < 120; columns += 1) {
    const text = renderAsTable([heading(1, HOSTILE), paragraph(HOSTILE)], {
      columns,
      colour: false,
    })
    expect(text).not.toMatch(/^\s*::|##\[/m)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(columns)
  }
})

it('is neutral in Markdown', () => {
  const text = renderAsMarkdown([paragraph(`::error::a`), paragraph(HOSTILE)])
  expect(text).not.toMatch(/^\s*::|##\[|<img|@someone/m)
})

it('is neutral in JSON, and the same when it is read', () => {
  const text = jsonText({ text: HOSTILE })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/)
  expect(JSON.parse(text)).toEqual({ text: HOSTILE })
})

it('is wrapped in a time that grows with its length', () => {
  const word = 'x'.repeat(2_000_000)
  expect(wrapText(word, 80, 'anywhere').join('')).toBe(word)
})
