import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createBaseline, renderBaseline } from '../src/gate/baseline.ts'
import { byteReport, type Content, cellsOf } from './fixtures/byte-report.ts'

const SCENARIOS = ['batch', 'json', 'stream']
const folder = mkdtempSync(join(tmpdir(), 'mqtt-vs-http-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** The hunks of git's diff with its own three lines of context, one text each. */
function diffHunks(change: Partial<Content>): string[] {
  const text = (more: Partial<Content>) =>
    renderBaseline(
      createBaseline(byteReport(SCENARIOS.flatMap((name) => cellsOf({ ...more, scenario: name })))),
    )
  const [old, now] = [join(folder, 'old.json'), join(folder, 'now.json')]
  writeFileSync(old, text({}))
  writeFileSync(now, text(change))
  const args = ['-c', 'diff.context=3', 'diff', '--no-index', '--no-color', old, now]
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' })
  expect(status).toBe(1)
  return stdout.split(/^@@ .*$/m).slice(1)
}

const linesWith = (mark: '+' | '-', hunk: string): string[] =>
  hunk
    .split('\n')
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(1).trim())

describe('the diff of a baseline after one byte more', () => {
  it.each<[string, Partial<Content>, string, string, string, number]>([
    [
      'in the client id',
      { clientId: 'sensor-00011' },
      '"control": 25',
      '"control": 26',
      'Client Identifier 12"',
      1,
    ],
    [
      'in the topic',
      { topic: 'sensors/temps' },
      '"framing": 1800',
      '"framing": 1900',
      'Topic Name 13,',
      1,
    ],
    [
      'in a header of the request',
      { requestHeaders: { host: '127.0.0.1:40001', 'x-device': '170' } },
      '"framing": 8800',
      '"framing": 8900',
      'x-device 15,',
      1,
    ],
    [
      'in a header of the response',
      { responseHeaders: { Date: 'Sun, 05 Jan 2025 00:00:00 GMT', Connection: 'keep-alives' } },
      '"acknowledgement": 8800',
      '"acknowledgement": 8900',
      'Connection 25,',
      1,
    ],
    [
      'in the payload, which moves two transports',
      { payload: '{ "temp": 250 }' },
      '"payload": 1400,',
      '"payload": 1500,',
      ' 15"',
      2,
    ],
  ])('%s is one hunk a cell', (_what, change, was, is, field, cellsPerScenario) => {
    const hunks = diffHunks(change)
    expect(hunks).toHaveLength(SCENARIOS.length * cellsPerScenario)
    for (const hunk of hunks) {
      const [removed, added] = [linesWith('-', hunk), linesWith('+', hunk)]
      expect(removed[0]).toBe(was)
      expect(added[0]).toBe(is)
      expect([removed.length, added.length]).toEqual([2, 2])
      expect(added[1]).toContain(field)
    }
  })
})
