import { renderInspection } from '../../export/inspect/index.ts'
import { WORDS } from '../../export/words.ts'
import { unmeasuredByName } from '../../gate/unmeasured.ts'
import { InstrumentError } from '../../model/errors.ts'
import { EXIT } from '../../model/exit-codes.ts'
import type { Cell, Report } from '../../model/report/report.ts'
import type { InspectedCell, Inspection } from '../../model/report/tap/inspection.ts'
import { said, saidText } from '../../model/said/said.ts'
import { payloadFieldOf } from '../../model/scenario/http-query.ts'
import { catalogue } from '../../model/text/language.ts'
import { wordsOf } from '../../model/text/wording.ts'
import type { WireRecording } from '../../model/wire/recording.ts'
import { planRun } from '../../plan/make-plan.ts'
import { targetOptions } from '../../plan/options.ts'
import type { Plan, PlannedScenario } from '../../plan/plan.ts'
import { usage } from '../../plan/usage.ts'
import { CaptureFile } from '../../runner/capture-file.ts'
import { runPlan } from '../../runner/run.ts'
import { secretsOfCell } from '../../targets/scenario-secrets.ts'
import { targetOf } from '../../targets/target.ts'
import { withholdSecrets } from '../../targets/withhold.ts'
import { renderOptions, writeOutput } from '../../terminal/output.ts'
import { createProgress } from '../../terminal/progress.ts'
import type { Stop } from '../../terminal/stop-signals.ts'
import { loadTransport } from '../../transports/registry.ts'
import { traitsFor } from '../../transports/run-options.ts'
import { readExchange } from '../../wire/account/read-exchange.ts'
import type { InspectArguments } from '../flags/inspect.ts'
import { captureNotes, secretsInCapture } from './capture-secrets.ts'

const say = catalogue({
  en: {
    captureOnly: (flag: string) =>
      `--${flag}: is for a capture file, and a scenario was given; leave it out`,
    keylog: '--keylog: is for a capture file; a scenario has its own',
    one: 'inspect: name one scenario; all is for run',
    messages: (given: number, most: number) =>
      `--messages: ${given} is not a whole number from 1 to ${most}`,
  },
  'zh-TW': {
    captureOnly: (flag) => `--${flag}：用於擷取檔，但給的是情境；請拿掉它`,
    keylog: '--keylog：用於擷取檔；情境自有金鑰',
    one: 'inspect：請指定一個情境；all 用於 run',
    messages: (given, most) => `--messages：${given} 不是 1 到 ${most} 的整數`,
  },
})

/** An exchange is for reading. */
const MAX_MESSAGES = 100

/** `inspect` of a scenario: a byte pass of few messages on each transport, recorded and printed. */
export async function inspectScenario(argv: InspectArguments, stop: Stop): Promise<void> {
  const { format } = argv
  refuseCaptureOptions(argv)
  if (format === 'csv') throw captureOnly('format csv')
  const plan = await planInspection(argv)
  await using capture = argv.pcap === undefined ? null : await CaptureFile.create(argv.pcap)
  const progress = createProgress(process.stderr)
  for (const note of plan.notes ?? []) progress.note(note)
  const recordings = new Map<string, WireRecording>()
  const report = await runPlan(plan, {
    signal: stop.signal,
    onProgress: (step) => progress.update(step),
    onRecording: (cell, recording) => {
      recordings.set(cell.transport, recording)
      capture?.add(cell, recording)
    },
  })
  await capture?.write(plan.options, secretsInCapture(plan))
  progress.done()
  for (const note of captureNotes(argv.pcap, plan.targets)) progress.warn(note)
  const unmeasured = stop.signal.aborted ? [] : unmeasuredByName(report.cells, plan.named)
  for (const line of unmeasured) progress.warn(line)
  const isOpen = unmeasured.length > 0 || report.cells.some(({ status }) => status === 'failed')
  process.exitCode = stop.exitCode() ?? (isOpen ? EXIT.failed : EXIT.fine)
  const inspection = await describeInspection(plan, report, recordings)
  await writeOutput(renderInspection(format, inspection, renderOptions()))
}

const captureOnly = (flag: string): InstrumentError => usage(say.captureOnly(flag))

function refuseCaptureOptions({ port, host, protocol, full, ...rest }: InspectArguments): void {
  const heads = { 'save-heads': rest['save-heads'] }
  const given = Object.entries({ port, host, protocol, full: full || undefined, ...heads }).find(
    ([, value]) => value !== undefined,
  )
  if (given !== undefined) throw captureOnly(given[0])
}

async function planInspection(argv: InspectArguments): Promise<Plan> {
  const { what, transports, messages = 1, broker, tls, keylog } = argv
  if (keylog !== undefined) throw usage(say.keylog)
  if (what === 'all') throw usage(say.one)
  if (!Number.isInteger(messages) || messages < 1 || messages > MAX_MESSAGES) {
    throw usage(say.messages(messages, MAX_MESSAGES))
  }
  const plan = await planRun({
    scenario: [what],
    transports,
    measure: 'bytes',
    'link-bytes': 'off',
    ...{ broker, tls },
    ...targetOptions(argv),
  })
  return {
    ...plan,
    recording: 'bytes',
    // Of a fan-out to several numbers of subscribers, or of several TLS profiles, the first says what the others say again.
    scenarios: plan.scenarios.slice(0, 1).map((planned) => ({
      ...planned,
      scenario: { ...planned.scenario, messages },
    })),
  }
}

async function describeInspection(
  plan: Plan,
  { cells }: Report,
  recordings: ReadonlyMap<string, WireRecording>,
): Promise<Inspection> {
  const [planned] = plan.scenarios
  if (planned === undefined) throw new InstrumentError('internal', 'no scenario was planned')
  const { name, title, messages } = planned.scenario
  return {
    scenario: name,
    title: wordsOf(title),
    messages,
    cells: await Promise.all(
      cells.map((cell) =>
        describeCell(planned, plan, cell, recordings.get(cell.transport) ?? null),
      ),
    ),
  }
}

async function describeCell(
  { scenario }: PlannedScenario,
  { options, targets }: Plan,
  cell: Cell,
  recording: WireRecording | null,
): Promise<InspectedCell> {
  const { transport, client, protocol, completion } = cell
  const traits = traitsFor(await loadTransport(transport), options)
  const { secure } = traits
  const target = targetOf(targets, traits)
  const payloadField = payloadFieldOf(scenario.http.request)
  const read =
    recording === null || protocol === 'none'
      ? null
      : readExchange(recording, { protocol, secure, payloadField })
  const secrets = secretsOfCell({ scenario, target: target ?? undefined })
  const exchange = read === null ? null : { ...read, frames: withholdSecrets(read.frames, secrets) }
  return {
    ...{ transport, client, protocol, completion, secure, exchange },
    problem: problemOf(cell),
  }
}

function problemOf(cell: Cell): string | null {
  if (cell.status !== 'measured')
    return WORDS.named(WORDS.statuses[cell.status], saidText(cell.reason))
  return cell.protocol === 'none' ? saidText(said('noWire')) : null
}
