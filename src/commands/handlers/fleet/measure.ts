import type { FleetScenarios } from '../../../fleet/cells.ts'
import { cellsOfChanges } from '../../../fleet/changes.ts'
import { baseOf, openerOf, waysOf } from '../../../fleet/ways.ts'
import type { FleetFile } from '../../../model/fleet/fleet-file.ts'
import type { FleetRow } from '../../../model/fleet/fleet-report.ts'
import { type ProgressStep, partOf } from '../../../model/progress-step.ts'
import { totalLinkBytesOf } from '../../../model/report/metric.ts'
import type { Report } from '../../../model/report/report.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { linkBasisOf } from '../../../model/wire/ledger.ts'
import { planRun } from '../../../plan/make-plan.ts'
import type { Plan, PlannedScenario } from '../../../plan/plan.ts'
import { runPlan } from '../../../runner/run.ts'
import { createPayloads } from '../../../scenario/payload.ts'
import { TRANSPORT_IDS } from '../../../transports/registry.ts'

/** Payloads that differ in size are met by their mean; the rest of a byte pass says the same again. */
const MOST_MESSAGES = 20
/** Runs that count packets: their range stands beside the model. */
const COUNTED_RUNS = 3

export interface Hooks {
  readonly signal: AbortSignal
  onProgress(step: ProgressStep): void
}

/** The message of a fleet and, where several readings go in one, that one. */
export interface FleetMessages extends FleetScenarios {
  readonly fileBytes: Uint8Array | null
  readonly payloadBytes: number
}

/** @param planned the fleet's scenario, as it was loaded */
export function messagesOf(
  { batch }: FleetFile,
  { scenario, fileBytes }: Pick<PlannedScenario, 'scenario' | 'fileBytes'>,
): FleetMessages {
  const source = createPayloads(scenario, fileBytes ?? undefined)
  const first = source.payload(0)
  const reading: Scenario = {
    ...scenario,
    messages: Math.min(scenario.messages, MOST_MESSAGES),
    claims: [],
    gates: [],
  }
  const size = batch?.as === 'message' ? batch.size : null
  const hex =
    size === null
      ? ''
      : Array.from({ length: size }, (_, index) =>
          Buffer.from(source.payload(index)).toString('hex'),
        ).join('')
  const payload = { hex, contentType: source.contentType, seed: scenario.payload.seed }
  return {
    ...{ reading, fileBytes, payloadBytes: first.length },
    batch:
      size === null
        ? null
        : { ...reading, name: `${scenario.name}-x${size}`, messages: 1, payload },
  }
}

/** The cells that a fleet and its changes need. */
function transportsOf({ transports }: FleetFile): string[] {
  const ids = transports.flatMap((id) => [
    ...[id, baseOf(id), openerOf(baseOf(id), 'full'), openerOf(baseOf(id), 'resumed')],
    ...cellsOfChanges(id),
  ])
  const named = new Set(ids.filter((id) => id !== null))
  return TRANSPORT_IDS.filter((id) => named.has(id))
}

/** A plan of bytes alone, whose link bytes are the model’s. */
export async function planFleet(file: string, fleet: FleetFile): Promise<Plan> {
  const transports = transportsOf(fleet).join(',')
  return planRun({
    ...{ scenario: [file], transports, measure: 'bytes', 'link-bytes': 'modelled' },
    ...(fleet.tls !== undefined && { tls: fleet.tls }),
  })
}

/** Measures the cells of a fleet. */
export async function measureCells(
  plan: Plan,
  fleet: FleetFile,
  messages: FleetMessages,
  hooks: Hooks,
): Promise<Report> {
  const [planned] = plan.scenarios as [PlannedScenario]
  const speakers = new Set(fleet.transports)
  const batches: PlannedScenario[] =
    messages.batch === null
      ? []
      : [
          {
            ...{ scenario: messages.batch, fileBytes: null },
            transports: planned.transports.filter((id) => speakers.has(id)),
          },
        ]
  const scenarios = [{ ...planned, scenario: messages.reading }, ...batches]
  return run({ ...plan, scenarios }, hooks)
}

const run = (plan: Plan, { signal, onProgress }: Hooks): Promise<Report> =>
  runPlan(plan, { signal, onProgress })

/** Link bytes of a message with its connection, as packets were counted: mean, and what runs differ by. */
export async function countPackets(
  plan: Plan,
  fleet: FleetFile,
  messages: FleetMessages,
  linkBytes: Plan['linkBytes'],
  hooks: Hooks,
): Promise<Map<string, NonNullable<FleetRow['measured']>>> {
  const own = waysOf(fleet).ways.filter(({ policy }) => policy === 'per-message')
  const openers = new Set(own.flatMap(({ opener, speaker }) => [opener ?? speaker]))
  const [planned] = plan.scenarios as [PlannedScenario]
  const transports = planned.transports.filter((id) => openers.has(id))
  const values = new Map<string, number[]>()
  for (let pass = 0; pass < COUNTED_RUNS && transports.length > 0; pass += 1) {
    hooks.signal.throwIfAborted()
    const scenarios = [{ ...planned, scenario: messages.reading, transports }]
    const report = await run(
      { ...plan, scenarios, linkBytes },
      { ...hooks, onProgress: (step) => hooks.onProgress(partOf(step, pass, COUNTED_RUNS)) },
    )
    for (const cell of report.cells) {
      if (cell.status !== 'measured' || cell.bytes === null) continue
      const bytes =
        linkBasisOf(cell.bytes.ledger) === 'measured' ? totalLinkBytesOf(cell.bytes) : null
      if (bytes !== null) values.set(cell.transport, [...(values.get(cell.transport) ?? []), bytes])
    }
  }
  return new Map(
    Array.from(values, ([id, all]) => [
      id,
      {
        mean: all.reduce((sum, each) => sum + each, 0) / all.length,
        ...{ low: Math.min(...all), high: Math.max(...all), runs: all.length },
      },
    ]),
  )
}
