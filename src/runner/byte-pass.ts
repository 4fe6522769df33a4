import type { ArrivalNotices } from '../load/closed-loop.ts'
import { countCompleted } from '../load/command-loop.ts'
import { describeError, type ErrorCode, InstrumentError } from '../model/errors.ts'
import type { BytesResult } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Direction } from '../model/words.ts'
import { createPayloads, type PayloadSource } from '../scenario/payload.ts'
import { loadTransport } from '../transports/registry.ts'
import type { Peer } from '../transports/transport.ts'
import type { ArrivalColumns } from './arrival-recorder.ts'
import { nowNs } from './clock.ts'
import { type CommandProgress, passCommands } from './command-pass.ts'
import { connectDevice } from './connect-device.ts'
import { Deadline } from './deadline.ts'
import { type Injection, NO_INJECTION } from './injection.ts'
import { TappedLink } from './tapped-link.ts'
import type { TransportOptions } from './transport-options.ts'

export interface BytePassRequest {
  transport: string
  scenario: Scenario
  options: TransportOptions
  /** What the payload's file holds, where the scenario names one. */
  fileBytes: Uint8Array | null
  /** The endpoint's. */
  address: string
  /** PEM of the certificate to trust; null where there is no TLS. */
  certificate: string | null
  strayByte: Direction | null
  /** Faults in the device of a `roundtrip`; those of an uplink are the endpoint's. None if left out. */
  deviceInjection?: Injection
  deadlineMs: number
}

export interface PassFailure {
  code: ErrorCode
  message: string
}

export interface BytePassOutcome {
  /** Null where the bytes could not all be accounted for. */
  bytes: BytesResult | null
  sent: number
  completed: number
  /** What arrived at the device of a `roundtrip`; null where messages arrive at the endpoint. */
  arrivals: ArrivalColumns | null
  failure: PassFailure | null
}

/** One device through the relay: set up, every message in turn, a keep-alive, goodbye. */
export async function runBytePass(request: BytePassRequest): Promise<BytePassOutcome> {
  const outcome: BytePassOutcome = {
    ...{ bytes: null, sent: 0, completed: 0, arrivals: null, failure: null },
  }
  const commands: CommandProgress = {
    record: { dueNs: [], sentNs: [], completedNs: [] },
    arrivals: null,
  }
  try {
    outcome.bytes = await passThroughRelay(request, outcome, commands)
  } catch (error) {
    outcome.failure = describeFailure(error)
  }
  if (request.scenario.flow !== 'roundtrip') return outcome
  const { record, arrivals } = commands
  return {
    ...outcome,
    sent: record.sentNs.length,
    completed: countCompleted(record),
    arrivals: arrivals ?? NO_ARRIVALS,
  }
}

const NO_ARRIVALS: ArrivalColumns = {
  digests: new BigUint64Array(0),
  deliveredNs: new BigInt64Array(0),
}

export function describeFailure(error: unknown): PassFailure {
  const code = error instanceof InstrumentError ? error.code : 'internal'
  return { code, message: describeError(error) }
}

async function passThroughRelay(
  request: BytePassRequest,
  progress: { sent: number; completed: number },
  commands: CommandProgress,
): Promise<BytesResult> {
  const { scenario, options, certificate, strayByte } = request
  const { flow, messages } = scenario
  const transport = await loadTransport(request.transport)
  const endpoint = new URL(request.address)
  using deadline = new Deadline(request.deadlineMs)
  const { signal } = deadline
  const { traits } = transport
  await using link = await TappedLink.open({ traits, flow, endpoint, deadline, strayByte })
  const { address, learnSecret: onTlsSecret } = link
  try {
    return await deadline.bound(async () => {
      const device = { endpoint, scenario, options, certificate, signal, onTlsSecret }
      const payloads = createPayloads(scenario, request.fileBytes ?? undefined)
      if (flow === 'roundtrip') {
        const injection = request.deviceInjection ?? NO_INJECTION
        const connection = { ...device, deviceAddress: address, injection }
        const pass = await passCommands({
          ...{ transport, connection, payloads, link, progress: commands },
        })
        const bytes = await link.settle({ messages, payloadBytes: pass.payloadBytes })
        return pass.waiting === null ? bytes : { ...bytes, waiting: pass.waiting }
      }
      const peer = await connectDevice(transport, { ...device, address })
      let payloadBytes: number
      try {
        payloadBytes = await sendAll(peer, { payloads, messages, notices: null }, progress)
        await peer.keepAlive?.()
      } finally {
        await peer[Symbol.asyncDispose]()
      }
      return link.settle({ messages, payloadBytes })
    })
  } catch (error) {
    // A client that chokes on a stray byte sees its consequence; the wire saw the byte.
    throw link.failure() ?? error
  }
}

export interface MessagesToSend {
  payloads: PayloadSource
  messages: number
  /** Where a message is not done before it has arrived; null where its completion is enough. */
  notices: ArrivalNotices | null
}

/**
 * Sends every message, each when the one before it was done.
 * @returns the bytes of all payloads sent
 */
export async function sendAll(
  peer: Peer,
  { payloads, messages, notices }: MessagesToSend,
  progress: { sent: number; completed: number },
): Promise<number> {
  await using producer = await peer.openProducer()
  let payloadBytes = 0
  if (producer.kind === 'self-driving') {
    const all = Array.from({ length: messages }, (_, index) => payloads.payload(index))
    payloadBytes = all.reduce((sum, payload) => sum + payload.length, 0)
    progress.sent = all.length
    await producer.drive(all, nowNs, () => {
      progress.completed += 1
    })
    return payloadBytes
  }
  for (let index = 0; index < messages; index += 1) {
    const payload = payloads.payload(index)
    progress.sent += 1
    payloadBytes += payload.length
    await producer.send(payload)
    progress.completed += 1
    await notices?.next()
  }
  return payloadBytes
}
