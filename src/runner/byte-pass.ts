import { describeError, type ErrorCode, InstrumentError } from '../model/errors.ts'
import { sumLedger } from '../model/ledger.ts'
import type { BytesResult } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Direction } from '../model/words.ts'
import { createPayloads } from '../scenario/payload.ts'
import { loadTransport } from '../transports/registry.ts'
import type { Peer } from '../transports/transport.ts'
import { ByteAccount } from '../wire/byte-account.ts'
import { openRelay } from '../wire/relay.ts'
import { nowNs } from './clock.ts'

export interface BytePassRequest {
  transport: string
  scenario: Scenario
  /** What the payload's file holds, where the scenario names one. */
  fileBytes: Uint8Array | null
  /** The endpoint's. */
  address: string
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
  const { scenario } = request
  const transport = await loadTransport(request.transport)
  const target = new URL(request.address)
  const account = new ByteAccount(transport.traits.protocol)
  const signal = AbortSignal.timeout(request.deadlineMs)
  await using relay = await openRelay({
    target: { host: target.hostname, port: Number(target.port) },
    openTap: () => account.openTap(),
    signal,
    ...(request.strayByte === null
      ? {}
      : { strayByte: { direction: request.strayByte, afterBytes: 0 } }),
  })
  const address = new URL(target)
  address.hostname = relay.address.host
  address.port = String(relay.address.port)
  const { payloadBytes } = await orDeadline(signal, request.deadlineMs, async () => {
    const peer = await transport.connect(address, transport.parseOptions({}), { scenario, signal })
    try {
      const sent = await sendAll(peer, request, progress)
      await peer.keepAlive?.()
      return sent
    } finally {
      await peer[Symbol.asyncDispose]()
    }
  })
  await orDeadline(signal, request.deadlineMs, () => relay.drained())
  const { ledger, totals, exchange } = account.settle(relay.totals())
  const payloadOnWire = sumLedger(ledger, { layer: 'payload' })
  if (payloadOnWire !== payloadBytes) {
    throw new InstrumentError(
      'ledger-mismatch',
      `the payloads sent are ${payloadBytes} bytes, but ${payloadOnWire} payload bytes crossed the wire`,
    )
  }
  return { messages: scenario.messages, payloadBytes, totals, ledger, exchange }
}

async function sendAll(
  peer: Peer,
  { scenario, fileBytes }: BytePassRequest,
  progress: { sent: number; completed: number },
): Promise<{ payloadBytes: number }> {
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
    return { payloadBytes }
  }
  for (let index = 0; index < scenario.messages; index += 1) {
    const payload = source.payload(index)
    progress.sent += 1
    payloadBytes += payload.length
    await producer.send(payload)
    progress.completed += 1
  }
  return { payloadBytes }
}

/** A transport that ignores its signal must not hang the pass. */
export async function orDeadline<T>(
  signal: AbortSignal,
  deadlineMs: number,
  work: () => Promise<T>,
): Promise<T> {
  let stop = (): void => {}
  const late = new Promise<never>((_, reject) => {
    stop = () =>
      reject(new InstrumentError('deadline', `was not done within ${deadlineMs / 1000} s`))
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work(), late])
  } catch (error) {
    // What the aborted work throws is a consequence; the deadline is the reason.
    if (signal.aborted) {
      throw new InstrumentError('deadline', `was not done within ${deadlineMs / 1000} s`, {
        cause: error,
      })
    }
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
