import type { CellSpec } from '../../delivery/cell-spec.ts'
import type { DeliveryTally } from '../../delivery/delivery-tally.ts'
import type { Patience } from '../../delivery/patience.ts'
import { SEGMENT_HEADER_BYTES, TIME_STAMP_BYTES } from '../../model/link/packets.ts'
import type { BytesResult, FirstMessage, WaitingCost } from '../../model/report/report.ts'
import { tlsProfileOf } from '../../model/tls/profiles.ts'
import type { Direction } from '../../model/vocabulary.ts'
import type { RecordingMode, WireRecording } from '../../model/wire/recording.ts'
import { createPayloads } from '../../scenario/payload.ts'
import { nowNs } from '../../system/clock.ts'
import { Deadline } from '../../system/deadline.ts'
import { leaveWasmUnoptimised } from '../../system/engine-flags.ts'
import { blankSecrets } from '../../targets/blank-secrets.ts'
import { secretsOfCell } from '../../targets/scenario-secrets.ts'
import { type Secrets, withholdSecrets } from '../../targets/withhold.ts'
import { isDatagramScheme } from '../../transports/connection-errors.ts'
import { loadTransport } from '../../transports/registry.ts'
import { waitingFor } from '../../transports/run-options.ts'
import type { Transport } from '../../transports/transport.ts'
import { LINUX_RULES } from '../../wire/account/connection-packets.ts'
import type { Pace } from '../../wire/account/segment-model.ts'
import { tlsAgreementOf } from '../../wire/account/tls-agreement.ts'
import { WireRecorder } from '../../wire/relay/recorder.ts'
import { countOf } from '../counting.ts'
import type { FlowSession } from '../flows/flow.ts'
import { FLOWS } from '../flows/index.ts'
import type { MessageWatch } from '../loops/record.ts'
import { describeFailure, fellSilent, type PassFailure } from './failure.ts'
import { TappedPaths } from './tapped-paths.ts'

export interface BytePassRequest {
  cell: CellSpec
  patience: Patience
  strayByte: Direction | null
  /** None if left out. */
  recording?: RecordingMode
  /** Where its relay listens; loopback if left out. */
  relayHost?: string
  /** Is waited for between connecting and the first message. */
  onConnected?: (signal: AbortSignal) => Promise<void>
  /** Aborting it ends the pass. */
  signal?: AbortSignal
  /** Are told of every message that is sent: one for each place where all of them arrive. */
  tallies: readonly DeliveryTally[]
}

export interface BytePassOutcome {
  /** Null where the bytes could not all be accounted for. */
  bytes: BytesResult | null
  sent: number
  completed: number
  /** Answers that led elsewhere, by status. */
  redirects: ReadonlyMap<number, number>
  failure: PassFailure | null
  /** What crossed the relay, also of a pass that failed; null where nothing was recorded. */
  recording: WireRecording | null
}

/** What was done so far, also by a pass that fails. */
interface PassProgress {
  sent: number
  completed: number
  payloadBytes: number
  redirects: Map<number, number>
  /** The payload of the largest message. */
  largestBytes: number
  /** Messages that were sent again, since the server had ended their connection. */
  repeated: number
  repeatedBytes: number
}

const SECONDS_PER_HOUR = 3_600

/**
 * Each party of the flow through a relay of its own: set up, every message in
 * turn, one waiting exchange, goodbye. Nothing in it depends on time.
 */
export async function runBytePass(request: BytePassRequest): Promise<BytePassOutcome> {
  leaveWasmUnoptimised()
  const secrets = secretsOfCell(request.cell)
  const progress: PassProgress = {
    ...{ sent: 0, completed: 0, payloadBytes: 0, redirects: new Map() },
    ...{ largestBytes: 0, repeated: 0, repeatedBytes: 0 },
  }
  const recorder = request.recording === 'bytes' ? new WireRecorder(nowNs) : null
  let bytes: BytesResult | null = null
  let failure: PassFailure | null = null
  try {
    bytes = withhold(await passThroughRelays(request, progress, recorder), secrets)
  } catch (error) {
    failure = describeFailure(error, secrets)
  }
  const recording = blankSecrets(recorder?.recording ?? null, secrets)
  const { sent, completed, redirects } = progress
  return { bytes, sent, completed, redirects, failure, recording }
}

const withhold = (bytes: BytesResult, secrets: Secrets): BytesResult => ({
  ...bytes,
  exchange: withholdSecrets(bytes.exchange, secrets),
})

