import { join } from 'node:path'
import { jsonText } from '../../export/document/json-text.ts'
import { renderTapLedgerCsv } from '../../export/tap/ledger-csv.ts'
import { tapLiveLines } from '../../export/tap/live.ts'
import { renderTapTopicsCsv } from '../../export/tap/topics-csv.ts'
import { InstrumentError } from '../../model/errors.ts'
import { EXIT } from '../../model/exit-codes.ts'
import type { TapReport } from '../../model/report/tap/tap-report.ts'
import { saidText } from '../../model/said/said.ts'
import { formatBytes } from '../../model/text/format.ts'
import { isLoopback } from '../../model/text/host-port.ts'
import { catalogue } from '../../model/text/language.ts'
import type { TapOptions } from '../../plan/options.ts'
import { readTapFile } from '../../plan/tap-file.ts'
import { planTaps } from '../../plan/tap-pairs.ts'
import { RunFolder } from '../../runner/run-folder.ts'
import { wallClock } from '../../system/clock.ts'
import type { RunningTap } from '../../tap/metering/prompt-figures.ts'
import type { Keep } from '../../tap/periods/old-files.ts'
import { runTap, type TapPlan } from '../../tap/tap.ts'
import { checkAgainst } from '../../tap/tap-book.ts'
import { createLiveBlock, type LiveBlock } from '../../terminal/live-block.ts'
import { renderOptions, writeOutput } from '../../terminal/output.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import type { TapArguments } from '../flags/tap.ts'
import { readHeldFrames } from './taps/held-frames.ts'
import { openMetrics } from './taps/metrics.ts'
import { PeriodFiles } from './taps/period-files.ts'

const say = catalogue({
  en: {
    listening: (place: string, to: string) => `tap listens on ${place} and passes on to ${to}`,
    endsEarly: (file: string, bytes: string, why: string) =>
      `${file} ends early, at ${bytes}: ${why}`,
    written: (folder: string) => `written to ${folder}`,
    ofOne: '--format: csv is of one tap; each folder has a ledger.csv, so give another format',
    reachable: (address: string) => `--listen: ${address} can be reached from other machines`,
    holdsAll: (path: string) =>
      `--pcap: ${path} will hold every byte that crosses, passwords and tokens among them; keep it like one`,
    notFree: (place: string, why: string) =>
      `--listen: ${place}: ${why}; name a place that is free, or port 0 for any`,
  },
  'zh-TW': {
    listening: (place, to) => `tap 在 ${place} 接聽，轉送到 ${to}`,
    endsEarly: (file, bytes, why) => `${file} 提早結束，只有 ${bytes}：${why}`,
    written: (folder) => `已寫入 ${folder}`,
    ofOne: '--format：csv 只能有一個 tap；每個資料夾都有 ledger.csv，請給另一種格式',
    reachable: (address) => `--listen：其他機器也連得到 ${address}`,
    holdsAll: (path) =>
      `--pcap：${path} 會存下經過的每個位元組，包括密碼與權杖；請當作密碼一樣保管`,
    notFree: (place, why) =>
      `--listen：${place}：${why}；請給一個空閒的位址，或用連接埠 0 任選一個`,
  },
})

/** Of the live ledger; a reader follows no faster. */
const LIVE_EVERY_MS = 500
const PLAIN_EVERY_MS = 10_000
/** A tap may run for weeks, and end by a power cut. */
const STORE_EVERY_MS = 60_000

