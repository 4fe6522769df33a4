import { setMaxListeners } from 'node:events'
import type { CellSpec } from '../../delivery/cell-spec.ts'
import { topicOf } from '../../delivery/numbered.ts'
import { InstrumentError } from '../../model/errors.ts'
import type { Pace } from '../../model/pace.ts'
import { countSaid } from '../../model/said/count-said.ts'
import type { Said } from '../../model/said/said.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { type HistogramParts, LatencyHistogram } from '../../stats/latency-histogram.ts'
import { nowNs, spinFor, stopwatchNs, waitUntil, wallClock } from '../../system/clock.ts'
import { Deadline } from '../../system/deadline.ts'
import { readUsage, type UsageReading } from '../../system/resource-usage.ts'
import { secretsOfCell } from '../../targets/scenario-secrets.ts'
import type { Secrets } from '../../targets/withhold.ts'
import { withholdSaid } from '../../targets/withhold.ts'
import { loadTransport } from '../../transports/registry.ts'
import { traitsFor } from '../../transports/run-options.ts'
import { countOf } from '../counting.ts'
import { askedBy, connectDevice, trustIn } from '../flows/connect.ts'
import { createPacer, pacerOfWorker } from '../loops/pacer.ts'
import { type DriverChoice, driversOf } from './drivers.ts'
import { ServerClock } from './http/server-clock.ts'
import type { ConnectTally, LoadDriver, LoadShape, LoadTally } from './load-driver.ts'

export interface OpenLoadRequest extends Omit<CellSpec, 'fileBytes' | 'injection'> {
  /** Which of the transport's drivers. */
  kind: DriverChoice['kind']
  payloads: readonly Uint8Array[]
  shape: LoadShape
  /** From 0. */
  worker: number
  /** How many workers all parts have, where each connection has a topic of its own. */
  ownTopics?: { workers: number }
  /** Computing time for each completion, put in on purpose. */
  busyUs: number
  deadlineMs: number
}

export interface DriveRequest {
  pace: Pace | null
  /** Of the whole work; a ramp rises over it. */
  durationNs: number
  worker: number
  workers: number
  until: { messages: number; elapsedNs: number }
  drainMs: number
  /** When all workers begin, by the machine's monotonic clock. */
  startNs: bigint
  deadlineMs: number
}

export interface DriveOutcome {
  tally: LoadTally
  /** Answers that led elsewhere, by status. */
  redirects: ReadonlyMap<number, number>
  /** This machine's clock less the server's; null: the server told none, or nobody read it. */
  aheadOfServerMs: number | null
  startedNs: bigint
  firstCompletionNs: bigint | null
  response: HistogramParts
  sendDelay: HistogramParts
  /** Of all completions together, from sending to completing. */
  serviceNs: number
  usage: { from: UsageReading; to: UsageReading }
}

/** What the server did, of which nothing stands in the driver's tally. */
interface ServerDoings {
  /** Of libraries, whose peers follow the ends of their connections by themselves. */
  readonly ends: Record<'renewed' | 'repeated', number>
  /** Of the stretch that runs. */
  readonly redirects: Map<number, number>
  readonly clock: ServerClock
}

/** How long connections may take to say goodbye before they are cut. */
const GOODBYE_MS = 2_000

/** The load's side of one cell: a driver with its connections, kept over all stretches. */
export class LoadCell implements AsyncDisposable {
  readonly #driver: LoadDriver
  readonly #abort: AbortController
  readonly #busyUs: number
  readonly #secrets: Secrets
  readonly #doings: ServerDoings

  private constructor(
    driver: LoadDriver,
    abort: AbortController,
    request: OpenLoadRequest,
    doings: ServerDoings,
  ) {
    this.#doings = doings
    this.#driver = driver
    this.#abort = abort
    this.#busyUs = request.busyUs
    this.#secrets = secretsOfCell(request)
  }

