import { expect, it } from 'vitest'
import type { Report } from '../src/model/report/report.ts'
import { saidText } from '../src/model/said/said.ts'
import { readReport, runCommand, startCommand, temporaryFolder } from './support/command.ts'
import { prowl } from './support/prowler.ts'

const RUN = [
  ...['run', 'json', '-t', 'http1,http1-close,h2c,mqtt-qos1,websocket,tcp,coap-con'],
  ...['--messages', '100', '--rounds', '3', '--per-round', '30', '--link-bytes', 'off'],
]

const bytesOf = ({ cells }: Report) =>
  cells.map((cell) => ({
    transport: cell.transport,
    status: cell.status,
    bytes: cell.status === 'measured' && cell.bytes?.totals,
    counts: cell.status === 'measured' && cell.counts,
  }))

/** In round figures: how many messages are sent may depend on how fast the machine is. */
const wholeCounts = (cells: ReturnType<typeof bytesOf>) =>
  cells.map(({ counts, ...rest }) => ({
    ...rest,
    isWhole: counts && counts.delivered === counts.sent && counts.corrupted === 0,
  }))

it('measures the same beside somebody who is at every door, and says how often he was', async () => {
  using alone = temporaryFolder()
  using beside = temporaryFolder()
  const quiet = await runCommand([...RUN, '--out', alone.path])
  expect(quiet.code, quiet.stderr).toBe(0)
  const run = startCommand([...RUN, '--out', beside.path])
  const [knocks, ended] = await Promise.all([prowl(run.child.pid as number, run.ended), run.ended])
  expect(ended.code, ended.stderr).toBe(0)
  expect(knocks).toBeGreaterThan(20)
  const report = readReport(beside.path)
  expect(wholeCounts(bytesOf(report))).toEqual(wholeCounts(bytesOf(readReport(alone.path))))
  expect(report.warnings.map(saidText).join('\n')).toMatch(
    /\d+ connections that were not this run's were turned away/,
  )
  expect(ended.stdout.replace(/\s+/g, ' ')).toContain("that were not this run's were turned away")
  expect(readReport(alone.path).warnings).toEqual([])
}, 240_000)
