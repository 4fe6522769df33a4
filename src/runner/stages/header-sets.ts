import type { HeaderSetResult } from '../../model/report/report.ts'
import { said } from '../../model/said/said.ts'
import { asSentBy } from '../../model/scenario/as-sent.ts'
import { sumLedger } from '../../model/wire/ledger.ts'
import type { HeaderPair, Plan, PlannedScenario } from '../../plan/plan.ts'
import { ANSWER_SETS } from '../../transports/http/header-sets/answer-sets.ts'
import { REQUEST_SETS } from '../../transports/http/header-sets/request-sets.ts'
import { loadTransport } from '../../transports/registry.ts'
import { askEndpoint } from '../ask.ts'
import { CellDraft } from '../cells/cell-builder.ts'
import { ServedCell } from '../cells/running-cell.ts'
import { localEndpoint } from '../endpoint-handle.ts'
import { measureBytes } from './bytes.ts'

const TRANSPORT = 'http1-replay'

/** The byte pass of a scenario with its own headers under those of a pair of sets. */
export async function measureHeaderSet(
  planned: PlannedScenario,
  pair: HeaderPair,
  plan: Plan,
  signal: AbortSignal,
): Promise<HeaderSetResult> {
  const replayed = withHeaderSets(planned, pair)
  const { scenario } = replayed
  const { traits } = await loadTransport(TRANSPORT)
  const draft = new CellDraft({
    scenario: scenario.name,
    transport: TRANSPORT,
    client: traits.client,
    protocol: traits.protocol,
    flow: scenario.flow,
    completion: traits.completion,
    link: 'loopback',
  })
  const endpoint = localEndpoint(TRANSPORT)
  const { host, injection } = plan
  const request = { transport: TRANSPORT, scenario, options: {}, host, injection }
  const served = await askEndpoint({ endpoint }, 'serve', request)
  const cell = new ServedCell({
    ...{ transport: TRANSPORT, planned: replayed, draft, endpoint, ...served },
  })
  await measureBytes(cell, { ...plan, recording: 'none' }, () => {}, signal)
  await askEndpoint(cell, 'stop', undefined)
  draft.done = true
  return resultOf(draft, pair)
}

function withHeaderSets(
  planned: PlannedScenario,
  { headerSet, answerSet }: HeaderPair,
): PlannedScenario {
  const scenario = asSentBy(planned.scenario, 'http/1.1')
  const { head: _request, ...request } = scenario.http.request
  const { head: _response, ...response } = scenario.http.response
  const http = {
    ...scenario.http,
    request: { ...request, headerSet },
    response: { ...response, answerSet },
  }
  return { ...planned, scenario: { ...scenario, http } }
}

function resultOf(draft: CellDraft, { headerSet, answerSet }: HeaderPair): HeaderSetResult {
  const cell = draft.toCell(said('notMeasuredYet'))
  const names = {
    scenario: cell.scenario,
    headerSet,
    client: REQUEST_SETS[headerSet].program,
    answerSet,
    server: ANSWER_SETS[answerSet].program,
  }
  if (cell.status !== 'measured' || cell.bytes === null) {
    const reason = cell.status === 'measured' ? said('noBytes') : cell.reason
    return { ...names, status: 'failed', reason }
  }
  const { ledger, messages } = cell.bytes
  const perMessage = (direction: 'up' | 'down'): number =>
    sumLedger(ledger, { phase: 'steady', direction }) / messages
  return {
    ...names,
    status: 'measured',
    messages,
    wireBytesUpPerMessage: perMessage('up'),
    wireBytesDownPerMessage: perMessage('down'),
  }
}
