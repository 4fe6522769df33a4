import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { plotFiles } from '../../export/html/html.ts'
import { exporters } from '../../export/index.ts'
import { judgeBudgets } from '../../gate/budgets.ts'
import { judgeClaims } from '../../gate/claims.ts'
import { EXIT } from '../../model/exit-codes.ts'
import type { NamedReport } from '../../model/report/comparison.ts'
import type { Report } from '../../model/report/report.ts'
import { catalogue } from '../../model/text/language.ts'
import { PROGRAM } from '../../model/text/shell.ts'
import { usage } from '../../plan/usage.ts'
import { parseReport } from '../../runner/read-report.ts'
import { RunFolder } from '../../runner/run-folder.ts'
import { readFileCapped } from '../../scenario/read-file.ts'
import { breakEvenOf } from '../../stats/break-even.ts'
import { mergeReports } from '../../stats/merge-reports.ts'
import { isFolder } from '../../system/make-folders.ts'
import { renderOptions, writeOutput } from '../../terminal/output.ts'
import type { ReportArguments } from '../flags/report.ts'
import { reportOptions } from './report-options.ts'
import { showPage, showText } from './show-page.ts'
import { writeReport } from './write-report.ts'

const say = catalogue({
  en: {
    noRun: (folder: string, help: string) =>
      `report: there is no run in ${folder}; give a folder, or see ${help}`,
    outAlone: '--out: is for what --merge makes',
  },
  'zh-TW': {
    noRun: (folder, help) => `report：${folder} 裡沒有任何一次測量；請給資料夾，或請看 ${help}`,
    outAlone: '--out：用於 --merge 所產生的報告',
  },
})

/** A report holds histograms, not samples; what is larger is something else. */
const MAX_REPORT_BYTES = 256 * 1024 * 1024

/**
 * @param path a report, or the folder of a run
 * @throws InstrumentError `report-unreadable`
 */
export async function readReport(path: string): Promise<Report> {
  const file = (await isFolder(path)) ? join(path, 'report.json') : path
  const codes = { missing: 'report-unreadable', unusable: 'report-unreadable' } as const
  const bytes = await readFileCapped(file, MAX_REPORT_BYTES, file, codes)
  return parseReport(new TextDecoder().decode(bytes), file)
}

/** `report`: read, merge where several are given, render, print. */
export async function renderStoredReport(argv: ReportArguments): Promise<void> {
  const { format, out, merge, plots } = argv
  const file = argv.file ?? (merge === undefined ? await lastRun() : undefined)
  const report = await takeReport({ ...argv, file })
  if (out !== undefined) {
    const folder = await RunFolder.create(out, new Date(report.startedAt))
    await writeReport(folder, report)
    await folder.write('report.html', exporters.html.render(report, renderOptions()))
  }
  if (plots !== undefined) {
    const folder = await RunFolder.create(plots, new Date(report.startedAt), '--plots')
    for (const { name, text } of plotFiles(report)) await folder.write(name, text)
  }
  await writeOutput(
    exporters[format].render(
      report,
      reportOptions(argv, placeOf(out ?? (merge === undefined ? (file ?? null) : null))),
    ),
  )
  // Of parts of a load: what is not the whole is no 0.
  if (merge !== undefined && report.partial) process.exitCode = EXIT.failed
  if (!argv.open) return
  await (out === undefined
    ? showText(exporters.html.render(report, renderOptions()))
    : showPage(join(out, 'report.html')))
}

/** Folders of older versions have no page. */
function placeOf(folder: string | null): { folder: string | null; page: string | null } {
  const page = folder === null ? null : join(folder, 'report.html')
  return { folder, page: page !== null && existsSync(page) ? page : null }
}

const RESULTS = 'results'

/** The last run here: folders are named by the time that they began. */
async function lastRun(): Promise<string | undefined> {
  const names = await readdir(RESULTS).catch(() => [])
  const runs = names.filter((name) => /^\d{4}-\d\d-\d\dT/.test(name)).toSorted()
  const last = runs.at(-1)
  return last === undefined ? undefined : join(RESULTS, last)
}

/** @throws InstrumentError `usage`, `report-unreadable` */
async function takeReport({ file, merge, out }: ReportArguments): Promise<Report> {
  if (merge === undefined) {
    if (file === undefined) throw usage(say.noRun(RESULTS, `${PROGRAM} report --help`))
    if (out !== undefined) throw usage(say.outAlone)
    return readReport(file)
  }
  // `report a --merge b c` can only mean all three.
  const names = file === undefined ? merge : [file, ...merge]
  const parts: NamedReport[] = []
  for (const name of names) parts.push({ name, report: await readReport(name) })
  const merged = mergeReports(parts)
  const { scenarios } = merged.plan
  const breakEven = breakEvenOf(merged.cells)
  const budgets = judgeBudgets(scenarios, merged.cells)
  const { costs } = breakEven
  const { headerSets = [] } = merged
  return {
    ...merged,
    verdicts: judgeClaims(scenarios, merged.cells, { costs, headerSets }),
    ...(budgets.length > 0 && { budgets }),
    breakEven,
  }
}
