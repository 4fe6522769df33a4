import { NoticeReader } from '../../delivery/arrival-notices.ts'
import { nowNs } from '../../system/clock.ts'
import { considerate, untilAnswered } from '../../targets/answer-deadline.ts'
import type { Target } from '../../targets/target.ts'
import type { Peer, Producer } from '../../transports/transport.ts'
import { runClosedLoop } from '../loops/closed-loop.ts'
import type { MessageWatch } from '../loops/record.ts'
import type { Flow, FlowParties, FlowSession } from './flow.ts'

/** One device that sends readings to the server. What arrives, arrives there. */
export const uplink: Flow = async (parties) => {
  const peer = await parties.connect(parties.cell.scenario)
  try {
    const producer = await openProducer(peer, parties)
    return new UplinkSession(peer, producer, await noticesOf(parties), parties.cell.target)
  } catch (error) {
    await peer[Symbol.asyncDispose]()
    throw error
  }
}

/** A producer with the pauses and deadlines that a server of the user's has. */
export async function openProducer(
  peer: Peer,
  { cell, tempo, transport }: Pick<FlowParties, 'cell' | 'tempo' | 'transport'>,
): Promise<Producer> {
  const producer = await peer.openProducer()
  const { target } = cell
  if (target === undefined) return producer
  const goodbyeMs = transport.traits.protocol.startsWith('http/') ? GOODBYE_MS : 0
  return considerate(producer, target, tempo === 'by-clock' ? target.pauseMs : goodbyeMs)
}

/**
 * So long the next request waits where bytes are counted, and nobody's time is
 * taken: a server that ends the connection behind its answer has done so then.
 */
const GOODBYE_MS = 2

async function noticesOf({
  transport,
  tempo,
  notices,
  patience,
}: FlowParties): Promise<NoticeReader | null> {
  const isNeeded = tempo === 'by-clock' && transport.traits.completion === 'flushed'
  if (!isNeeded || notices === undefined) return null
  return NoticeReader.open(notices.port, patience.arrivalMs, notices.host)
}

class UplinkSession implements FlowSession {
  readonly answeredBytes = 0
  readonly #peer: Peer
  readonly #producer: Producer
  readonly #notices: NoticeReader | null
  readonly #target: Target | undefined

  constructor(
    peer: Peer,
    producer: Producer,
    notices: NoticeReader | null,
    target: Target | undefined,
  ) {
    this.#peer = peer
    this.#producer = producer
    this.#notices = notices
    this.#target = target
  }

  get producer(): Producer['kind'] {
    return this.#producer.kind
  }

  get connections(): 'kept' | 'own' {
    return this.#producer.kind === 'paced' ? (this.#producer.connections ?? 'kept') : 'kept'
  }

  get messagesPerWake(): number | undefined {
    return this.#producer.kind === 'paced' ? this.#producer.messagesPerWake : undefined
  }

  startBlock(): void {
    this.#notices?.reset()
  }

  tallyInto(): void {}

  async send(
    messages: Iterable<Uint8Array>,
    _firstIndex: number,
    watch: MessageWatch,
  ): Promise<void> {
    await runClosedLoop(this.#producer, messages, nowNs, watch, this.#notices)
  }

  async collect(): Promise<null> {
    return null
  }

  async waitOnce(): Promise<void> {
    const ping = async (): Promise<void> => this.#peer.keepAlive?.()
    await (this.#target === undefined ? ping() : untilAnswered(this.#target, ping))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#notices?.[Symbol.dispose]()
    await this.#producer[Symbol.asyncDispose]()
    await this.#peer[Symbol.asyncDispose]()
  }
}
