import type { Renewals, Wakes } from '../../model/report/report.ts'
import type { Direction, Phase } from '../../model/vocabulary.ts'
import type { Frame } from '../../model/wire/frame.ts'

/** What is added up of connections and of their messages, in bytes and in round trips. */
export interface Cost {
  wireBytes: number
  roundTrips: number
}

/** Where in its conversation a frame stands. */
export interface Place {
  /** Counted from 1. */
  readonly connection: number
  /** Of the whole conversation; it came before the second message. */
  readonly isOfFirstMessage: boolean
  /** The same of its connection. */
  readonly isOfFirstHere: boolean
}

interface ConnectionCosts {
  /** Opening and closing it, TCP's handshake included. */
  around: Cost
  firstMessage: Cost
  further: Cost
  /** Of the latest message, until it has its answer: whether it gets one is not known before the end. */
  unanswered: Cost
  messages: number
  /** Opened in place of one that the server had ended. */
  readonly isRenewal: boolean
  endedBy: Direction | null
}

/** Bytes and round trips by phase, by connection, and by whether they belong to the first message. */
export class CostBook {
  readonly #byPhase: Record<Phase, Cost> = {
    setup: nothing(),
    steady: nothing(),
    idle: nothing(),
    close: nothing(),
  }
  readonly #firstMessage: Cost = nothing()
  readonly #connections: ConnectionCosts[] = []
  /** Connections that the server ended, and in whose place none was opened yet. */
  #owed = 0
  #unasked = 0

  /** One more connection. */
  open(carrier: 'tcp' | 'datagrams', isBeforeFirstMessage: boolean): void {
    const isRenewal = this.#owed > 0
    if (isRenewal) this.#owed -= 1
    else if (!isBeforeFirstMessage) this.#unasked += 1
    this.#connections.push({
      around: { wireBytes: 0, roundTrips: carrier === 'tcp' ? 1 : 0 },
      ...{ firstMessage: nothing(), further: nothing(), unanswered: nothing() },
      ...{ messages: 0, isRenewal, endedBy: null },
    })
  }

  /** Whoever was first to end it has. */
  end(connection: number, by: Direction): void {
    const ended = this.#of(connection)
    if (ended.endedBy !== null) return
    ended.endedBy = by
    if (by === 'down') this.#owed += 1
  }

  add(
    { phase, direction }: Pick<Frame, 'phase' | 'direction'>,
    cost: Readonly<Cost>,
    { connection, isOfFirstMessage, isOfFirstHere }: Place,
  ): void {
    addTo(this.#byPhase[phase], cost)
    const here = this.#of(connection)
    if (phase === 'steady') {
      if (isOfFirstMessage) addTo(this.#firstMessage, cost)
      addTo(isOfFirstHere ? here.firstMessage : here.further, cost)
      if (cost.roundTrips > 0) here.unanswered = nothing()
      else if (direction === 'up') addTo(here.unanswered, cost)
    } else if (phase !== 'idle') addTo(here.around, cost)
  }

  addMessage(connection: number): void {
    this.#of(connection).messages += 1
  }

  phase(phase: Phase): Cost {
    return { ...this.#byPhase[phase] }
  }

  /** Connections that were opened between messages without the server having ended one. */
  get unasked(): number {
    return this.#unasked
  }

  /**
   * The first message with opening and closing its connections, of which TCP's
   * handshakes are a round trip each.
   * @param isKept whether they carry all messages: then every connection is part
   *   of it that does not stand in place of another
   */
  first(isKept: boolean): Cost {
    const its = isKept
      ? this.#connections.filter(({ isRenewal }) => !isRenewal)
      : this.#connections.slice(0, 1)
    return sum([...its.map(({ around }) => around), this.#firstMessage])
  }

  /**
   * What the server's ends cost, where it ended any connection: from then on
   * every so many messages one more connection is opened, whose first message
   * costs what it costs beyond a further one.
   */
  renewals(): Renewals | null {
    const ended = this.#connections.filter(({ endedBy }) => endedBy === 'down')
    if (ended.length === 0) return null
    const renewed = this.#connections.filter(({ isRenewal }) => isRenewal)
    // The last connection was ended by this side, at a place that means nothing.
    const whole = ended.some((each) => answeredOn(each) > 1) ? ended : this.#connections
    const furtherCost = sum(whole.map(furtherAnswered))
    const furtherMessages = total(whole.map((each) => Math.max(0, answeredOn(each) - 1)))
    const like = renewed.length > 0 ? renewed : this.#connections.slice(0, 1)
    const begun = sum(like.flatMap((each) => [each.around, firstAnswered(each)]))
    return {
      serverEnds: ended.length,
      connections: renewed.length,
      everyMessages: Math.max(1, total(ended.map(answeredOn)) / ended.length),
      further: furtherMessages === 0 ? null : divide(furtherCost, furtherMessages),
      begun: divide(begun, like.length),
    }
  }

  /**
   * What a connection costs that a device opens for several messages, whole or not.
   * @param messages that it is opened for
   */
  wakes(messages: number): Wakes {
    const further = total(this.#connections.map((each) => Math.max(0, each.messages - 1)))
    const begun = sum(this.#connections.flatMap((each) => [each.around, each.firstMessage]))
    return {
      messages,
      further:
        further === 0 ? null : divide(sum(this.#connections.map((each) => each.further)), further),
      begun: divide(begun, this.#connections.length),
    }
  }

  #of(connection: number): ConnectionCosts {
    return this.#connections[connection - 1] as ConnectionCosts
  }
}

const isInVain = ({ unanswered }: ConnectionCosts): boolean => unanswered.wireBytes > 0

const answeredOn = (costs: ConnectionCosts): number => costs.messages - (isInVain(costs) ? 1 : 0)

/** What was sent in vain as the server went is sent again: how often that is, is chance. */
const without = (cost: Cost, { wireBytes }: Cost): Cost => ({
  ...cost,
  wireBytes: cost.wireBytes - wireBytes,
})

const firstAnswered = ({ firstMessage, unanswered, messages }: ConnectionCosts): Cost =>
  messages > 1 ? firstMessage : without(firstMessage, unanswered)

const furtherAnswered = ({ further, unanswered, messages }: ConnectionCosts): Cost =>
  messages > 1 ? without(further, unanswered) : further

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

const nothing = (): Cost => ({ wireBytes: 0, roundTrips: 0 })

function sum(costs: readonly Cost[]): Cost {
  const all = nothing()
  for (const cost of costs) addTo(all, cost)
  return all
}

const divide = ({ wireBytes, roundTrips }: Cost, by: number): Cost => ({
  wireBytes: wireBytes / by,
  roundTrips: roundTrips / by,
})

function addTo(cost: Cost, { wireBytes, roundTrips }: Readonly<Cost>): void {
  cost.wireBytes += wireBytes
  cost.roundTrips += roundTrips
}
