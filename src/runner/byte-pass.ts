import { countCompleted } from '../load/command-loop.ts'
import { describeError, type ErrorCode, InstrumentError } from '../model/errors.ts'
import { sumLedger } from '../model/ledger.ts'
import type { BytesResult } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Direction } from '../model/words.ts'
import { createPayloads, type PayloadSource } from '../scenario/payload.ts'
import { loadTransport } from '../transports/registry.ts'
import type { Peer, Transport } from '../transports/transport.ts'
import { ByteAccount } from '../wire/byte-account.ts'
import { type ConnectionTap, openRelay, type Relay } from '../wire/relay.ts'
import type { ArrivalColumns } from './arrival-recorder.ts'
import { nowNs } from './clock.ts'
import { type CommandProgress, type Passed, passCommands } from './command-pass.ts'
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
  const progress: Progress = { sent: 0, completed: 0, commands: null }
  let bytes: BytesResult | null = null
  let failure: PassFailure | null = null
  try {
    bytes = await passThroughRelay(request, progress)
  } catch (error) {
    failure = describeFailure(error)
  }
  const { sent, completed, commands } = progress
  if (commands === null) return { bytes, sent, completed, arrivals: null, failure }
  return {
    bytes,
    sent: commands.record.sentNs.length,
    completed: countCompleted(commands.record),
    arrivals: commands.arrivals ?? NO_ARRIVALS,
    failure,
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

export function describeFailure(error: unknown): PassFailure {
  const code = error instanceof InstrumentError ? error.code : 'internal'
  return { code, message: describeError(error) }
}

async function passThroughRelay(
  request: BytePassRequest,
  progress: Progress,
): Promise<BytesResult> {
  const { scenario } = request
  const transport = await loadTransport(request.transport)
  const target = new URL(request.address)
  const account = new ByteAccount(transport.traits, scenario.flow)
  using deadline = new Deadline(request.deadlineMs)
  const { signal } = deadline
  await using relay = await openRelay({
    target: { host: target.hostname, port: Number(target.port) },
    openTap: () => watchTap(account, deadline),
    signal,
    ...(request.strayByte === null
      ? {}
      : { strayByte: { direction: request.strayByte, afterBytes: 0 } }),
  })
  const address = new URL(target)
  address.hostname = relay.address.host
  address.port = String(relay.address.port)
  try {
    const pass = scenario.flow === 'roundtrip' ? passRoundtrip : passMessages
    return await deadline.bound(async () => {
      const { waiting, payloadBytes } = await pass(request, progress, {
        ...{ transport, account, address, endpoint: target, signal },
      })
      await relay.drained()
      const bytes = settleAccount(account, relay, scenario.messages, payloadBytes)
      return waiting === null ? bytes : { ...bytes, waiting }
    })
  } catch (error) {
    // A client that chokes on a stray byte sees its consequence; the wire saw the byte.
    throw account.unexplained() ?? relay.failure() ?? error
  }
}

/** Where the messages of a pass go, and who counts their bytes. */
interface Route {
  transport: Transport
  account: ByteAccount
  /** The relay's. */
  address: URL
  endpoint: URL
  signal: AbortSignal
}

const deviceOf = (
  { scenario, options, certificate }: BytePassRequest,
  { account, endpoint, signal }: Route,
) => ({ scenario, options, certificate, endpoint, signal, onTlsSecret: account.learnSecret })

const payloadsOf = ({ scenario, fileBytes }: BytePassRequest): PayloadSource =>
  createPayloads(scenario, fileBytes ?? undefined)

async function passRoundtrip(
  request: BytePassRequest,
  progress: Progress,
  route: Route,
): Promise<Passed> {
  const { transport, account, address: deviceAddress } = route
  const injection = request.deviceInjection ?? NO_INJECTION
  progress.commands = { record: { dueNs: [], sentNs: [], completedNs: [] }, arrivals: null }
  return passCommands({
    transport,
    account,
    connection: { ...deviceOf(request, route), deviceAddress, injection },
    payloads: payloadsOf(request),
    progress: progress.commands,
  })
}

async function passMessages(
  request: BytePassRequest,
  progress: Progress,
  route: Route,
): Promise<Passed> {
  const { transport, address } = route
  const peer = await connectDevice(transport, { ...deviceOf(request, route), address })
  try {
    const { messages } = request.scenario
    const payloadBytes = await sendAll(peer, payloadsOf(request), messages, progress)
    await peer.keepAlive?.()
    return { payloadBytes, waiting: null }
  } finally {
    await peer[Symbol.asyncDispose]()
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
  progress: Progress,
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
