import { describeError, type ErrorCode, InstrumentError } from '../model/errors.ts'
import { sumLedger } from '../model/ledger.ts'
import type { WireRecording } from '../model/recording.ts'
import type { BytesResult } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Direction } from '../model/words.ts'
import { createPayloads } from '../scenario/payload.ts'
import { loadTransport } from '../transports/registry.ts'
import type { Peer } from '../transports/transport.ts'
import { ByteAccount } from '../wire/byte-account.ts'
import { WireRecorder } from '../wire/recorder.ts'
import { type ConnectionTap, openRelay, type Relay } from '../wire/relay.ts'
import { nowNs } from './clock.ts'
import { connectDevice } from './connect-device.ts'
import { Deadline } from './deadline.ts'
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
  /** Whether the bytes themselves are kept; they are counted either way. */
  recording?: RecordingMode
  deadlineMs: number
}

export type RecordingMode = 'none' | 'bytes'

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
  /** What was asked to be recorded; of a pass that failed, up to there. */
  recording: WireRecording | null
}

/** One connection through the relay: set up, every message in turn, a keep-alive, goodbye. */
export async function runBytePass(request: BytePassRequest): Promise<BytePassOutcome> {
  const outcome: BytePassOutcome = {
    bytes: null,
    sent: 0,
    completed: 0,
    failure: null,
    recording: null,
  }
  const recorder = request.recording === 'bytes' ? new WireRecorder(nowNs) : null
  try {
    outcome.bytes = await passThroughRelay(request, outcome, recorder)
  } catch (error) {
    outcome.failure = describeFailure(error)
  }
  outcome.recording = recorder?.recording ?? null
  return outcome
}

export function describeFailure(error: unknown): PassFailure {
  const code = error instanceof InstrumentError ? error.code : 'internal'
  return { code, message: describeError(error) }
}

async function passThroughRelay(
  request: BytePassRequest,
  progress: { sent: number; completed: number },
  recorder: WireRecorder | null,
): Promise<BytesResult> {
  const { scenario } = request
  const transport = await loadTransport(request.transport)
  const target = new URL(request.address)
  const account = new ByteAccount(transport.traits)
  using deadline = new Deadline(request.deadlineMs)
  const { signal } = deadline
  await using relay = await openRelay({
    target: { host: target.hostname, port: Number(target.port) },
    openTap: () => {
      const tap = watchTap(account, deadline)
      return recorder === null ? tap : recorder.record(tap)
    },
    signal,
    ...(request.strayByte === null
      ? {}
      : { strayByte: { direction: request.strayByte, afterBytes: 0 } }),
  })
  const address = new URL(target)
  address.hostname = relay.address.host
  address.port = String(relay.address.port)
  try {
    return await deadline.bound(async () => {
      const peer = await connectDevice(transport, {
        address,
        endpoint: target,
        scenario,
        options: request.options,
        certificate: request.certificate,
        signal,
        onTlsSecret: (line) => {
          account.learnSecret(line)
          recorder?.learnSecret(line)
        },
      })
      let payloadBytes: number
      try {
        payloadBytes = await sendAll(peer, request, progress)
        await peer.keepAlive?.()
      } finally {
        await peer[Symbol.asyncDispose]()
      }
      await relay.drained()
      return settleAccount(account, relay, scenario.messages, payloadBytes)
    })
  } catch (error) {
    // A client that chokes on a stray byte sees its consequence; the wire saw the byte.
    throw account.unexplained() ?? relay.failure() ?? error
  }
}

/** A tap that ends the pass at the first byte that nothing explains: no client need notice it. */
function watchTap(account: ByteAccount, deadline: Deadline): ConnectionTap {
  const tap = account.openTap()
  return {
    bytes(direction, chunk) {
      tap.bytes(direction, chunk)
      const unexplained = account.unexplained()
      if (unexplained !== null) deadline.cut(unexplained)
    },
    end: () => tap.end(),
  }
}

function settleAccount(
  account: ByteAccount,
  relay: Relay,
  messages: number,
  payloadBytes: number,
): BytesResult {
  const { totals, ledger, exchange, ...rest } = account.settle(relay.totals())
  const payloadOnWire = sumLedger(ledger, { layer: 'payload' })
  if (payloadOnWire !== payloadBytes) {
    throw new InstrumentError(
      'ledger-mismatch',
      `the payloads sent are ${payloadBytes} bytes, but ${payloadOnWire} payload bytes crossed the wire`,
    )
  }
  return { messages, payloadBytes, totals, ledger, exchange, ...rest }
}

/** @returns the bytes of all payloads sent */
async function sendAll(
  peer: Peer,
  { scenario, fileBytes }: BytePassRequest,
  progress: { sent: number; completed: number },
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
  }
  return payloadBytes
}
