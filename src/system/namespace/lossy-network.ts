import { readFile } from 'node:fs/promises'
import { InstrumentError, saidOf } from '../../model/errors.ts'
import type { LossCounts } from '../../model/link/loss.ts'
import { quoted, said } from '../../model/said/said.ts'
import type { Namespace } from './namespace.ts'
import type { NamespaceLink } from './namespace-link.ts'
import { NamespacePair } from './namespace-pair.ts'
import { parseDropped, parseTcpCounts } from './packet-counts.ts'
import { requireProgram } from './programs.ts'

/** One for what is measured, where packets are lost; one for what must not disturb it: arrival notices. */
const LINKS = 2

/**
 * A device's and an endpoint's network namespace with a link between them that
 * loses packets: iptables' statistic match drops each with the same probability
 * where it arrives, on both sides, and the kernels make up for it as TCP does.
 */
export class LossyNetwork implements AsyncDisposable {
  readonly #pair: NamespacePair
  readonly #link: NamespaceLink
  readonly #iptables: string
  /** Where servers bind, and are reached over the link that loses packets. */
  readonly host: string
  /** Where they are reached over the other one, which loses nothing. */
  readonly noticeHost: string

  private constructor(pair: NamespacePair, iptables: string) {
    const [lossy, lossless] = pair.links as readonly [NamespaceLink, NamespaceLink]
    this.#pair = pair
    this.#link = lossy
    this.#iptables = iptables
    this.host = lossy.endpointAddress
    this.noticeHost = lossless.endpointAddress
  }

  /**
   * @returns a network that loses nothing yet
   * @throws InstrumentError `namespace-unavailable` with the reason in words
   */
  static async open(): Promise<LossyNetwork> {
    const pair = await NamespacePair.open(LINKS)
    try {
      const network = new LossyNetwork(pair, requireProgram('iptables'))
      // Where the kernel has no statistic match it is found out now.
      await network.lose(0.5)
      await network.loseNothing()
      return network
    } catch (error) {
      await pair[Symbol.asyncDispose]()
      throw error
    }
  }

  /** What to put before a program so that it runs at the device's, or the endpoint's, end. */
  get enterDevice(): readonly string[] {
    return this.#pair.device.enter
  }

  get enterEndpoint(): readonly string[] {
    return this.#pair.endpoint.enter
  }

  /** From now on, each packet with this probability, in each direction. */
  async lose(probability: number): Promise<void> {
    await this.#atBothEnds((name) => [
      ...['-A', 'INPUT', '-i', name, '-m', 'statistic', '--mode', 'random'],
      ...['--probability', probability.toFixed(6), '-j', 'DROP'],
    ])
  }

  async loseNothing(): Promise<void> {
    await this.#atBothEnds(() => ['-F', 'INPUT'])
  }

  /** So far; of the rule, since it is there. */
  async counts(): Promise<LossCounts> {
    const { device, endpoint } = this.#pair
    const [up, down] = [await tcpCountsOf(device), await tcpCountsOf(endpoint)]
    const list = ['-L', 'INPUT', '-v', '-x', '-n']
    const dropped = async (at: Namespace): Promise<number> =>
      parseDropped(await at.run(this.#iptables, list))
    return {
      // What the device sends is dropped where it arrives.
      dropped: { up: await dropped(endpoint), down: await dropped(device) },
      retransmitted: { up: up.retransmitted, down: down.retransmitted },
      segments: { up: up.segments, down: down.segments },
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pair[Symbol.asyncDispose]()
  }

  async #atBothEnds(args: (name: string) => string[]): Promise<void> {
    const { device, endpoint } = this.#pair
    await device.run(this.#iptables, args(this.#link.deviceInterface))
    await endpoint.run(this.#iptables, args(this.#link.endpointInterface))
  }
}

const tcpCountsOf = async (namespace: Namespace) =>
  parseTcpCounts(await readFile(namespace.netFile('snmp'), 'utf8'))

/**
 * Finds out, before anything is started, whether packets can be lost here.
 * @throws InstrumentError `usage` with the reason
 */
export async function requireLossyNetwork(): Promise<void> {
  try {
    await using network = await LossyNetwork.open()
    await network.loseNothing()
  } catch (cause) {
    const why = said('noLoss', { why: quoted(saidOf(cause)) })
    throw new InstrumentError('usage', why, { cause })
  }
}