async function passThroughRelays(
  request: BytePassRequest,
  progress: PassProgress,
  recorder: WireRecorder | null,
): Promise<BytesResult> {
  const { cell, patience, strayByte, relayHost } = request
  const transport = await loadTransport(cell.transport)
  using deadline = Deadline.ofSilence(patience.silenceMs, request.signal)
  const onServerEnd = (consequence: 'renewed' | 'repeated'): void => {
    if (consequence === 'renewed') return
    progress.repeated += 1
    progress.repeatedBytes += progress.largestBytes
  }
  await using paths = new TappedPaths(transport, {
    ...{ cell, strayByte, deadline, recorder, relayHost, onServerEnd },
    onRedirect: (status) => countOf(progress.redirects, status),
  })
  return await paths.explaining(() =>
    deadline.bound(async () => {
      const { connect } = paths
      const { signal } = deadline
      const session = await FLOWS[cell.scenario.flow]({
        ...{ cell, transport, connect, signal, patience },
        tempo: 'at-once',
      })
      let waiting: WaitingCost | null
      try {
        await request.onConnected?.(signal)
        await sendAll(session, request, progress)
        waiting = await waitOnce(session, paths, request)
      } finally {
        await session[Symbol.asyncDispose]()
      }
      const bytes = await paths.settle({
        messages: cell.scenario.messages,
        payloadBytes: progress.payloadBytes + session.answeredBytes,
        repeatedBytes: progress.repeatedBytes,
        pace: paceOf(session),
        messagesPerWake: session.messagesPerWake,
      })
      const { firstMessage } = bytes
      return {
        ...withRepeated(bytes, progress),
        ...(firstMessage !== undefined && {
          firstMessage: { ...firstMessage, ...handshakeOf(transport) },
        }),
        ...agreedTls(bytes, transport, cell),
        ...(waiting !== null && { waiting }),
      }
    }),
  )
}

function agreedTls(
  { exchange }: BytesResult,
  { traits }: Transport,
  { scenario }: CellSpec,
): Pick<BytesResult, 'tls'> {
  const agreed = traits.secure ? tlsAgreementOf(exchange) : null
  const { id: profile } = tlsProfileOf(scenario)
  return agreed === null ? {} : { tls: { profile, ...agreed } }
}

/** A session that a server does not resume fails the connection. */
const handshakeOf = ({ traits, acquireSession }: Transport): Pick<FirstMessage, 'tls'> =>
  traits.secure ? { tls: acquireSession === undefined ? 'full' : 'resumed' } : {}

const withRepeated = (bytes: BytesResult, { repeated }: PassProgress): BytesResult =>
  bytes.renewals === undefined || repeated === 0
    ? bytes
    : { ...bytes, renewals: { ...bytes.renewals, repeated } }

/** Every message of the scenario, and what is still under way of them. */
async function sendAll(
  session: FlowSession,
  { cell, patience, tallies }: BytePassRequest,
  progress: PassProgress,
): Promise<void> {
  const { messages } = cell.scenario
  const source = createPayloads(cell.scenario, cell.fileBytes ?? undefined)
  const watch: MessageWatch = {
    sending(payload) {
      progress.sent += 1
      progress.payloadBytes += payload.length
      progress.largestBytes = Math.max(progress.largestBytes, payload.length)
      for (const tally of tallies) tally.expect(payload)
    },
    sent() {},
    completed() {
      progress.completed += 1
    },
  }
  function* payloads(): Generator<Uint8Array> {
    // Made as they are sent: as many as there are, they are never all there at once.
    for (let index = 0; index < messages; index += 1) yield source.payload(index)
  }
  session.tallyInto(tallies)
  await session.send(payloads(), 0, watch)
  if (cell.scenario.flow !== 'uplink') {
    using over = new Deadline(patience.stragglerMs)
    await Promise.all(tallies.map((tally) => tally.reached(progress.sent, over.signal)))
  }
  if (progress.sent < messages) throw fellSilent(cell, progress.sent)
}

/** What waiting costs is of a roundtrip: there somebody waits for a command. */
async function waitOnce(
  session: FlowSession,
  paths: TappedPaths,
  { cell }: BytePassRequest,
): Promise<WaitingCost | null> {
  const before = paths.idle
  await session.waitOnce()
  if (cell.scenario.flow !== 'roundtrip') return null
  const waiting = waitingFor(paths.transport, cell.options, cell.scenario)
  if (waiting === null) return null
  const everyS = session.askedEveryS === undefined ? waiting.everyS : session.askedEveryS
  const perHour = (bytes: number): number =>
    everyS === null ? 0 : (bytes * SECONDS_PER_HOUR) / everyS
  const exchangeBytes = paths.idle.wireBytes - before.wireBytes
  // Whoever is asked answers at once, and acknowledges with that (see the model of segments); the answer is acknowledged by itself.
  const { timeStamps, pureAcknowledgements } = cell.scenario.count ?? LINUX_RULES
  const isTcp = !isDatagramScheme(new URL(cell.address))
  const left = isTcp && timeStamps === 'left-out' ? TIME_STAMP_BYTES / SEGMENT_HEADER_BYTES : 0
  const last = isTcp && pureAcknowledgements === 'counted' ? SEGMENT_HEADER_BYTES : 0
  const headers = (paths.idle.headerBytes - before.headerBytes + last) * (1 - left)
  const exchangeLinkBytes = exchangeBytes === 0 ? 0 : Math.round(exchangeBytes + headers)
  return {
    ...{ exchangeBytes, everyS, bytesPerHour: perHour(exchangeBytes) },
    ...{ exchangeLinkBytes, linkBytesPerHour: perHour(exchangeLinkBytes), basis: 'modelled' },
  }
}

function paceOf({ producer, connections }: FlowSession): Pace {
  if (producer === 'self-driving') return 'back-to-back'
  return connections === 'own' ? 'own-connection' : 'own-time'
}
