import { join } from 'node:path'
import { clipText } from '../../export/document/fit-screen.ts'
import { renderRawCsv } from '../../export/files/raw-csv.ts'
import { exporters } from '../../export/index.ts'
import { unmeasuredByName, unmeasuredLinks } from '../../gate/unmeasured.ts'
import { EXIT } from '../../model/exit-codes.ts'
import type { BudgetVerdict } from '../../model/report/check/check.ts'
import type { RawMessage } from '../../model/report/raw.ts'
import type { Report } from '../../model/report/report.ts'
import { saidText } from '../../model/said/said.ts'
import { catalogue } from '../../model/text/language.ts'
import { planRun } from '../../plan/make-plan.ts'
import type { Plan } from '../../plan/plan.ts'
import { CaptureFile } from '../../runner/capture-file.ts'
import { runPlan } from '../../runner/run.ts'
import { RunFolder } from '../../runner/run-folder.ts'
import { wallClock } from '../../system/clock.ts'
import { renderOptions, writeOutput } from '../../terminal/output.ts'
import { createProgress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import type { RunArguments } from '../flags/run.ts'
import { captureNotes, secretsInCapture } from './capture-secrets.ts'
import { reportOptions } from './report-options.ts'
import { showPage } from './show-page.ts'
import { writeReport } from './write-report.ts'

const say = catalogue({
  en: {
    written: (folder: string) => `written to ${folder}`,
    failed: (scenario: string, transport: string, why: string) =>
      `${scenario} on ${transport} failed: ${why}`,
    more: (count: number) => `and ${count} more: --full`,
  },
  'zh-TW': {
    written: (folder) => `已寫入 ${folder}`,
    failed: (scenario, transport, why) => `${scenario}／${transport} 失敗：${why}`,
    more: (count) => `還有 ${count} 項：--full`,
  },
})

/** `run`: plan, measure, write the folder after each cell, print. */
export async function runScenarios(argv: RunArguments, stop: Stop): Promise<void> {
  // What it refuses it refuses before anything is measured.
  reportOptions(argv, { folder: null })
  const plan = await planRun({ ...argv, 'link-bytes': argv['link-bytes'] ?? 'where-possible' })
  const folder = await RunFolder.create(argv.out ?? null, wallClock())
  await using capture = argv.pcap === undefined ? null : await CaptureFile.create(argv.pcap)
  const progress = createProgress(process.stderr)
  for (const note of plan.notes ?? []) progress.note(note)
  const raw: RawMessage[] = []
  const report = await runPlan(plan, {
    signal: stop.signal,
    onProgress: (step) => progress.update(step),
    onMessage: (message) => raw.push(message),
    onRecording: (cell, recording) => capture?.add(cell, recording),
    onReport: (current) => writeReport(folder, current),
  })
  if (plan.raw) await folder.write('raw.csv', renderRawCsv(raw))
  await capture?.write(plan.options, secretsInCapture(plan))
  progress.done()
  const broken = (report.budgets ?? []).filter(({ verdict }) => verdict !== 'pass')
  for (const warning of [...report.warnings.map(saidText), ...cellWarnings(report)]) {
    progress.warn(warning)
  }
  for (const note of captureNotes(argv.pcap, plan.targets)) progress.warn(note)
  // Once, at the end: pictures take longer than figures.
  await folder.write('report.html', exporters.html.render(report, renderOptions()))
  progress.note(say.written(folder.path))
  const unmeasured = stop.signal.aborted ? [] : unmeasuredIn(report, plan)
  process.exitCode = stop.exitCode() ?? exitCodeOf(report, broken, unmeasured)
  const page = join(folder.path, 'report.html')
  // After the results: whoever reads the end of a log or a terminal reads it.
  const last = [...unmeasured, ...(isScreen(argv) ? [] : broken.map(({ line }) => saidText(line)))]
  const told = isScreen(argv) ? aScreenOf(last) : last
  const place = { folder: folder.path, page, linesAfter: told.length }
  await writeOutput(exporters[argv.format].render(report, reportOptions(argv, place)))
  if (argv.open && !stop.signal.aborted) await showPage(page)
  for (const line of told) progress.warn(line)
}

/** Whether a person has just read a screen, at the end of which the budgets are. */
const isScreen = (argv: RunArguments): boolean =>
  argv.format === 'table' &&
  process.stdout.isTTY === true &&
  reportOptions(argv, { folder: null }).summary !== undefined

/** Below a screen that has to stay in sight. */
function aScreenOf(lines: readonly string[]): string[] {
  const { columns } = renderOptions()
  const more = lines.length - MOST_LAST_LINES
  return [
    ...lines.slice(0, MOST_LAST_LINES).map((line) => clipText(line, columns)),
    ...(more > 0 ? [say.more(more)] : []),
  ]
}

const MOST_LAST_LINES = 3

const unmeasuredIn = (report: Report, { named, linkBytes }: Plan): string[] => [
  ...unmeasuredByName(report.cells, named),
  ...(linkBytes === 'measured' ? unmeasuredLinks(report) : []),
]

function cellWarnings(report: Report): string[] {
  return report.cells.flatMap((cell) =>
    cell.status === 'failed'
      ? [say.failed(cell.scenario, cell.transport, saidText(cell.reason))]
      : [],
  )
}

/** As in `check`: a budget that is broken stays broken, whatever else failed. */
function exitCodeOf(
  report: Report,
  broken: readonly BudgetVerdict[],
  unmeasured: readonly string[],
): number {
  if (broken.some(({ verdict }) => verdict === 'fail')) return EXIT.gateFailed
  const isOpen =
    broken.length > 0 ||
    unmeasured.length > 0 ||
    report.headerSets?.some(({ status }) => status === 'failed') ||
    report.cells.some((cell) => cell.status === 'failed')
  return isOpen ? EXIT.failed : EXIT.fine
}
