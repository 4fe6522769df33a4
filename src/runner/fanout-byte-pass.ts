import type { ArrivalColumns } from '../delivery/arrival-recorder.ts'
import { connectDevice } from '../load/flows/connect.ts'
import { Audience } from '../load/flows/subscribers.ts'
import {
  type BytePassOutcome,
  type BytePassRequest,
  describeFailure,
  sendAll,
  withhold,
} from '../load/passes/byte-pass.ts'
import { sumLinks } from '../load/passes/sum-relays.ts'
import { TappedLink } from '../load/passes/tapped-path.ts'
import type { InstrumentError } from '../model/errors.ts'
import type { Injection } from '../model/injection.ts'
import type { BytesResult } from '../model/report/report.ts'
import type { Scenario } from '../model/scenario/scenario.ts'
import { createPayloads } from '../scenario/payload.ts'
import { nowNs } from '../system/clock.ts'
import { Deadline } from '../system/deadline.ts'
import { blankSecrets } from '../targets/blank-secrets.ts'
import { loadTransport } from '../transports/registry.ts'
import type { Peer, Transport } from '../transports/transport.ts'
import { WireRecorder } from '../wire/relay/recorder.ts'

export interface FanoutBytePassRequest extends BytePassRequest {
  injection: Injection
  /** How long to wait for the last deliveries. */
  stragglerMs: number
}

export interface FanoutBytePassOutcome extends Omit<BytePassOutcome, 'arrivals'> {
  /** What each subscriber got; empty where it did not come to that. */
  arrivals: ArrivalColumns[]
}

/**
 * A publisher and its subscribers, each over a link of its own: every message in
 * turn, sent when all subscribers have the one before it. What leaves the broker
 * for the subscribers is then what crossed their links, to the byte.
 *
 * There is no keep-alive: who waits how long is another question.
 */
export async function runFanoutBytePass(
  request: FanoutBytePassRequest,
): Promise<FanoutBytePassOutcome> {
  const outcome: FanoutBytePassOutcome = {
    bytes: null,
    sent: 0,
    completed: 0,
    failure: null,
    arrivals: [],
    recording: null,
  }
  const recorder = request.recording === 'bytes' ? new WireRecorder(nowNs) : null
  try {
    const transport = await loadTransport(request.transport)
    using deadline = new Deadline(request.deadlineMs)
    await using links = new Links(transport, request, { deadline, recorder })
    const bytes = await links.explaining(() =>
      deadline.bound(async () => {
        const payloadBytes = await publishToAll(links, request, outcome)
        return links.settle(payloadBytes)
      }),
    )
    outcome.bytes = withhold(bytes, request.target)
  } catch (error) {
    outcome.failure = describeFailure(error, request.target)
  }
  outcome.recording = blankSecrets(recorder?.recording ?? null, request.target)
  return outcome
}

/** @returns the bytes of all payloads published, each counted once */
async function publishToAll(
  links: Links,
  request: FanoutBytePassRequest,
  outcome: FanoutBytePassOutcome,
): Promise<number> {
  const { scenario, injection, stragglerMs } = request
  await using audience = await Audience.open({ scenario, injection, connect: links.connect })
  await using publisher = await links.connect(scenario)
  audience.startBlock('at-once')
  const { payloadBytes } = await sendAll(
    publisher,
    createPayloads(scenario, request.fileBytes ?? undefined),
    scenario.messages,
    outcome,
    audience.notices,
    request.target,
  )
  outcome.arrivals = await audience.collect(outcome.sent, AbortSignal.timeout(stragglerMs))
  return payloadBytes
}

/** The links of a pass, in the order of connecting: first the subscribers', last the publisher's. */
class Links implements AsyncDisposable {
  readonly #transport: Transport
  readonly #request: FanoutBytePassRequest
  readonly #deadline: Deadline
  /** One for all links: the order in which they were tapped is kept. */
  readonly #recorder: WireRecorder | null
  readonly #links: TappedLink[] = []

  constructor(
    transport: Transport,
    request: FanoutBytePassRequest,
    { deadline, recorder }: { deadline: Deadline; recorder: WireRecorder | null },
  ) {
    this.#transport = transport
    this.#request = request
    this.#deadline = deadline
    this.#recorder = recorder
  }

  /** Connects one more party over a link of its own. */
  readonly connect = async (scenario: Scenario): Promise<Peer> => {
    const { options, certificate, strayByte, target } = this.#request
    const endpoint = new URL(this.#request.address)
    const link = await TappedLink.open({
      traits: this.#transport.traits,
      flow: scenario.flow,
      endpoint,
      deadline: this.#deadline,
      strayByte: this.#links.length === 0 ? strayByte : null,
      recorder: this.#recorder,
    })
    this.#links.push(link)
    return connectDevice(this.#transport, {
      address: link.address,
      endpoint,
      scenario,
      options,
      certificate,
      target,
      signal: this.#deadline.signal,
      onTlsSecret: link.learnSecret,
    })
  }

  /** Does the work; what failed on a wire stands for what a client made of it. */
  async explaining<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      throw this.#failure(error) ?? error
    }
  }

  /**
   * @param payloadBytes what was published; as much must have crossed every link
   * @throws InstrumentError `unexplained-bytes`, `ledger-mismatch`
   */
  async settle(payloadBytes: number): Promise<BytesResult> {
    const { messages } = this.#request.scenario
    const results = await Promise.all(
      this.#links.map((link) => link.settle({ messages, payloadBytes })),
    )
    return sumLinks(results.at(-1) as BytesResult, results.slice(0, -1))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#links.map((link) => link[Symbol.asyncDispose]()))
  }

  #failure(seen: unknown): InstrumentError | null {
    const failures = this.#links.map((link) => link.failure(seen))
    return failures.find((failure) => failure !== null) ?? null
  }
}
