import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exporters } from '../export/index.ts'
import type { Report } from '../model/report.ts'
import { parseReport } from '../runner/read-report.ts'
import { readFileCapped } from '../scenario/read-file.ts'
import type { ReportArguments } from './report.ts'
import { renderOptions, writeOutput } from './terminal.ts'

/** A report holds histograms, not samples; what is larger is something else. */
const MAX_REPORT_BYTES = 256 * 1024 * 1024

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}

/**
 * @param path a report, or the folder of a run
 * @throws InstrumentError `report-unreadable`
 */
export async function readReport(path: string): Promise<Report> {
  const file = (await isDirectory(path)) ? join(path, 'report.json') : path
  const codes = { missing: 'report-unreadable', unusable: 'report-unreadable' } as const
  const bytes = await readFileCapped(file, MAX_REPORT_BYTES, file, codes)
  return parseReport(new TextDecoder().decode(bytes), file)
}

/** `report`: read, render, print. */
export async function renderStoredReport(argv: ReportArguments): Promise<void> {
  const { file, format } = argv
  const report = await readReport(file)
  await writeOutput(exporters[format].render(report, renderOptions(argv['break-even'])))
}
