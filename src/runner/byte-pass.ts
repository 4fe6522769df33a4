import { countCompleted } from '../load/command-loop.ts'
import { describeError, type ErrorCode, InstrumentError } from '../model/errors.ts'
import { sumLedger } from '../model/ledger.ts'
import type { WireRecording } from '../model/recording.ts'
import type { BytesResult } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Direction } from '../model/words.ts'
import { createPayloads, type PayloadSource } from '../scenario/payload.ts'
import { loadTransport } from '../transports/registry.ts'
import type { Peer } from '../transports/transport.ts'
import { ByteAccount } from '../wire/byte-account.ts'
import { WireRecorder } from '../wire/recorder.ts'
import { type ConnectionTap, openRelay, type Relay } from '../wire/relay.ts'
import type { ArrivalColumns } from './arrival-recorder.ts'
import { nowNs } from './clock.ts'
import { type CommandProgress, passCommands } from './command-pass.ts'
import { connectDevice } from './connect-device.ts'
import { Deadline } from './deadline.ts'
import { type Injection, NO_INJECTION } from './injection.ts'
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
  /** Faults in the device of a `roundtrip`; those of an uplink are the endpoint's. None if left out. */
  deviceInjection?: Injection
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
  /** What arrived at the device of a `roundtrip`; null where messages arrive at the endpoint. */
  arrivals: ArrivalColumns | null
  failure: PassFailure | null
  /** What was asked to be recorded; of a pass that failed, up to there. */
  recording: WireRecording | null
}

/** One device through the relay: set up, every message in turn, a keep-alive, goodbye. */
export async function runBytePass(request: BytePassRequest): Promise<BytePassOutcome> {
  const outcome: BytePassOutcome = {
    ...{ bytes: null, sent: 0, completed: 0, arrivals: null, failure: null, recording: null },
  }
  const commands: CommandProgress = {
    record: { dueNs: [], sentNs: [], completedNs: [] },
    arrivals: null,
  }
  const recorder = request.recording === 'bytes' ? new WireRecorder(nowNs) : null
  try {
    outcome.bytes = await passThroughRelay(request, outcome, { commands, recorder })
  } catch (error) {
    outcome.failure = describeFailure(error)
  }
  outcome.recording = recorder?.recording ?? null
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
  { commands, recorder }: { commands: CommandProgress; recorder: WireRecorder | null },
): Promise<BytesResult> {
  const { scenario, options, certificate } = request
  const transport = await loadTransport(request.transport)
  const target = new URL(request.address)
  const account = new ByteAccount(transport.traits, scenario.flow)
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
      const onTlsSecret = (line: string): void => {
        account.learnSecret(line)
        recorder?.learnSecret(line)
      }
      const device = { scenario, options, certificate, signal, onTlsSecret }
      const payloads = createPayloads(scenario, request.fileBytes ?? undefined)
      if (scenario.flow === 'roundtrip') {
        const injection = request.deviceInjection ?? NO_INJECTION
        const connection = { ...device, deviceAddress: address, endpoint: target, injection }
        const pass = await passCommands({
          ...{ transport, connection, payloads, account, progress: commands },
        })
        await relay.drained()
        const bytes = settleAccount(account, relay, scenario.messages, pass.payloadBytes)
        return pass.waiting === null ? bytes : { ...bytes, waiting: pass.waiting }
      }
      const peer = await connectDevice(transport, { ...device, address, endpoint: target })
      let payloadBytes: number
      try {
        payloadBytes = await sendAll(peer, payloads, scenario.messages, progress)
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
  source: PayloadSource,
  messages: number,
  progress: { sent: number; completed: number },
): Promise<number> {
  await using producer = await peer.openProducer()
  let payloadBytes = 0
  if (producer.kind === 'self-driving') {
    const payloads = Array.from({ length: messages }, (_, index) => source.payload(index))
    payloadBytes = payloads.reduce((sum, payload) => sum + payload.length, 0)
    progress.sent = payloads.length
    await producer.drive(payloads, nowNs, () => {
      progress.completed += 1
    })
    return payloadBytes
  }
  for (let index = 0; index < messages; index += 1) {
    const payload = source.payload(index)
    progress.sent += 1
    payloadBytes += payload.length
    await producer.send(payload)
    progress.completed += 1
  }
  return payloadBytes
}
