import type { ArrivalNotices } from '../../delivery/arrival-notices.ts'
import type { DeliveryTally } from '../../delivery/delivery-tally.ts'
import { describeError, type ErrorCode, InstrumentError } from '../../model/errors.ts'
import { type Injection, NO_INJECTION } from '../../model/injection.ts'
import type { BytesResult } from '../../model/report/report.ts'
import type { RecordingMode, WireRecording } from '../../model/wire/recording.ts'
import { createPayloads, type PayloadSource } from '../../scenario/payload.ts'
import { nowNs } from '../../system/clock.ts'
import { Deadline } from '../../system/deadline.ts'
import { considerate, untilAnswered } from '../../targets/answer-deadline.ts'
import { blankSecrets } from '../../targets/blank-secrets.ts'
import type { Target } from '../../targets/target.ts'
import { withholdSecrets, withholdText } from '../../targets/withhold.ts'
import { loadTransport } from '../../transports/registry.ts'
import type { Peer } from '../../transports/transport.ts'
import type { Pace } from '../../wire/account/segment-model.ts'
import { WireRecorder } from '../../wire/relay/recorder.ts'
import { type Passed, passCommands } from '../flows/pass-commands.ts'
import { Audience } from '../flows/subscribers.ts'
import { type PathsRequest, TappedPaths } from './tapped-paths.ts'

export interface BytePassRequest extends PathsRequest {
  transport: string
  /** What the payload's file holds, where the scenario names one. */
  fileBytes: Uint8Array | null
  /** Faults where messages arrive on this side: in the device of a `roundtrip`, at the subscribers of a `fanout`. None if left out. */
  injection?: Injection
  /** None if left out. */
  recording?: RecordingMode
  /** Is waited for between connecting and the first message. */
  onConnected?: (signal: AbortSignal) => Promise<void>
  /** Aborting it ends the pass. */
  signal?: AbortSignal
  /** So long may nothing move: no byte cross, no message complete. */
  silenceMs: number
  /** How long to wait for the last deliveries, where they arrive on this side. */
  stragglerMs: number
  /** Are told of every message that is sent: one for each place where all of them arrive. */
  tallies: readonly DeliveryTally[]
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
  /** What crossed the relay, also of a pass that failed; null where nothing was recorded. */
  recording: WireRecording | null
}

/** What was done so far, also by a pass that fails. */
export interface PassProgress {
  sent: number
  completed: number
}

/** Each party of the flow through a relay of its own: set up, every message in turn, a keep-alive, goodbye. */
export async function runBytePass(request: BytePassRequest): Promise<BytePassOutcome> {
  const { target } = request
  const progress: PassProgress = { sent: 0, completed: 0 }
  const recorder = request.recording === 'bytes' ? new WireRecorder(nowNs) : null
  let bytes: BytesResult | null = null
  let failure: PassFailure | null = null
  try {
    bytes = withhold(await passThroughRelays(request, progress, recorder), target)
  } catch (error) {
    failure = describeFailure(error, target)
  }
  const recording = blankSecrets(recorder?.recording ?? null, target)
  return { bytes, ...progress, failure, recording }
}

/** @param target whose secrets must not be repeated */
export function describeFailure(error: unknown, target?: Target): PassFailure {
  const code = error instanceof InstrumentError ? error.code : 'internal'
  const message = describeError(error)
  return { code, message: target === undefined ? message : withholdText(message, target.secrets) }
}

const withhold = (bytes: BytesResult, target: Target | undefined): BytesResult =>
  target === undefined
    ? bytes
    : { ...bytes, exchange: withholdSecrets(bytes.exchange, target.secrets) }

async function passThroughRelays(
  request: BytePassRequest,
  progress: PassProgress,
  recorder: WireRecorder | null,
): Promise<BytesResult> {
  const { flow, messages } = request.scenario
  const transport = await loadTransport(request.transport)
  using deadline = Deadline.ofSilence(request.silenceMs, request.signal)
  await using paths = new TappedPaths(transport, request, { deadline, recorder })
  const pass = {
    roundtrip: passRoundtrip,
    fanout: passFanout,
    uplink: passUplink,
    downlink: passUplink,
  }[flow]
  return await paths.explaining(() =>
    deadline.bound(async () => {
      const { waiting, ...sent } = await pass(request, progress, paths, deadline)
      const bytes = await paths.settle({ messages, ...sent })
      return waiting === null ? bytes : { ...bytes, waiting }
    }),
  )
}

