import type { ArrivalNotices } from '../../delivery/arrival-notices.ts'
import type { ArrivalColumns } from '../../delivery/arrival-recorder.ts'
import { describeError, type ErrorCode, InstrumentError } from '../../model/errors.ts'
import { type Injection, NO_INJECTION } from '../../model/injection.ts'
import type { BytesResult } from '../../model/report/report.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { RecordingMode, WireRecording } from '../../model/wire/recording.ts'
import { type CommandProgress, type Passed, passCommands } from '../../runner/command-pass.ts'
import { createPayloads, type PayloadSource } from '../../scenario/payload.ts'
import { nowNs } from '../../system/clock.ts'
import { Deadline } from '../../system/deadline.ts'
import { considerate, untilAnswered } from '../../targets/answer-deadline.ts'
import { blankSecrets } from '../../targets/blank-secrets.ts'
import type { Target } from '../../targets/target.ts'
import { withholdSecrets, withholdText } from '../../targets/withhold.ts'
import { loadTransport } from '../../transports/registry.ts'
import type { TransportOptions } from '../../transports/run-options.ts'
import type { Peer, Transport } from '../../transports/transport.ts'
import type { Pace } from '../../wire/account/segment-model.ts'
import { WireRecorder } from '../../wire/relay/recorder.ts'
import { connectDevice } from '../flows/connect.ts'
import { countCompleted } from '../loops/command-loop.ts'
import { TappedLink } from './tapped-path.ts'

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
  /** None if left out. */
  recording?: RecordingMode
  /** Is waited for between connecting and the first message. */
  onConnected?: (signal: AbortSignal) => Promise<void>
  deadlineMs: number
  /** The server, where it is not an endpoint of ours. */
  target?: Target | undefined
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
  /** What crossed the relay, also of a pass that failed; null where nothing was recorded. */
  recording: WireRecording | null
}

/** One device through the relay: set up, every message in turn, a keep-alive, goodbye. */
export async function runBytePass(request: BytePassRequest): Promise<BytePassOutcome> {
  const progress: Progress = { sent: 0, completed: 0, commands: null }
  const recorder = request.recording === 'bytes' ? new WireRecorder(nowNs) : null
  let bytes: BytesResult | null = null
  let failure: PassFailure | null = null
  try {
    bytes = withhold(await passThroughRelay(request, progress, recorder), request.target)
  } catch (error) {
    failure = describeFailure(error, request.target)
  }
  const { sent, completed, commands } = progress
  const recording = blankSecrets(recorder?.recording ?? null, request.target)
  if (commands === null) return { bytes, sent, completed, arrivals: null, failure, recording }
  return {
    bytes,
    sent: commands.record.sentNs.length,
    completed: countCompleted(commands.record),
    arrivals: commands.arrivals ?? NO_ARRIVALS,
    failure,
    recording,
  }
}

/** What was done so far, also by a pass that fails. */
interface Progress {
  sent: number
  completed: number
  /** In place of the two, in a `roundtrip`. */
  commands: CommandProgress | null
}

const NO_ARRIVALS: ArrivalColumns = {
  digests: new BigUint64Array(0),
  deliveredNs: new BigInt64Array(0),
}

/** @param target whose secrets must not be repeated */
export function describeFailure(error: unknown, target?: Target): PassFailure {
  const code = error instanceof InstrumentError ? error.code : 'internal'
  const message = describeError(error)
  return { code, message: target === undefined ? message : withholdText(message, target.secrets) }
}

export const withhold = (bytes: BytesResult, target: Target | undefined): BytesResult =>
  target === undefined
    ? bytes
    : { ...bytes, exchange: withholdSecrets(bytes.exchange, target.secrets) }

