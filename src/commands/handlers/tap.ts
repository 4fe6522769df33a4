import { jsonText } from '../../export/document/json-text.ts'
import { renderTapLedgerCsv } from '../../export/tap/ledger-csv.ts'
import { tapLiveLines } from '../../export/tap/live.ts'
import { renderTapTopicsCsv } from '../../export/tap/topics-csv.ts'
import { InstrumentError } from '../../model/errors.ts'
import { EXIT } from '../../model/exit-codes.ts'
import type { TapReport } from '../../model/report/tap/tap-report.ts'
import { formatBytes } from '../../model/text/format.ts'
import { isLoopback } from '../../model/text/host-port.ts'
import { catalogue } from '../../model/text/language.ts'
import { planMetrics, planTap } from '../../plan/tap.ts'
import { planKeep } from '../../plan/tap-rotation.ts'
import { RunFolder } from '../../runner/run-folder.ts'
import { wallClock } from '../../system/clock.ts'
import type { RunningTap } from '../../tap/metering/prompt-figures.ts'
import { runTap, type TapPlan } from '../../tap/tap.ts'
import { checkAgainst } from '../../tap/tap-book.ts'
import { createLiveBlock } from '../../terminal/live-block.ts'
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
    reachable: (address) => `--listen：其他機器也連得到 ${address}`,
    holdsAll: (path) =>
      `--pcap：${path} 會存下經過的每個位元組，包括密碼與權杖；請當作密碼一樣保管`,
    notFree: (place, why) => `--listen：${place}：${why}；請給一個空閒的位址，或用埠 0 任選一個`,
  },
})

/** Of the live ledger; a reader follows no faster. */
const LIVE_EVERY_MS = 500
const PLAIN_EVERY_MS = 10_000
/** A tap may run for weeks, and end by a power cut. */
const STORE_EVERY_MS = 60_000

/** `tap`: relay until it is told to end, then report. Ending by a signal is what is meant: status 0. */
export async function tapTraffic(argv: TapArguments, stop: Stop): Promise<void> {
  const plan = await withBaseline(planTap(argv), argv)
  const keep = planKeep(argv)
  const folder = await RunFolder.create(argv.out ?? null, wallClock())
  const live = createLiveBlock(process.stderr)
  for (const line of warningsOf(plan)) live.warn(line)
  const reportEveryMs = live.kind === 'live' ? LIVE_EVERY_MS : PLAIN_EVERY_MS
  const store = storeNowAndThen(folder, (problem) => live.warn(problem))
  const periods = new PeriodFiles(folder.path, { keep, pcap: argv.pcap }, writeReport, (problem) =>
    live.warn(problem),
  )
  const taps: RunningTap[] = []
  await using _metrics = await openMetrics(planMetrics(argv), taps, live)
  let report: TapReport
  try {
    report = await runTap(plan, {
      signal: stop.signal,
      reader: 'thread',
      reportEveryMs,
      onListening: (place, tap) => {
        taps.push(tap)
        live.note(say.listening(place, argv.to))
      },
      onReport: (current) => {
        live.draw(tapLiveLines(current))
        store.offer(current)
      },
      onPeriod: (its) => periods.store(its),
      onRemark: (line) => live.warn(line),
    })
  } catch (error) {
    throw nameFlag(error, argv)
  } finally {
    live.done()
    await store.settled()
    await periods.settled()
  }
  const lost = await writeReport(folder, report).catch((error: unknown) => error)
  const { capture } = report
  if (capture?.reason) {
    live.warn(say.endsEarly(capture.file, formatBytes(capture.bytes), capture.reason))
  }
  if (lost === undefined) live.note(say.written(folder.path))
  process.exitCode = capture?.extent === 'failed' ? EXIT.failed : EXIT.fine
  // Not before: while connections cross, memory and file descriptors are theirs.
  const { renderTap } = await import('../../export/tap/index.ts')
  await writeOutput(renderTap(argv.format, report, renderOptions()))
  // What cannot be stored is printed all the same, and what is wrong is said last.
  if (lost !== undefined) throw lost
  checkAgainst(report.wireBytes, report.protocols)
}

async function withBaseline(plan: TapPlan, { baseline, name }: TapArguments): Promise<TapPlan> {
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
function nameFlag(error: unknown, { listen }: TapArguments): unknown {
  if (!(error instanceof InstrumentError) || error.code !== 'connection') return error
  return new InstrumentError('connection', say.notFree(listen, error.message), { cause: error })
}
