import { dirname, join, resolve } from 'node:path'
import { FORMATS } from '../../../export/exporter.ts'
import { renderFleet } from '../../../export/fleet/index.ts'
import { FleetCells } from '../../../fleet/cells.ts'
import { loadFleet } from '../../../fleet/load-data.ts'
import { gapsOf } from '../../../fleet/timeline.ts'
import { workOut } from '../../../fleet/work-out.ts'
import { describeError, InstrumentError } from '../../../model/errors.ts'
import { EXIT } from '../../../model/exit-codes.ts'
import type { FleetFile } from '../../../model/fleet/fleet-file.ts'
import type { FleetReport, FleetRow } from '../../../model/fleet/fleet-report.ts'
import type { LinkProfile } from '../../../model/link/profile.ts'
import { parseLink } from '../../../model/link/spec.ts'
import { type ProgressStep, partOf } from '../../../model/progress-step.ts'
import { saidText } from '../../../model/said/said.ts'
import { catalogue } from '../../../model/text/language.ts'
import { suggestOneOf } from '../../../model/text/nearest.ts'
import { KNOWN_NAMES } from '../../../plan/known-names.ts'
import { RunFolder } from '../../../runner/run-folder.ts'
import { BUILT_IN_SCENARIOS } from '../../../scenario/built-in.ts'
import { loadScenarios } from '../../../scenario/load.ts'
import { wallClock } from '../../../system/clock.ts'
import { renderOptions, writeOutput } from '../../../terminal/output.ts'
import { createProgress } from '../../../terminal/progress.ts'
import type { Stop } from '../../../terminal/stop-signals.ts'
import { TRANSPORT_IDS } from '../../../transports/registry.ts'
import type { FleetArguments } from '../../flags/fleet.ts'
import { readReport } from '../report.ts'
import { writeReport } from '../write-report.ts'
import { countPackets, type FleetMessages, measureCells, messagesOf, planFleet } from './measure.ts'

const say = catalogue({
  en: {
    written: (folder: string) => `written to ${folder}`,
    run: 'a run of its own',
    unknownTransport: (index: number, id: string, hint: string) =>
      `transports[${index}]: unknown transport "${id}"; ${hint}`,
    tooOften: (seconds: number, link: string, roundTripS: number) =>
      `schedule: ${seconds} s between messages is shorter than a round trip of ${link}, ${roundTripS} s`,
    otherFlow: (file: string, wanted: string, name: string, flow: string) =>
      `${file}: schedule: is of a scenario with flow: ${wanted}, and ${name} has ${flow}; give ${wanted === 'uplink' ? 'commands' : 'every'} in its place`,
    notCounted: (why: string) => `packets were not counted beside the model: ${why}`,
  },
  'zh-TW': {
    written: (folder) => `已寫入 ${folder}`,
    run: '為此所做的測量',
    unknownTransport: (index, id, hint) => `transports[${index}]：沒有傳輸方式 "${id}"；${hint}`,
    tooOften: (seconds, link, roundTripS) =>
      `schedule：訊息相隔 ${seconds} s，短於 ${link} 的一次來回 ${roundTripS} s`,
    otherFlow: (file, wanted, name, flow) =>
      `${file}：schedule：所需的情境為 flow: ${wanted}，而 ${name} 是 ${flow}；請改用 ${wanted === 'uplink' ? 'commands' : 'every'}`,
    notCounted: (why) => `未在推算之外計算封包數：${why}`,
  },
})

type Measured = ReadonlyMap<string, NonNullable<FleetRow['measured']>>

