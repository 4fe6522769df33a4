import { patienceOf } from '../../delivery/patience.ts'
import type { EndpointCommands } from '../../endpoint/commands.ts'
import type { ServedAddress } from '../../endpoint/host.ts'
import { InstrumentError } from '../../model/errors.ts'
import { type Injection, NO_INJECTION } from '../../model/injection.ts'
import { LATENCY_ARMS } from '../../model/report/check/latency-check.ts'
import { quoted, said } from '../../model/said/said.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import type { ForkAmounts } from '../../plan/fork-amounts.ts'
import { median } from '../../stats/summary.ts'
import type { Pinning } from '../../system/pinning.ts'
import { WorkerProcess } from '../../system/worker-process.ts'
import type { Target } from '../../targets/target.ts'
import type { LoadProcess } from '../../worker.ts'
import { askEndpoint, askLoad } from '../ask.ts'
import { EndpointHandle } from '../endpoint-handle.ts'

export type ArmName = (typeof LATENCY_ARMS)[number]

/** What an arm talks to: an endpoint served by an installed version of this package, or a server that is already there. */
export type ArmTarget =
  | { kind: 'package'; root: string; injection: Injection }
  | SlowedTarget
  | { kind: 'server'; target: Target }

/**
 * This package with a known fault: each message takes longer by a share of the
 * reference's median. The share is taken anew in each fork, since what a
 * message takes differs from fork to fork, and more so on a busy machine.
 */
interface SlowedTarget {
  kind: 'slowed'
  root: string
  /** 0.25 is a quarter. */
  share: number
}

export interface ForkRequest {
  transport: string
  scenario: Scenario
  fileBytes: Uint8Array | null
  targets: Readonly<Record<ArmName, ArmTarget>>
  /** Counted through a whole check: the order of the arms turns with it. */
  forkNumber: number
  amounts: ForkAmounts
  pinning: Pinning
  /** Throws when the check was stopped. */
  checkpoint(): void
}

/** Response latencies in nanoseconds of the two blocks that each arm has in a round. */
export type ForkRound = Readonly<Record<ArmName, readonly [number[], number[]]>>

/** Enough for a median that a delay can be a share of. */
const CALIBRATION_MESSAGES = 500

/** The order of the first half of a round: it turns by one from fork to fork. */
export function orderOfFork(forkNumber: number): ArmName[] {
  const turn = forkNumber % LATENCY_ARMS.length
  return [...LATENCY_ARMS.slice(turn), ...LATENCY_ARMS.slice(0, turn)]
}

/**
 * One fork: a fresh pair of processes for each arm, warmed up, then rounds in
 * which the arms stand mirrored (A B C C B A), so that a linear drift of the
 * machine cancels within a round.
 * @throws InstrumentError when an arm cannot be served, connected or measured
 */
export async function runFork(request: ForkRequest): Promise<ForkRound[]> {
  const order = orderOfFork(request.forkNumber)
  await using arms = new ForkArms(request)
  for (const name of order) await arms.start(name)
  // All at once: nothing of it is counted, and each waits for its endpoint half of the time.
  await Promise.all(order.map((name) => arms.measureBlock(name, request.amounts.warmupMessages)))
  await arms.slowDown()
  const rounds: ForkRound[] = []
  for (let round = 0; round < request.amounts.rounds; round += 1) {
    rounds.push(await measureRound(arms, order, request.amounts.messagesPerBlock))
  }
  return rounds
}

async function measureRound(
  arms: ForkArms,
  order: readonly ArmName[],
  messages: number,
): Promise<ForkRound> {
  const there = new Map<ArmName, number[]>()
  const back = new Map<ArmName, number[]>()
  for (const name of order) there.set(name, await arms.measureBlock(name, messages))
  for (const name of order.toReversed()) back.set(name, await arms.measureBlock(name, messages))
  const blocks = (name: ArmName): [number[], number[]] => [
    there.get(name) ?? [],
    back.get(name) ?? [],
  ]
  return {
    reference: blocks('reference'),
    candidate: blocks('candidate'),
    control: blocks('control'),
  }
}

/**
 * Arms may share a broker, and a broker ends the connection of a client id that
 * connects again [MQTT-3.1.4-2].
 */
