/**
 * `npm run fleet-of-generators`: what it takes to put the reports of 10, 100 and 1,000
 * generators together, with `report --merge` in a process of its own. One part is really
 * measured; the others are it with other latencies, counts and clocks. Fails where the
 * merged report does not have the sum of all parts.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LoadStretch } from '../src/model/report/load-result.ts'
import { type Report, reportSchema } from '../src/model/report/report.ts'
import { LatencyHistogram } from '../src/stats/latency-histogram.ts'
import { Random } from './fuzz/random.ts'

const run = promisify(execFile)
const COMMAND = join(import.meta.dirname, '..', 'bin', 'mqtt-vs-http.js')
const FLEETS = [10, 100, 1_000]
/** Of one generator: what it sends a second, over so many connections. */
const SHARE = { perS: 2_000, connections: 10 }
const SHARE_OF = Math.max(...FLEETS)
/** Three digits of a latency: so many cells are at most half again as much. */
const MOST_SHIFT_CELLS = 400
const MOST_CLOCK_MS = 200
/** One generator of this machine, as docs/performance.md has it. */
const GENERATOR = {
  connections: 10_000,
  atRatePerS: 20_000,
  httpPerS: 63_020,
  mqttPerS: 3_258_604,
}
/** Says, at its end, what a process has used: milliseconds and bytes. */
const USAGE = `data:text/javascript,${encodeURIComponent(`import { writeSync } from 'node:fs'
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  writeSync(2, '\\nused ' + JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1e3, rss: maxRSS * 1024 }))
})`)}`

const stretchesOf = ({ cells }: Report): LoadStretch[] =>
  cells.flatMap((cell) =>
    cell.status === 'skipped' ? [] : (cell.load?.runs ?? []).flatMap(({ stretches }) => stretches),
  )

const sentIn = (report: Report): number =>
  stretchesOf(report).reduce((sum, { sent }) => sum + sent, 0)

const kilo = (bytes: number): string => (bytes / 1e3).toFixed(0)

const folder = mkdtempSync(join(tmpdir(), 'fleet-of-generators-'))
try {
  const measured = join(folder, 'measured')
  const load = ['--rate', String(SHARE.perS * SHARE_OF), '--clients', 'bare', '--duration', '3s']
  const share = ['--part', `1/${SHARE_OF}`, '--connections', String(SHARE.connections * SHARE_OF)]
  await run(process.execPath, [
    ...[COMMAND, 'run', 'json', '-t', 'http1,mqtt-qos1'],
    ...[...share, ...load, '--out', measured],
  ])
  const part = reportSchema.parse(JSON.parse(readFileSync(join(measured, 'report.json'), 'utf8')))
  say('parts', 'KB a part', 'MB of all', 'KB merged', 'KB of its page', 'CPU s', 'peak RSS, MB')
  for (const of of FLEETS) await mergeFleet(part, of)
  say('parts', ...Object.keys(GENERATOR))
  for (const of of FLEETS) say(of, ...Object.values(GENERATOR).map((each) => each * of))
} finally {
  rmSync(folder, { recursive: true })
}

async function mergeFleet(part: Report, of: number): Promise<void> {
  const random = new Random(1, 'fleet', of)
  const names: string[] = []
  const bytes: number[] = []
  const sent = { before: 0, after: 0 }
  for (let number = 1; number <= of; number += 1) {
    const report = varied({ ...part, plan: { ...part.plan, part: { number, of } } }, random)
    const name = join(folder, `${of}-${number}`)
    mkdirSync(name)
    const text = JSON.stringify(report, null, 2)
    writeFileSync(join(name, 'report.json'), text)
    names.push(name)
    bytes.push(Buffer.byteLength(text))
    sent.before += sentIn(report)
  }
  const out = join(folder, `${of}-merged`)
  const args = ['--import', USAGE, COMMAND, 'report', '--merge', ...names, '--out', out]
  const { stderr } = await run(process.execPath, args, { maxBuffer: 2 ** 30 })
  const [, used = ''] = /^used (.*)$/m.exec(stderr) ?? []
  const { cpuMs, rss } = JSON.parse(used) as { cpuMs: number; rss: number }
  const merged = join(out, 'report.json')
  sent.after = sentIn(reportSchema.parse(JSON.parse(readFileSync(merged, 'utf8'))))
  if (sent.after !== sent.before) {
    throw new Error(`${of} parts sent ${sent.before}, the merged report has ${sent.after}`)
  }
  const all = bytes.reduce((sum, each) => sum + each, 0)
  const [ofMerged, ofPage] = [merged, join(out, 'report.html')].map((file) => statSync(file).size)
  say(
    ...[of, kilo(all / of), (all / 1e6).toFixed(1), kilo(ofMerged ?? 0), kilo(ofPage ?? 0)],
    ...[(cpuMs / 1e3).toFixed(2), (rss / 1e6).toFixed(0)],
  )
  for (const name of names) rmSync(name, { recursive: true })
}

/** The same part on another machine: slower, with some messages more, and a clock of its own. */
function varied(report: Report, random: Random): Report {
  const copy = structuredClone(report)
  const clockMs = random.below(MOST_CLOCK_MS)
  for (const stretch of stretchesOf(copy)) {
    const more = random.below(50)
    stretch.startedAt = new Date(Date.parse(stretch.startedAt) + clockMs).toISOString()
    for (const count of ['offered', 'sent', 'completed'] as const) stretch[count] += more
    for (const series of [stretch.response, stretch.sendDelay]) {
      if (series) series.histogram = shifted(series.histogram, random.below(MOST_SHIFT_CELLS))
    }
  }
  return copy
}

function shifted(histogram: string, cells: number): string {
  const { counts, ...rest } = LatencyHistogram.decode(histogram).toParts()
  counts.copyWithin(cells, 0).fill(0, 0, cells)
  return LatencyHistogram.fromParts({ ...rest, counts }).encode()
}

function say(...words: (string | number)[]): void {
  process.stdout.write(`| ${words.join(' | ')} |\n`)
}
