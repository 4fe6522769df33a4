import type { CellSpec } from '../../delivery/cell-spec.ts'
import { createPayloads } from '../../scenario/payload.ts'
import { nowNs } from '../../system/clock.ts'
import { Deadline } from '../../system/deadline.ts'
import { secretsOfCell } from '../../targets/scenario-secrets.ts'
import { loadTransport } from '../../transports/registry.ts'
import { optionsFor } from '../../transports/run-options.ts'
import { describeFailure, type PassFailure } from './failure.ts'

/** `address`: where the device connects. */
export interface ColdStartRequest extends Omit<CellSpec, 'injection' | 'target'> {
  /** The endpoint's own address: what the device remembers of earlier is not measured. */
  endpoint: string
  /** Which message of the scenario is sent. */
  index: number
  deadlineMs: number
}

export interface ColdStartOutcome {
  /** Before connecting. */
  startNs: bigint
  /** Null where the message did not complete. */
  completedNs: bigint | null
  failure: PassFailure | null
}

/** One device from nothing to its first message, and goodbye, which nobody waits for and no figure has. */
export async function runColdStart(request: ColdStartRequest): Promise<ColdStartOutcome> {
  const outcome: ColdStartOutcome = { startNs: nowNs(), completedNs: null, failure: null }
  try {
    using deadline = new Deadline(request.deadlineMs)
    await deadline.bound(() => startOnce(request, outcome, deadline.signal))
  } catch (error) {
    outcome.failure = describeFailure(error, secretsOfCell(request))
  }
  return outcome
}

async function startOnce(
  request: ColdStartRequest,
  outcome: ColdStartOutcome,
  signal: AbortSignal,
): Promise<void> {
  const { scenario, certificate, fileBytes, index } = request
  const transport = await loadTransport(request.transport)
  const options = optionsFor(transport, request.options)
  const context = { scenario, signal, ...(certificate !== null && { certificate }) }
  const payload = createPayloads(scenario, fileBytes ?? undefined).payload(index)
  const server = new URL(request.endpoint)
  const session = await transport.acquireSession?.(server, options, context)
  outcome.startNs = nowNs()
  await using peer = await transport.connect(new URL(request.address), options, {
    ...context,
    server,
    ...(session !== undefined && { session }),
  })
  await using producer = await peer.openProducer()
  if (producer.kind === 'self-driving') {
    await producer.drive([payload], nowNs, (_sentNs, completedNs) => {
      outcome.completedNs = completedNs
    })
    return
  }
  await producer.send(payload)
  outcome.completedNs = nowNs()
  await producer.settled?.()
}