/** `fleet`: read, measure or take from a report, work out, write, print; broken budgets end with 1. */
export async function workOutFleet(argv: FleetArguments, stop: Stop): Promise<void> {
  const { fleet, data } = await loadFleet(argv.file)
  const link = fleet.link === undefined ? null : parseLink(fleet.link)
  check(argv.file, fleet, link)
  const progress = createProgress(process.stderr)
  const scenarioFile = scenarioOf(argv.file, fleet)
  const runs = argv['link-bytes'] === 'modelled' ? 1 : 2
  const hooksOf = (run: number) => ({
    signal: stop.signal,
    onProgress: (step: ProgressStep) => progress.update(partOf(step, run, runs)),
  })
  const found = argv.from === undefined ? null : await stored(argv.from, scenarioFile, fleet)
  const folder = argv.out === undefined ? null : await RunFolder.create(argv.out, wallClock())
  let cells = found?.cells ?? null
  let messages = found?.messages ?? null
  let measured: Measured = new Map()
  if (cells === null || messages === null) {
    const plan = await planFleet(scenarioFile, fleet)
    messages = messagesOf(fleet, plan.scenarios[0] as (typeof plan.scenarios)[number])
    checkFlow(argv.file, fleet, messages.reading)
    const report = await measureCells(plan, fleet, messages, hooksOf(0))
    cells = new FleetCells(report, messages, argv.file)
    if (folder !== null) await writeReport(folder, report)
    if (argv['link-bytes'] !== 'modelled' && !stop.signal.aborted) {
      const from = argv['link-bytes'] ?? 'where-possible'
      measured = await countPackets(plan, fleet, messages, from, hooksOf(1)).catch(
        (error: unknown) => {
          if (argv['link-bytes'] === 'measured') throw error
          progress.note(say.notCounted(describeError(error)))
          return new Map()
        },
      )
    }
  }
  progress.done()
  stop.signal.throwIfAborted()
  const { reading, payloadBytes } = messages
  const report = workOut({
    ...{ fleet, data, link, measured, scripts: cells.script },
    cellsFrom: argv.from ?? say.run,
    message: {
      ...{ scenario: reading.name, payloadBytes },
      topicBytes: Buffer.byteLength(reading.topic),
      responseBytes: Buffer.byteLength(reading.http.response.body),
    },
  })
  if (folder !== null) await writeFleet(folder, report)
  if (folder !== null) progress.note(say.written(folder.path))
  process.exitCode = exitCodeOf(report)
  const options = {
    ...renderOptions(),
    ...(!argv.full && { summary: { folder: folder?.path ?? null } }),
  }
  await writeOutput(renderFleet(argv.format, report, options))
  for (const { verdict, line } of report.gates)
    if (verdict !== 'pass') progress.warn(saidText(line))
}

async function writeFleet(folder: RunFolder, report: FleetReport): Promise<void> {
  for (const format of FORMATS.filter((each) => /json|csv|html/.test(each))) {
    await folder.write(`fleet.${format}`, renderFleet(format, report, renderOptions()))
  }
}

const exitCodeOf = ({ gates }: FleetReport): number =>
  gates.some(({ verdict }) => verdict === 'fail')
    ? EXIT.gateFailed
    : gates.some(({ verdict }) => verdict === 'unmeasured')
      ? EXIT.failed
      : EXIT.fine

/** A built-in by its name; a file from where the fleet file is. */
const scenarioOf = (file: string, { scenario }: FleetFile): string =>
  (BUILT_IN_SCENARIOS as readonly string[]).includes(scenario)
    ? scenario
    : join(dirname(file), scenario)

/** What the schema cannot see. */
function check(file: string, fleet: FleetFile, link: LinkProfile | null): void {
  const refuse = (what: string): never => {
    throw new InstrumentError('scenario-invalid', `${file}: ${what}`)
  }
  fleet.transports.forEach((id, index) => {
    if (TRANSPORT_IDS.includes(id)) return
    refuse(say.unknownTransport(index, id, suggestOneOf(id, TRANSPORT_IDS)))
  })
  const shortest = Math.min(...gapsOf(fleet).map(({ seconds }) => seconds))
  if (link !== null && shortest * 1_000 < link.rttMs) {
    refuse(say.tooOften(shortest, link.name, link.rttMs / 1_000))
  }
}

/** What the scenario and the schedule must agree on. */
function checkFlow(
  file: string,
  { schedule }: FleetFile,
  { name, flow }: FleetMessages['reading'],
): void {
  const wanted = schedule.commands === undefined ? 'uplink' : 'roundtrip'
  if (flow === wanted) return
  throw new InstrumentError('scenario-invalid', say.otherFlow(file, wanted, name, flow))
}

async function stored(
  from: string,
  scenarioFile: string,
  fleet: FleetFile,
): Promise<{ cells: FleetCells; messages: FleetMessages }> {
  const report = await readReport(resolve(from))
  const [loaded] = await loadScenarios([scenarioFile], KNOWN_NAMES, fleet.tls)
  if (loaded === undefined) throw new InstrumentError('internal', 'a scenario file has a scenario')
  const messages = messagesOf(fleet, loaded)
  checkFlow(scenarioFile, fleet, messages.reading)
  return { cells: new FleetCells(report, messages, from), messages }
}
