import type { ArrivalNotices } from '../load/closed-loop.ts'
import { describeError, type ErrorCode, InstrumentError } from '../model/errors.ts'
import type { BytesResult } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Direction } from '../model/words.ts'
import { createPayloads } from '../scenario/payload.ts'
import { loadTransport } from '../transports/registry.ts'
import type { Peer } from '../transports/transport.ts'
import { nowNs } from './clock.ts'
import { connectDevice } from './connect-device.ts'
import { Deadline } from './deadline.ts'
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
  failure: PassFailure | null
}

/** One connection through the relay: set up, every message in turn, a keep-alive, goodbye. */
export async function runBytePass(request: BytePassRequest): Promise<BytePassOutcome> {
  const outcome: BytePassOutcome = { bytes: null, sent: 0, completed: 0, failure: null }
  try {
    outcome.bytes = await passThroughRelay(request, outcome)
  } catch (error) {
    outcome.failure = describeFailure(error)
  }
  return outcome
}

export function describeFailure(error: unknown): PassFailure {
  const code = error instanceof InstrumentError ? error.code : 'internal'
  return { code, message: describeError(error) }
}

async function passThroughRelay(
  request: BytePassRequest,
  progress: { sent: number; completed: number },
): Promise<BytesResult> {
  const { scenario, options, certificate, strayByte } = request
  const transport = await loadTransport(request.transport)
  const endpoint = new URL(request.address)
  using deadline = new Deadline(request.deadlineMs)
  const { signal } = deadline
  const { traits } = transport
  await using link = await TappedLink.open({ traits, endpoint, deadline, strayByte })
  try {
    return await deadline.bound(async () => {
      const peer = await connectDevice(transport, {
        address: link.address,
        endpoint,
        scenario,
        options,
        certificate,
        signal,
        onTlsSecret: link.learnSecret,
      })
      let payloadBytes: number
      try {
        payloadBytes = await sendAll(peer, request, progress, null)
        await peer.keepAlive?.()
      } finally {
        await peer[Symbol.asyncDispose]()
      }
      return link.settle({ messages: scenario.messages, payloadBytes })
    })
  } catch (error) {
    // A client that chokes on a stray byte sees its consequence; the wire saw the byte.
    throw link.failure() ?? error
  }
}

/**
 * Sends every message of the scenario, each when the one before it was done.
 * @param notices where a message is not done before it has arrived
 * @returns the bytes of all payloads sent
 */
export async function sendAll(
  peer: Peer,
  { scenario, fileBytes }: Pick<BytePassRequest, 'scenario' | 'fileBytes'>,
  progress: { sent: number; completed: number },
  notices: ArrivalNotices | null,
): Promise<number> {
  const source = createPayloads(scenario, fileBytes ?? undefined)
  await using producer = await peer.openProducer()
  let payloadBytes = 0
  if (producer.kind === 'self-driving') {
    const payloads = Array.from({ length: scenario.messages }, (_, index) => source.payload(index))
    payloadBytes = payloads.reduce((sum, payload) => sum + payload.length, 0)
    progress.sent = payloads.length
    await producer.drive(payloads, nowNs, () => {
      progress.completed += 1
    })
    return payloadBytes
  }
  for (let index = 0; index < scenario.messages; index += 1) {
    const payload = source.payload(index)
    progress.sent += 1
    payloadBytes += payload.length
    await producer.send(payload)
    progress.completed += 1
    await notices?.next()
  }
  return payloadBytes
}