const payloadsOf = ({ scenario, fileBytes }: BytePassRequest): PayloadSource =>
  createPayloads(scenario, fileBytes ?? undefined)

async function passRoundtrip(
  request: BytePassRequest,
  progress: PassProgress,
  paths: TappedPaths,
  deadline: Deadline,
): Promise<Passed> {
  const { scenario, options, certificate, target, injection = NO_INJECTION } = request
  const path = await paths.open(scenario)
  return passCommands({
    transport: paths.transport,
    account: path.account,
    connection: {
      ...{ scenario, options, certificate, target, injection },
      ...{ deviceAddress: path.address, endpoint: paths.endpoint, signal: deadline.signal },
      onTlsSecret: path.learnSecret,
    },
    payloads: payloadsOf(request),
    progress,
    tally: request.tallies[0] as DeliveryTally,
    stragglerMs: request.stragglerMs,
  })
}

async function passUplink(
  request: BytePassRequest,
  progress: PassProgress,
  paths: TappedPaths,
  deadline: Deadline,
): Promise<Passed> {
  const { target } = request
  const peer = await paths.connect(request.scenario)
  try {
    await request.onConnected?.(deadline.signal)
    const sent = await sendAll(peer, request, progress, null)
    const ping = async (): Promise<void> => peer.keepAlive?.()
    await (target === undefined ? ping() : untilAnswered(target, ping))
    return { ...sent, waiting: null }
  } finally {
    await peer[Symbol.asyncDispose]()
  }
}

/**
 * Every message in turn, sent when all subscribers have the one before it. What
 * leaves the broker for the subscribers is then what crossed their paths, to the
 * byte. There is no keep-alive: who waits how long is another question.
 */
async function passFanout(
  request: BytePassRequest,
  progress: PassProgress,
  paths: TappedPaths,
): Promise<Passed> {
  const { scenario, injection = NO_INJECTION, stragglerMs, tallies } = request
  await using audience = await Audience.open({ scenario, injection, connect: paths.connect })
  await using publisher = await paths.connect(scenario)
  audience.tallyInto(tallies)
  const { payloadBytes } = await sendAll(publisher, request, progress, audience.notices)
  const isOver = AbortSignal.timeout(stragglerMs)
  await Promise.all(tallies.map((tally) => tally.reached(progress.sent, isOver)))
  return { payloadBytes, waiting: null }
}

/**
 * Sends every message of the scenario, each when the one before it was done.
 * @param notices where a message is not done before it has arrived
 * @returns the bytes of all payloads sent, and how they followed each other
 */
async function sendAll(
  peer: Peer,
  request: BytePassRequest,
  progress: PassProgress,
  notices: ArrivalNotices | null,
): Promise<{ payloadBytes: number; pace: Pace }> {
  const { target, tallies } = request
  const { messages } = request.scenario
  const source = payloadsOf(request)
  const opened = await peer.openProducer()
  await using producer = target === undefined ? opened : considerate(opened, target, 0)
  let payloadBytes = 0
  const expect = (payload: Uint8Array): void => {
    progress.sent += 1
    payloadBytes += payload.length
    for (const tally of tallies) tally.expect(payload)
  }
  if (producer.kind === 'self-driving') {
    const payloads = Array.from({ length: messages }, (_, index) => source.payload(index))
    for (const payload of payloads) expect(payload)
    await producer.drive(payloads, nowNs, () => {
      progress.completed += 1
    })
    return { payloadBytes, pace: 'back-to-back' }
  }
  for (let index = 0; index < messages; index += 1) {
    const payload = source.payload(index)
    expect(payload)
    await producer.send(payload)
    progress.completed += 1
    await notices?.next()
  }
  return { payloadBytes, pace: producer.settled === undefined ? 'own-time' : 'own-connection' }
}