async function passThroughRelay(
  request: BytePassRequest,
  progress: Progress,
  recorder: WireRecorder | null,
): Promise<BytesResult> {
  const { flow, messages } = request.scenario
  const { strayByte } = request
  const transport = await loadTransport(request.transport)
  const endpoint = new URL(request.address)
  using deadline = new Deadline(request.deadlineMs)
  const { signal } = deadline
  const { traits } = transport
  await using link = await TappedLink.open({
    ...{ traits, flow, endpoint, deadline, strayByte, recorder },
  })
  try {
    const pass = flow === 'roundtrip' ? passRoundtrip : passMessages
    return await deadline.bound(async () => {
      const route = { transport, link, endpoint, signal }
      const { waiting, ...sent } = await pass(request, progress, route)
      const bytes = await link.settle({ messages, ...sent })
      return waiting === null ? bytes : { ...bytes, waiting }
    })
  } catch (error) {
    // A client that chokes on a stray byte sees its consequence; the wire saw the byte.
    throw link.failure(error) ?? error
  }
}

/** Where the messages of a pass go, and who counts their bytes. */
interface Route {
  transport: Transport
  link: TappedLink
  endpoint: URL
  signal: AbortSignal
}

const deviceOf = (
  { scenario, options, certificate, target }: BytePassRequest,
  { link, endpoint, signal }: Route,
) => ({ scenario, options, certificate, target, endpoint, signal, onTlsSecret: link.learnSecret })

const payloadsOf = ({ scenario, fileBytes }: BytePassRequest): PayloadSource =>
  createPayloads(scenario, fileBytes ?? undefined)

async function passRoundtrip(
  request: BytePassRequest,
  progress: Progress,
  route: Route,
): Promise<Passed> {
  const { transport, link } = route
  const injection = request.deviceInjection ?? NO_INJECTION
  progress.commands = { record: { dueNs: [], sentNs: [], completedNs: [] }, arrivals: null }
  return passCommands({
    transport,
    account: link.account,
    connection: { ...deviceOf(request, route), deviceAddress: link.address, injection },
    payloads: payloadsOf(request),
    progress: progress.commands,
  })
}

async function passMessages(
  request: BytePassRequest,
  progress: Progress,
  route: Route,
): Promise<Passed> {
  const { transport, link } = route
  const device = { ...deviceOf(request, route), address: link.address }
  const peer = await connectDevice(transport, device)
  try {
    await request.onConnected?.(route.signal)
    const { messages } = request.scenario
    const { target } = request
    const sent = await sendAll(peer, payloadsOf(request), messages, progress, null, target)
    const ping = async (): Promise<void> => peer.keepAlive?.()
    await (target === undefined ? ping() : untilAnswered(target, ping))
    return { ...sent, waiting: null }
  } finally {
    await peer[Symbol.asyncDispose]()
  }
}

/**
 * Sends every message of the scenario, each when the one before it was done.
 * @param notices where a message is not done before it has arrived
 * @param target where the server is not an endpoint of ours
 * @returns the bytes of all payloads sent, and how they followed each other
 */
export async function sendAll(
  peer: Peer,
  source: PayloadSource,
  messages: number,
  progress: { sent: number; completed: number },
  notices: ArrivalNotices | null,
  target?: Target,
): Promise<{ payloadBytes: number; pace: Pace }> {
  const opened = await peer.openProducer()
  await using producer = target === undefined ? opened : considerate(opened, target, 0)
  let payloadBytes = 0
  if (producer.kind === 'self-driving') {
    const payloads = Array.from({ length: messages }, (_, index) => source.payload(index))
    payloadBytes = payloads.reduce((sum, payload) => sum + payload.length, 0)
    progress.sent = payloads.length
    await producer.drive(payloads, nowNs, () => {
      progress.completed += 1
    })
    return { payloadBytes, pace: 'back-to-back' }
  }
  for (let index = 0; index < messages; index += 1) {
    const payload = source.payload(index)
    progress.sent += 1
    payloadBytes += payload.length
    await producer.send(payload)
    progress.completed += 1
    await notices?.next()
  }
  return { payloadBytes, pace: producer.settled === undefined ? 'own-time' : 'own-connection' }
}