/** `tap`: relay until it is told to end, then report. Ending by a signal is what is meant: status 0. */
export async function tapTraffic(argv: TapArguments, stop: Stop): Promise<void> {
  const given = argv.file === undefined ? argv : await readTapFile(argv.file, argv)
  const { pairs, metrics, keep } = planTaps(given)
  if (pairs.length > 1 && argv.format === 'csv') throw new InstrumentError('usage', say.ofOne)
  const plans = await Promise.all(pairs.map(({ plan, options }) => withBaseline(plan, options)))
  const folder = await RunFolder.create(given.out ?? null, wallClock())
  const live = createLiveBlock(process.stderr)
  for (const line of plans.flatMap(warningsOf)) live.warn(line)
  const taps: RunningTap[] = []
  await using _metrics = await openMetrics(metrics, taps, live)
  // One that cannot begin or go on ends the others, and all of them what they hold.
  const failed = new AbortController()
  const signal = AbortSignal.any([stop.signal, failed.signal])
  const lines = pairs.map((): string[] => [])
  const ran = await Promise.allSettled(
    pairs.map(async ({ options, folder: its }, index) => {
      const path = its === null ? folder.path : join(folder.path, its)
      const draw = (drawn: string[]): void => {
        lines[index] = its === null ? drawn : [`${options.listen}: ${drawn[0]}`, ...drawn.slice(1)]
        live.draw(lines.flat())
      }
      const plan = plans[index] as TapPlan
      try {
        return await tapOne(plan, options, { path, keep, live, signal, taps, draw })
      } catch (error) {
        failed.abort()
        throw error
      }
    }),
  )
  live.done()
  const failure = ran.find((each) => each.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  await tellOf(
    ran.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    { argv, path: folder.path, live },
  )
}

interface Around {
  /** Of its folder. */
  path: string
  keep: Keep | null
  live: LiveBlock
  signal: AbortSignal
  taps: RunningTap[]
  draw(lines: string[]): void
}

interface Tapped {
  report: TapReport
  /** Why it could not be stored. */
  lost: unknown
}

async function tapOne(
  plan: TapPlan,
  options: TapOptions,
  { path, keep, live, signal, taps, draw }: Around,
): Promise<Tapped> {
  const folder = await RunFolder.create(path, wallClock())
  const warn = (problem: string): void => live.warn(problem)
  const store = storeNowAndThen(folder, warn)
  const kept = { keep, pcap: plan.capture?.path }
  const periods = new PeriodFiles(path, kept, writeReport, warn)
  let report: TapReport
  try {
    report = await runTap(plan, {
      signal,
      reader: 'thread',
      reportEveryMs: live.kind === 'live' ? LIVE_EVERY_MS : PLAIN_EVERY_MS,
      onListening: (place, tap) => {
        taps.push(tap)
        live.note(say.listening(place, options.to))
      },
      onReport: (current) => {
        draw(tapLiveLines(current))
        store.offer(current)
      },
      onPeriod: (its) => periods.store(its),
      onRemark: (remark) => warn(saidText(remark)),
    })
  } catch (error) {
    throw nameFlag(error, options)
  } finally {
    await store.settled()
    await periods.settled()
  }
  const lost = await writeReport(folder, report).catch((error: unknown) => error)
  return { report, lost }
}

/** What can be said once nothing crosses any more. */
async function tellOf(
  ran: readonly Tapped[],
  { argv, path, live }: { argv: TapArguments; path: string; live: LiveBlock },
): Promise<void> {
  const reports = ran.map(({ report }) => report)
  for (const { capture } of reports) {
    if (!capture?.reason) continue
    live.warn(say.endsEarly(capture.file, formatBytes(capture.bytes), capture.reason))
  }
  const failure = ran.find(({ lost }) => lost !== undefined)
  if (failure === undefined) live.note(say.written(path))
  const isFailed = reports.some(({ capture }) => capture?.extent === 'failed')
  process.exitCode = isFailed ? EXIT.failed : EXIT.fine
  // Not before: while connections cross, memory and file descriptors are theirs.
  const { renderTaps } = await import('../../export/tap/index.ts')
  await writeOutput(renderTaps(argv.format, reports, renderOptions()))
  // What cannot be stored is printed all the same, and what is wrong is said last.
  if (failure !== undefined) throw failure.lost
  for (const { wireBytes, protocols } of reports) checkAgainst(wireBytes, protocols)
}

async function withBaseline(plan: TapPlan, { baseline, name }: TapOptions): Promise<TapPlan> {
  if (baseline === undefined || plan.meter === null) return plan
  return { ...plan, meter: { ...plan.meter, held: await readHeldFrames(baseline, name) } }
}

async function writeReport(folder: RunFolder, report: TapReport): Promise<void> {
  await folder.write('report.json', jsonText(report))
  await folder.write('ledger.csv', renderTapLedgerCsv(report))
  await folder.write('topics.csv', renderTapTopicsCsv(report))
}

/** One write at a time, and none for every drawing. */
function storeNowAndThen(folder: RunFolder, onProblem: (line: string) => void) {
  let storedAtMs = 0
  let writing: Promise<void> = Promise.resolve()
  return {
    offer(report: TapReport): void {
      if (report.durationMs - storedAtMs < STORE_EVERY_MS) return
      storedAtMs = report.durationMs
      writing = writing
        .then(() => writeReport(folder, report))
        // The tap goes on: at its end it is tried again, and fails aloud.
        .catch((error: Error) => onProblem(error.message))
    },
    settled: (): Promise<void> => writing,
  }
}

function warningsOf({ listen, capture }: TapPlan): string[] {
  return [
    ...(isLoopback(listen.address) ? [] : [say.reachable(listen.address)]),
    ...(capture === null ? [] : [say.holdsAll(capture.path)]),
  ]
}

/** Where the tap cannot listen, the flag is what can be changed. */
function nameFlag(error: unknown, { listen }: TapOptions): unknown {
  if (!(error instanceof InstrumentError) || error.code !== 'connection') return error
  return new InstrumentError('connection', say.notFree(listen, error.message), { cause: error })
}
