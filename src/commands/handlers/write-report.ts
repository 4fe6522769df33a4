import { renderLedgerCsv } from '../../export/files/ledger-csv.ts'
import { loadFiles } from '../../export/files/load-csv.ts'
import { renderResultsCsv } from '../../export/files/results-csv.ts'
import { sizeFiles } from '../../export/files/sizes-csv.ts'
import { exporters } from '../../export/index.ts'
import type { Report } from '../../model/report/report.ts'
import type { RunFolder } from '../../runner/run-folder.ts'
import { renderOptions } from '../../terminal/output.ts'

/** The files of a run, or of several that were merged. */
export async function writeReport(folder: RunFolder, report: Report): Promise<void> {
  await folder.write('report.json', exporters.json.render(report, renderOptions()))
  await folder.write('results.csv', renderResultsCsv(report))
  await folder.write('ledger.csv', renderLedgerCsv(report))
  for (const { name, text } of [...loadFiles(report), ...sizeFiles(report)])
    await folder.write(name, text)
}
