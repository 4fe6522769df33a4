import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renderAsMarkdown } from '../src/export/document/markdown.ts'
import { isOneFigure, publishedBlocks } from '../src/export/report/claims/published.ts'
import { hasTool, readReport, root, runCommand, temporaryFolder } from './support/command.ts'

const PAGE = join(root, 'docs', 'published.md')

describe.skipIf(!hasTool('mosquitto'))('run published', () => {
  it('gives the figures that docs/published.md has', async () => {
    using folder = temporaryFolder()
    // Bytes alone where nothing is said; a link in namespaces counts nothing that is published.
    const modelled = ['--link-bytes', 'modelled']
    const run = await runCommand(['run', 'published', ...modelled, '--out', folder.path])
    expect(run.code, run.stderr).toBe(0)
    const report = readReport(folder.path)
    expect(report.cells.filter(({ status }) => status !== 'measured')).toEqual([])
    const { verdicts, plan } = report
    expect(plan.measures).toEqual(['bytes'])
    expect(run.stdout).toContain('publication')
    const exact = verdicts.filter((each) => isOneFigure(each) && each.verdict === 'holds')
    expect([verdicts.length, exact.length]).toEqual([47, 30])
    expect(new Set(verdicts.map(({ source }) => source)).size).toBe(13)
    const blocks = publishedBlocks(report).filter(({ kind }) => kind !== 'heading')
    const page = readFileSync(PAGE, 'utf8')
    const written = page.replace(
      /<!-- published -->[\s\S]*<!-- end of published -->/,
      () => `<!-- published -->\n\n${renderAsMarkdown(blocks)}\n<!-- end of published -->`,
    )
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(PAGE, written)
    // What fetch sends differs between versions of Node, and the page has one of them.
    const isOfFetch = (line: string): boolean => /300–500|or more|a fiftieth/.test(line)
    const held = (text: string): string[] => text.split('\n').filter((line) => !isOfFetch(line))
    expect(held(page)).toEqual(held(written))
  }, 90_000)
})
