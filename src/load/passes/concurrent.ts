import type { CellSpec } from '../../delivery/cell-spec.ts'
import { type Said, type Saying, said } from '../../model/said/said.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { createPayloads } from '../../scenario/payload.ts'
import { nowNs } from '../../system/clock.ts'
import { Deadline } from '../../system/deadline.ts'
import { secretsOfCell } from '../../targets/scenario-secrets.ts'
import { loadTransport } from '../../transports/registry.ts'
import type { Peer, Producer } from '../../transports/transport.ts'
import { connectDevice } from '../flows/connect.ts'
import { type LaneRecord, runLanes } from '../loops/concurrent-loop.ts'
import { describeFailure, type PassFailure } from './failure.ts'

/** `address`: where the device connects. */
export interface SeveralRequest extends Omit<CellSpec, 'injection' | 'target'> {
  inFlight: number
  /** At most so many; fewer where the budget is over before. */
  messages: number
  budgetMs: number
  deadlineMs: number
}

export interface SeveralOutcome {
  /** When the first message was due: all connections are open. */
  startNs: bigint
  /** Of the last that completed; null where none did. */
  endNs: bigint | null
  sent: number
  completed: number
  connections: number
  /** Why the transport cannot have several in flight; null where it can. Then nothing was sent. */
  unable: Said | null
  failure: PassFailure | null
}

/**
 * Messages with several in flight, each transport at its best: one connection
 * where the protocol lets requests overlap on it, as many connections as
 * messages in flight where it does not, which is HTTP/1.1 and whoever opens a
 * connection for each message. Opening them is not in the time.
 */
export async function runSeveralInFlight(request: SeveralRequest): Promise<SeveralOutcome> {
  const record: LaneRecord = { sent: 0, completed: 0, lastCompletedNs: null }
  const peers: Peer[] = []
  let startNs = nowNs()
  let unable: Said | null = null
  let failure: PassFailure | null = null
  try {
    using deadline = new Deadline(request.deadlineMs)
    await deadline.bound(async () => {
      const lanes = await openLanes(request, peers, deadline.signal)
      if (!Array.isArray(lanes)) {
        unable = lanes
        return
      }
      const source = createPayloads(request.scenario, request.fileBytes ?? undefined)
      const payloads = Array.from({ length: request.messages }, (_, index) => source.payload(index))
      startNs = nowNs()
      const untilNs = startNs + BigInt(Math.round(request.budgetMs * 1e6))
      await runLanes(lanes, payloads, nowNs, untilNs, record)
    })
  } catch (error) {
    failure = describeFailure(error, secretsOfCell(request))
  }
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()))
  const { sent, completed, lastCompletedNs } = record
  const connections = peers.length
  return { startNs, endNs: lastCompletedNs, sent, completed, connections, unable, failure }
}

type Lane = (payload: Uint8Array) => Promise<void>

/** @returns why there are none, where that is so */
async function openLanes(
  request: SeveralRequest,
  peers: Peer[],
  signal: AbortSignal,
): Promise<Lane[] | Saying> {
  const transport = await loadTransport(request.transport)
  // NSTART is 1.
  if (transport.traits.protocol === 'coap') return said('oneExchange')
  const open = async (number: number): Promise<Producer> => {
    const address = new URL(request.address)
    const peer = await connectDevice(transport, {
      ...{ address, endpoint: address, signal },
      ...{ options: request.options, certificate: request.certificate },
      scenario: asClient(request.scenario, number),
    })
    peers.push(peer)
    return peer.openProducer()
  }
  const first = await open(0)
  if (first.kind === 'self-driving') return said('ownPace')
  if (transport.traits.completion === 'flushed') return [(payload) => first.send(payload)]
  const overlaps = transport.traits.protocol !== 'http/1.1' && first.connections !== 'own'
  const others = Array.from({ length: request.inFlight - 1 }, (_, index) => index + 1)
  const producers = overlaps
    ? [first, ...others.map(() => first)]
    : [first, ...(await Promise.all(others.map(open)))]
  return producers.flatMap((producer) =>
    producer.kind === 'paced' ? [(payload: Uint8Array) => producer.send(payload)] : [],
  )
}

/** A broker takes a second client of the same id for the first one, and ends that [MQTT-3.1.4-2]. */
function asClient(scenario: Scenario, number: number): Scenario {
  if (number === 0) return scenario
  const clientId = `${scenario.mqtt.clientId}-${number}`
  return { ...scenario, mqtt: { ...scenario.mqtt, clientId } }
}
