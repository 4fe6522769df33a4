import { appendFileSync } from 'node:fs'
import type { ByteTotals } from '../../src/model/wire/ledger.ts'

/** Where the table of what happened is written, as lines of Markdown; nowhere if left out. */
const FILE = process.env.MQTT_VS_HTTP_ODD_TABLE

/** One set-up: what a user sees, the exit status, and figures beside tcpdump's where there are any. */
export function tellRow(setUp: string, line: string, exit: number | null, figures = ''): void {
  if (FILE === undefined) return
  appendFileSync(FILE, `| ${setUp} | ${line.replaceAll('|', '\\|')} | ${exit} | ${figures} |\n`)
}

/** @param opened connections, as the report and as others count them */
export const besideTcpdump = (ours: ByteTotals, captured: ByteTotals, opened: string): string =>
  `up ${ours.up}, down ${ours.down} B; tcpdump ${captured.up}, ${captured.down}; connections ${opened}`
