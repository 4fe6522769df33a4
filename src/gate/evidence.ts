import { findMetric, type Metric } from '../model/report/metric.ts'
import type { Cell, HeaderSetResult } from '../model/report/report.ts'
import type { Claim } from '../model/scenario/scenario.ts'
import type { Evidence } from '../model/verdict.ts'

/** The measured values that a claim is held against, in the order in which it names its transports. */
export function collectEvidence(
  claim: Claim,
  metric: Metric,
  scenario: string,
  cells: readonly Cell[],
  {
    headerSets = [],
    divisorScenario = scenario,
  }: {
    headerSets?: readonly HeaderSetResult[]
    /** Null where it was not measured. */
    divisorScenario?: string | null
  } = {},
): Evidence[] {
  const measuredOn = (transport: string, place: string | null = scenario): number | null => {
    const cell = cells.find((each) => each.scenario === place && each.transport === transport)
    // A failed cell may have figures; they are shown, but nothing is judged by them.
    return cell?.status === 'measured' ? wholeOf(metric, cell).of(cell) : null
  }
  const [low, high] = claim.between
  const evidence: Evidence[] = []
  const add = (
    transport: string,
    comparedTo: string | null,
    value: number,
    headerSet?: string,
  ): void => {
    const inside = low <= value && value <= high
    evidence.push({
      scenario,
      transport,
      comparedTo,
      ...(headerSet && { headerSet }),
      value,
      inside,
    })
  }
  const replayed = metric.name === PER_MESSAGE ? replayedHeads(scenario, headerSets) : []
  if (claim.ratio === undefined) {
    for (const transport of listOf(claim.transport)) {
      const value = measuredOn(transport)
      if (value !== null) add(transport, null, value)
      if (transport !== REPLAYED) continue
      for (const heads of replayed) add(transport, null, heads.bytes, heads.name)
    }
    return evidence
  }
  const { toTls } = claim.ratio
  for (const divisorTransport of listOf(claim.ratio.to)) {
    const divisor = measuredOn(divisorTransport, divisorScenario)
    // Nothing divided by nothing is no evidence, and infinity has no JSON.
    if (divisor === null || divisor === 0) continue
    for (const transport of listOf(claim.ratio.of)) {
      const value = measuredOn(transport)
      if (value === null) continue
      if (toTls !== undefined) {
        if (transport !== divisorTransport) continue
        add(transport, `${divisorTransport} with TLS ${toTls}`, value / divisor)
        continue
      }
      add(transport, divisorTransport, value / divisor)
      if (divisorTransport !== REPLAYED) continue
      for (const heads of replayed) add(transport, REPLAYED, value / heads.bytes, heads.name)
    }
  }
  return evidence
}

/**
 * What a message costs that opens its own connection is the whole of it: its
 * steady bytes alone are a figure that nobody pays.
 */
function wholeOf(metric: Metric, cell: Cell): Metric {
  const isOwn = cell.status === 'measured' && cell.bytes?.firstMessage?.connection === 'own'
  return (isOwn && findMetric(WHOLE[metric.name] ?? '')) || metric
}

const WHOLE: Readonly<Record<string, string>> = {
  wire_bytes_per_message: 'total_wire_bytes_per_message',
  link_bytes_per_message: 'total_link_bytes_per_message',
  ethernet_bytes_per_message: 'total_ethernet_bytes_per_message',
}

function listOf(ids: string | readonly string[] | undefined): string[] {
  return ids === undefined ? [] : [...new Set(typeof ids === 'string' ? [ids] : ids)]
}

const PER_MESSAGE = 'wire_bytes_per_message'

/** The HTTP client whose place the heads of others take. */
const REPLAYED = 'http1'

/**
 * What HTTP costs with the heads of other programs, where that was measured: a
 * claim on HTTP is on them too. Who asks and who answers are chosen apart.
 */
function replayedHeads(
  scenario: string,
  results: readonly HeaderSetResult[],
): { name: string; bytes: number }[] {
  const measured = results
    .filter((result) => result.status === 'measured')
    .filter((result) => result.scenario === scenario)
  const asked = new Map(measured.map((each) => [each.headerSet, each.wireBytesUpPerMessage]))
  const answered = new Map(measured.map((each) => [each.answerSet, each.wireBytesDownPerMessage]))
  return [...asked].flatMap(([client, up]) =>
    Array.from(answered, ([server, down]) => ({ name: `${client}/${server}`, bytes: up + down })),
  )
}

/** Transports that the claim speaks of and whose cell failed: nobody knows what they would have said. */
export function failedOf(claim: Claim, scenario: string, cells: readonly Cell[]): string[] {
  const named = [claim.transport, claim.ratio?.of, claim.ratio?.to].flatMap(listOf)
  return named.filter((id) =>
    cells.some(
      (cell) => cell.scenario === scenario && cell.transport === id && cell.status === 'failed',
    ),
  )
}
