import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ClaimVerdict } from '../src/model/report/report.ts'
import { formatBytes, formatRatio } from '../src/model/text/format.ts'
import { wordsOf } from '../src/model/text/wording.ts'
import { hasTool, readReport, root, runCommand, temporaryFolder } from './support/command.ts'

const PAGE = join(root, 'docs', 'published.md')

const isExact = ({ between: [low, high] }: ClaimVerdict): boolean => low === high

function rowOf(verdict: ClaimVerdict): string {
  const { source, says, between, evidence } = verdict
  const values = evidence.flatMap(({ value }) => value ?? [])
  const isRatio = evidence.some(({ comparedTo }) => comparedTo !== undefined && comparedTo !== null)
  const text = isRatio ? formatRatio : formatBytes
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const ours = least === most ? text(least) : `${text(least)}–${text(most)}`
  const difference = isExact(verdict) ? formatBytes(most - between[0]) : verdict.verdict
  return `| ${[wordsOf(source ?? ''), wordsOf(says), ours, difference].join(' | ')} |`
}

const tableOf = (verdicts: readonly ClaimVerdict[]): string =>
  [
    '| publication | figure | ours | difference |',
    '| --- | --- | --- | --- |',
    ...verdicts.map(rowOf),
  ].join('\n')

describe.skipIf(!hasTool('mosquitto'))('run published', () => {
  it('gives the figures that docs/published.md has', async () => {
    using folder = temporaryFolder()
    const run = await runCommand([
      'run',
      'published',
      '--measure',
      'bytes',
      '--link-bytes',
      'modelled',
      '--out',
      folder.path,
    ])
    expect(run.code, run.stderr).toBe(0)
    const report = readReport(folder.path)
    expect(report.cells.filter(({ status }) => status !== 'measured')).toEqual([])
    const { verdicts } = report
    const exact = verdicts.filter((each) => isExact(each) && each.verdict === 'holds')
    expect([verdicts.length, exact.length]).toEqual([47, 30])
    expect(new Set(verdicts.map(({ source }) => source)).size).toBe(13)
    const page = readFileSync(PAGE, 'utf8')
    const written = page.replace(
      /<!-- published -->[\s\S]*<!-- end of published -->/,
      () => `<!-- published -->\n\n${tableOf(verdicts)}\n\n<!-- end of published -->`,
    )
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(PAGE, written)
    // What fetch sends differs between versions of Node, and the page has one of them.
    const isOfFetch = (line: string): boolean => /300–500|or more|a fiftieth/.test(line)
    const held = (text: string): string[] => text.split('\n').filter((line) => !isOfFetch(line))
    expect(held(page)).toEqual(held(written))
  }, 90_000)
})