function withOwnClientId(scenario: Scenario, arm: ArmName): Scenario {
  const clientId = `${scenario.mqtt.clientId}-${ARM_LETTERS[arm]}`
  return { ...scenario, mqtt: { ...scenario.mqtt, clientId } }
}

/** Of one length, so that no arm sends more than another. */
const ARM_LETTERS: Record<ArmName, string> = { reference: 'a', candidate: 'b', control: 'c' }

/** The processes of one fork, ended with it. */
class ForkArms implements AsyncDisposable {
  readonly #request: ForkRequest
  readonly #loads = new Map<ArmName, WorkerProcess<LoadProcess>>()
  readonly #endpoints = new Map<ArmName, EndpointHandle>()
  readonly #endpointProcesses: WorkerProcess<EndpointCommands>[] = []

  constructor(request: ForkRequest) {
    this.#request = request
  }

  async start(arm: ArmName): Promise<void> {
    const { transport, fileBytes, pinning, checkpoint } = this.#request
    const scenario = withOwnClientId(this.#request.scenario, arm)
    checkpoint()
    const load = new WorkerProcess<LoadProcess>({
      title: said('loadProcessOfArm', { arm }),
      role: 'load',
      label: `${transport} ${arm}`,
      cpu: pinning.loadCpu,
      diedCode: 'load-died',
    })
    this.#loads.set(arm, load)
    const address = await this.#serve(arm)
    const target = this.#serverOf(arm)
    await askLoad(load, 'openCell', {
      ...{ transport, scenario, options: {}, fileBytes, ...address, target },
      // Of the load's side: an endpoint that is slowed has its own.
      injection: NO_INJECTION,
      patience: patienceOf({ injection: NO_INJECTION, target }),
    })
  }

  async #serve(arm: ArmName): Promise<ServedAddress> {
    const { transport, scenario, targets, pinning } = this.#request
    const target = targets[arm]
    // Nothing that is only flushed is compared here: no notices are needed.
    if (target.kind === 'server') {
      return { address: target.target.address, certificate: null, noticePort: 0 }
    }
    const injection = target.kind === 'slowed' ? NO_INJECTION : target.injection
    const worker = new WorkerProcess<EndpointCommands>({
      title: said('endpointProcessOfArm', { arm }),
      role: 'endpoint',
      root: target.root,
      label: `${transport} ${arm}`,
      cpu: pinning.endpointCpu,
      diedCode: 'endpoint-died',
    })
    this.#endpointProcesses.push(worker)
    const endpoint = new EndpointHandle(worker, transport)
    this.#endpoints.set(arm, endpoint)
    const place = { host: '127.0.0.1', injection }
    return askEndpoint({ endpoint }, 'serve', { transport, scenario, options: {}, ...place })
  }

  #serverOf(arm: ArmName): Target | undefined {
    const target = this.#request.targets[arm]
    return target.kind === 'server' ? target.target : undefined
  }

  /** Puts the delay of a slowed candidate in, as a share of what the reference takes at this moment. */
  async slowDown(): Promise<void> {
    const { candidate } = this.#request.targets
    if (candidate.kind !== 'slowed') return
    const referenceNs = median(await this.measureBlock('reference', CALIBRATION_MESSAGES))
    const endpoint = this.#endpoints.get('candidate')
    if (endpoint === undefined) return
    await askEndpoint({ endpoint }, 'slowDown', (candidate.share * referenceNs) / 1_000)
  }

  /** @returns response latencies in nanoseconds */
  async measureBlock(arm: ArmName, count: number): Promise<number[]> {
    this.#request.checkpoint()
    const load = this.#loads.get(arm) as WorkerProcess<LoadProcess>
    const endpoint = this.#endpoints.get(arm)
    if (endpoint !== undefined) await askEndpoint({ endpoint }, 'startBlock', undefined)
    const { transport } = this.#request
    const outcome = await askLoad(load, 'runBlock', { transport, firstIndex: 0, count })
    if (outcome.failure !== null) {
      throw new InstrumentError(
        outcome.failure.code,
        endpoint?.death?.said ?? said('inArm', { arm, why: quoted(outcome.failure.message) }),
      )
    }
    return Array.from(outcome.completedNs, (completed, index) =>
      Number(completed - (outcome.dueNs[index] ?? completed)),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const workers = [...this.#loads.values(), ...this.#endpointProcesses]
    await Promise.all(workers.map((worker) => worker[Symbol.asyncDispose]()))
  }
}
