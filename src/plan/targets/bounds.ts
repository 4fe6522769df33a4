import { InstrumentError } from '../../model/errors.ts'
import type { LatencyAmounts } from '../../model/latency-amounts.ts'
import { meanPerS, mostPerS } from '../../model/pace.ts'
import type { ReportedTarget } from '../../model/report/target.ts'
import type { LoadPlan } from '../load-plan.ts'

/** What a server that is not on this machine gets, on each transport, unless more is asked for. */
export const ELSEWHERE = {
  bytePassMessages: 10,
  latencyMessages: 100,
  warmupMessages: 10,
  messagesPerS: 10,
} as const

/** And what it gets at most, whatever is asked for. */
export const MOST_ELSEWHERE = {
  messages: 10_000,
  messagesPerS: 100,
  connections: 100,
  /** Over all connections: what was held up follows at once, as far as there is room. */
  inFlight: 100,
  connectionsPerS: 10,
} as const

/** So many at most, so that each still has several messages. */
const ROUNDS = 5

export interface AskedFor {
  readonly messages: number | null
  readonly rounds: number | null
  readonly perRound: number | null
  readonly rate: number | undefined
}

export interface Bounds {
  readonly reported: NonNullable<ReportedTarget['bound']>
  readonly latency: LatencyAmounts
  readonly pauseMs: number
}

/**
 * How much goes to a server that is not on this machine.
 * @throws InstrumentError `usage` where more is asked for than it may get
 */
export function boundElsewhere({ messages, rounds, perRound, rate }: AskedFor): Bounds {
  const { messages: most, messagesPerS: mostPerS } = MOST_ELSEWHERE
  if (messages !== null && messages > most) {
    throw new InstrumentError(
      'usage',
      `--messages: ${messages} is more than a server that is not on this machine gets; at most ${most}`,
    )
  }
  if (rate !== undefined && !(rate > 0 && rate <= mostPerS)) {
    throw new InstrumentError(
      'usage',
      `--max-rate: ${rate} is no number of messages a second above 0 and up to ${mostPerS}`,
    )
  }
  const latencyMessages = messages ?? ELSEWHERE.latencyMessages
  const ownRounds = rounds ?? Math.min(ROUNDS, latencyMessages)
  const ownPerRound = perRound ?? Math.max(1, Math.floor(latencyMessages / ownRounds))
  if (ownRounds * ownPerRound > latencyMessages) {
    throw new InstrumentError(
      'usage',
      `--rounds, --per-round: ${ownRounds} × ${ownPerRound} messages are more than the ${latencyMessages} that a server elsewhere gets; say so with --messages ${ownRounds * ownPerRound}`,
    )
  }
  const warmupMessages = Math.min(ELSEWHERE.warmupMessages, latencyMessages)
  const messagesPerS = rate ?? ELSEWHERE.messagesPerS
  return {
    reported: {
      bytePassMessages: messages ?? ELSEWHERE.bytePassMessages,
      latencyMessages,
      warmupMessages,
      messagesPerS,
    },
    latency: { rounds: ownRounds, messagesPerRound: ownPerRound, warmupMessages },
    pauseMs: 1_000 / messagesPerS,
  }
}

/**
 * The load that a server gets which is not on this machine: a rate, and nothing
 * that looks for its limit, the warm-up neither. Connections are opened slowly,
 * also those that were lost.
 * @param maxRate messages a second that the user does not want to exceed
 * @throws InstrumentError `usage` where more is asked for than it may get
 */
export function boundLoadElsewhere(load: LoadPlan, maxRate: number | undefined): LoadPlan {
  const { messages: most, connections, inFlight, connectionsPerS } = MOST_ELSEWHERE
  const messagesPerS = Math.min(MOST_ELSEWHERE.messagesPerS, maxRate ?? Number.POSITIVE_INFINITY)
  const refuse = (option: string, problem: string): never => {
    throw new InstrumentError('usage', `--${option}: ${problem}`)
  }
  if (load.pace === null) {
    const option = load.sweep === null ? 'measure' : 'sweep'
    return refuse(
      option,
      `a server that is not on this machine is never driven to its limit; give --rate, up to ${messagesPerS}`,
    )
  }
  const { pace, text } = load.pace
  if (mostPerS(pace) > messagesPerS) {
    refuse(
      'rate',
      `${text} is more than a server that is not on this machine gets; at most ${messagesPerS}`,
    )
  }
  if (load.connections > connections) {
    refuse(
      'connections',
      `${load.connections} are more than a server that is not on this machine gets; at most ${connections}`,
    )
  }
  const due = load.messages ?? Math.ceil((meanPerS(pace) * load.durationMs) / 1_000)
  if (due > most) {
    refuse(
      'duration',
      `${due} messages are more than a server that is not on this machine gets; at most ${most}`,
    )
  }
  return {
    ...load,
    inFlight: Math.min(load.inFlight, Math.max(1, Math.floor(inFlight / load.connections))),
    connectPerS: Math.min(load.connectPerS ?? connectionsPerS, connectionsPerS),
    warmupMs: 0,
  }
}