  static async open(request: OpenLoadRequest): Promise<{ cell: LoadCell; tally: ConnectTally }> {
    const { scenario, options, certificate, shape, worker, payloads, target, ownTopics } = request
    const transport = await loadTransport(request.transport)
    const traits = traitsFor(transport, options)
    const choice = driversOf(transport.id, traits).find(({ kind }) => kind === request.kind)
    if (choice === undefined) {
      throw new InstrumentError('internal', `${transport.id} has no ${request.kind} driver`)
    }
    const abort = new AbortController()
    const address = new URL(request.address)
    // Every connection listens to it.
    setMaxListeners(0, abort.signal)
    const { signal } = abort
    const doings: ServerDoings = {
      ends: { renewed: 0, repeated: 0 },
      redirects: new Map(),
      clock: new ServerClock(),
    }
    const onServerEnd = (consequence: 'renewed' | 'repeated'): void => {
      doings.ends[consequence] += 1
    }
    const onRedirect = (status: number): void => countOf(doings.redirects, status)
    const onDate = (value: string): void => doings.clock.sawDate(value, wallClock().getTime())
    using deadline = new Deadline(request.deadlineMs)
    // As connections are shared out: none has a number that another worker has.
    const topicNumber = ownTopics && ((index: number) => index * ownTopics.workers + worker + 1)
    const scenarioOf = (index: number): Scenario => ({
      ...withClientId(scenario, clientIdOf(scenario, worker, index)),
      ...(topicNumber !== undefined && { topic: topicOf(scenario.topic, topicNumber(index)) }),
    })
    let driver: LoadDriver | null = null
    try {
      return await deadline.bound(async () => {
        driver = await choice.open({
          ...{ transport: transport.id, traits, address, shape },
          ...{ payloads, signal, onRedirect, onDate, topicNumber, now: stopwatchNs },
          trust: trustIn(certificate, target, scenario),
          scenario: askedBy(target, scenario),
          clientId: (index) => clientIdOf(scenario, worker, index),
          connectPeer: (index) =>
            connectDevice(transport, {
              ...{ address, endpoint: address, options, certificate, signal, target },
              ...{ onServerEnd, onRedirect },
              scenario: scenarioOf(index),
            }),
        })
        const { failed, ...tally } = await driver.connect()
        const told = { ...tally, failed: withholdReasons(failed, secretsOfCell(request)) }
        return { cell: new LoadCell(driver, abort, request, doings), tally: told }
      })
    } catch (error) {
      abort.abort()
      // What is half connected must not stay behind, and not be opened again.
      await (driver as LoadDriver | null)?.[Symbol.asyncDispose]()
      throw error
    }
  }

  async drive(request: DriveRequest): Promise<DriveOutcome> {
    const { pace, durationNs, worker, workers, until, drainMs } = request
    const response = new LatencyHistogram()
    const sendDelay = new LatencyHistogram()
    let serviceNs = 0
    let firstCompletionNs: bigint | null = null
    const pacer = pace && pacerOfWorker(createPacer(pace, durationNs), worker, workers)
    await waitUntil(request.startNs)
    using deadline = new Deadline(request.deadlineMs)
    const stop = new AbortController()
    deadline.signal.addEventListener('abort', () => stop.abort(), { once: true })
    const from = readUsage()
    const { ends, redirects, clock } = this.#doings
    const before = { ...ends }
    redirects.clear()
    clock.forget()
    const startedNs = nowNs()
    const { lostConnections, ...tally } = await deadline.bound(() =>
      this.#driver.drive(
        { pacer, until, drainMs, signal: stop.signal },
        {
          completed: (responseNs, sendDelayNs) => {
            firstCompletionNs ??= nowNs()
            response.record(responseNs)
            sendDelay.record(sendDelayNs)
            serviceNs += responseNs - sendDelayNs
            if (this.#busyUs > 0) spinFor(this.#busyUs)
          },
        },
      ),
    )
    return {
      ...{ startedNs, firstCompletionNs, serviceNs },
      tally: {
        ...tally,
        renewedConnections: tally.renewedConnections + ends.renewed - before.renewed,
        repeatedMessages: tally.repeatedMessages + ends.repeated - before.repeated,
        lostConnections: withholdReasons(lostConnections, this.#secrets),
      },
      redirects: new Map(redirects),
      aheadOfServerMs: clock.aheadMs,
      response: response.toParts(),
      sendDelay: sendDelay.toParts(),
      usage: { from, to: readUsage() },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const cut = setTimeout(() => this.#abort.abort(), GOODBYE_MS)
    await Promise.resolve(this.#driver[Symbol.asyncDispose]()).catch(() => {})
    clearTimeout(cut)
    this.#abort.abort()
  }
}

/** A server may repeat in its refusal what it was given. */
function withholdReasons(
  reasons: ReadonlyMap<Said, number>,
  secrets: Secrets,
): ReadonlyMap<Said, number> {
  const told = new Map<Said, number>()
  for (const [what, times] of reasons) countSaid(told, withholdSaid(what, secrets), times)
  return told
}

/** Every connection is a device of its own: a broker ends the older of two clients of one id [MQTT-3.1.4-2]. */
function clientIdOf({ mqtt }: Scenario, worker: number, index: number): string {
  const number = `w${String(worker + 1).padStart(2, '0')}c${String(index + 1).padStart(5, '0')}`
  return `${mqtt.clientId}-${number}`
}

const withClientId = (scenario: Scenario, clientId: string): Scenario => ({
  ...scenario,
  mqtt: { ...scenario.mqtt, clientId },
})
