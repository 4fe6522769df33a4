import type { LatencyAmounts } from '../../model/latency-amounts.ts'
import { meanPerS, mostPerS } from '../../model/pace.ts'
import type { LiftedBound, ReportedTarget } from '../../model/report/target.ts'
import { catalogue } from '../../model/text/language.ts'
import type { LoadPlan } from '../load-plan.ts'
import { usage } from '../usage.ts'

const say = catalogue({
  en: {
    tooMany: (option: string, asked: number | string, most: number) =>
      `--${option}: ${asked} is more than a server that is not on this machine gets; at most ${most}`,
    rateTooHigh: (asked: string, most: number) =>
      `--rate: ${asked} is more than a server that is not on this machine gets; at most ${most} a second, or more with --own-target HOST=RATE where you answer for it`,
    areTooMany: (option: string, asked: number, most: number) =>
      `--${option}: ${asked} are more than a server that is not on this machine gets; at most ${most}`,
    messagesTooMany: (asked: number, most: number) =>
      `--duration: ${asked} messages are more than a server that is not on this machine gets; at most ${most}`,
    rate: (rate: number, most: number) =>
      `--max-rate: ${rate} is no number of messages a second above 0 and up to ${most}`,
    rounds: (rounds: number, perRound: number, most: number) =>
      `--rounds, --per-round: ${rounds} × ${perRound} messages are more than the ${most} that a server elsewhere gets; say so with --messages ${rounds * perRound}`,
    limit: (option: string, most: number) =>
      `--${option}: a server that is not on this machine is never driven to its limit; give --rate, up to ${most}`,
  },
  'zh-TW': {
    tooMany: (option, asked, most) =>
      `--${option}：${asked} 超過對不在這台機器上的伺服器的上限；至多 ${most}`,
    rateTooHigh: (asked, most) =>
      `--rate：${asked} 超過對不在這台機器上的伺服器的上限；至多每秒 ${most} 則，若由您負責該伺服器，可用 --own-target HOST=RATE 提高`,
    areTooMany: (option, asked, most) =>
      `--${option}：${asked} 超過對不在這台機器上的伺服器的上限；至多 ${most}`,
    messagesTooMany: (asked, most) =>
      `--duration：${asked} 則訊息超過對不在這台機器上的伺服器的上限；至多 ${most} 則`,
    rate: (rate, most) => `--max-rate：${rate} 不是大於 0、至多 ${most} 的每秒訊息數`,
    rounds: (rounds, perRound, most) =>
      `--rounds、--per-round：${rounds} × ${perRound} 則訊息超過給遠端伺服器的 ${most} 則；確實要的話請用 --messages ${rounds * perRound}`,
    limit: (option, most) =>
      `--${option}：不會把不在這台機器上的伺服器推到極限；請給 --rate，至多 ${most}`,
  },
})

/** What a server that is not on this machine gets, on each transport, unless more is asked for. */
const ELSEWHERE = {
  bytePassMessages: 10,
  latencyMessages: 100,
  warmupMessages: 10,
  messagesPerS: 10,
} as const

/** And what it gets at most, whatever is asked for. */
export const MOST_ELSEWHERE: LiftedBound = {
  messages: 10_000,
  messagesPerS: 100,
  connections: 100,
  /** Over all connections: what was held up follows at once, as far as there is room. */
  inFlight: 100,
  connectionsPerS: 10,
}

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
  if (messages !== null && messages > most) throw usage(say.tooMany('messages', messages, most))
  if (rate !== undefined && !(rate > 0 && rate <= mostPerS)) throw usage(say.rate(rate, mostPerS))
  const latencyMessages = messages ?? ELSEWHERE.latencyMessages
  const ownRounds = rounds ?? Math.min(ROUNDS, latencyMessages)
  const ownPerRound = perRound ?? Math.max(1, Math.floor(latencyMessages / ownRounds))
  if (ownRounds * ownPerRound > latencyMessages) {
    throw usage(say.rounds(ownRounds, ownPerRound, latencyMessages))
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
 * @param bound what it may get: the usual, or what somebody answered for
 * @param maxRate messages a second that the user does not want to exceed
 * @throws InstrumentError `usage` where more is asked for than it may get
 */
export function boundLoadElsewhere(
  load: LoadPlan,
  bound: LiftedBound,
  maxRate: number | undefined,
): LoadPlan {
  const { messages: most, connections, inFlight, connectionsPerS } = bound
  const messagesPerS = Math.min(bound.messagesPerS, maxRate ?? Number.POSITIVE_INFINITY)
  if (load.pace === null) {
    const option = load.sweep === null ? 'measure' : 'sweep'
    throw usage(say.limit(option, messagesPerS))
  }
  const { pace, text } = load.pace
  if (mostPerS(pace) > messagesPerS) {
    const isUsual = messagesPerS === MOST_ELSEWHERE.messagesPerS
    throw usage(
      isUsual ? say.rateTooHigh(text, messagesPerS) : say.tooMany('rate', text, messagesPerS),
    )
  }
  if (load.connections > connections) {
    throw usage(say.areTooMany('connections', load.connections, connections))
  }
  const due = load.messages ?? Math.ceil((meanPerS(pace) * load.durationMs) / 1_000)
  if (due > most) throw usage(say.messagesTooMany(due, most))
  return {
    ...load,
    inFlight: Math.min(load.inFlight, Math.max(1, Math.floor(inFlight / load.connections))),
    connectPerS: Math.min(load.connectPerS ?? connectionsPerS, connectionsPerS),
    warmupMs: 0,
  }
}
