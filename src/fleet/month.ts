import type { FleetFile } from '../model/fleet/fleet-file.ts'
import { SECONDS_PER_DAY } from '../model/fleet/quantity.ts'
import type { Protocol } from '../model/vocabulary.ts'
import {
  type ConnectionRules,
  connectionRoundTrips,
  connectionVolume,
  type Deed,
  isDatagram,
  openedBy,
  type Script,
} from './script.ts'
import { deedsOf, type Gap, gapsOf, messagesIn } from './timeline.ts'
import { minus, NOTHING, plus, times, type Volume } from './volume.ts'
import { type Way, wayOf } from './ways.ts'

/** The scripts of a fleet's cells, by transport; `batch` of several readings in one message. */
export type Scripts = (transport: string, payload: 'reading' | 'batch') => Script

/** Scripts that a change makes of others, each made once. */
export function reshaping(
  scripts: Scripts,
  change: (script: Script, payload: 'reading' | 'batch') => Script,
): Scripts {
  const made = new Map<string, Script>()
  return (transport, payload) => {
    const key = `${transport} ${payload}`
    const script = made.get(key) ?? change(scripts(transport, payload), payload)
    made.set(key, script)
    return script
  }
}

/** Connections of one kind in a month. */
interface Sessions {
  readonly volume: Volume
  /** A month; not always whole: a mean. */
  readonly count: number
}

/** What one device does in one month over one way of talking, and what it takes. */
export interface Month {
  readonly way: Way
  readonly volume: Volume
  readonly sessions: readonly Sessions[]
  readonly readings: number
  readonly messages: number
  readonly pings: number
  readonly connections: number
  readonly wakeUpsADay: number
  /** The mean of a wake-up. */
  readonly wakeUp: Volume
  /** Of a wake-up with a message, the connection opened where the way does. */
  readonly roundTrips: number
  /** Set-ups that found their ticket dead, where `session` asks for resumed ones. */
  readonly ticket: 'alive' | 'dead' | 'none'
}

/** Wake-ups closer than this are one: the radio has not gone to sleep. */
const TAIL_S = 10
const NODE_IDLE_S = 5

/** Silence after which a connection is lost, in seconds. */
export function silenceLimit(
  { connection: { natTimeout, serverIdle } }: Pick<FleetFile, 'connection'>,
  protocol: Protocol,
): number {
  const isHttp = protocol.startsWith('http/')
  const idle = isHttp ? (serverIdle ?? NODE_IDLE_S) : 0
  return Math.min(natTimeout || Number.POSITIVE_INFINITY, idle || Number.POSITIVE_INFINITY)
}

/** A device pings where its protocol does and its keep-alive asks for it. */
const keepAliveOf = ({ connection }: FleetFile, script: Script): number =>
  script.ping.length === 0 || isDatagram(script) ? 0 : connection.keepAlive

/** @param row as the answer names it: what has no connection is asked for as `per-message` */
export function monthOf(
  fleet: FleetFile,
  transport: string,
  row: Way['policy'],
  scripts: Scripts,
): Month | null {
  const policy = row === 'no-connection' ? 'per-message' : row
  const way = wayOf(transport, policy, fleet)
  if (way === null) return null
  const made = make(fleet, way, scripts)
  if (way.session !== 'resumed' || made.connections === 0) return { ...made, ticket: 'none' }
  const apart = fleet.month / made.connections
  if (apart <= fleet.connection.ticketLife) return { ...made, ticket: 'alive' }
  const full = wayOf(transport, policy, {
    ...fleet,
    connection: { ...fleet.connection, session: 'full' },
  })
  return full === null ? null : { ...make(fleet, full, scripts), ticket: 'dead' }
}

type Made = Omit<Month, 'ticket'>

function make(fleet: FleetFile, way: Way, scripts: Scripts): Made {
  const made =
    way.policy === 'kept' || way.policy === 'no-connection'
      ? keptMonth(fleet, way, scripts)
      : ownMonth(fleet, way, scripts)
  const expected = 1 / (1 - (fleet.loss ?? 0))
  return {
    ...made,
    volume: times(made.volume, expected),
    sessions: made.sessions.map((each) => ({ ...each, volume: times(each.volume, expected) })),
    wakeUp: times(made.wakeUp, expected),
  }
}

/** The messages of one cell on connections that another opens. */
function scriptFor(
  { speaker, opener }: Way,
  scripts: Scripts,
  payload: 'reading' | 'batch',
): Script {
  const spoken = scripts(speaker, payload)
  if (opener === null || opener === speaker) return spoken
  return openedBy(spoken, scripts(opener, 'reading'))
}

const wakeUpsADay = (gaps: readonly Gap[], month: number, per: number): number =>
  ((messagesIn(gaps.filter(({ seconds }) => seconds >= TAIL_S)) / per) * SECONDS_PER_DAY) / month

/** A connection for each message, or for each batch. */
function ownMonth(fleet: FleetFile, way: Way, scripts: Scripts): Made {
  const { batch } = way
  const gaps = gapsOf(fleet)
  const readings = messagesIn(gaps)
  const size = batch?.size ?? 1
  const inOne = batch?.as === 'message'
  const script = scriptFor(way, scripts, inOne ? 'batch' : 'reading')
  const deeds: Deed[] = Array.from({ length: inOne ? 1 : size }, () => 'message')
  const volume = connectionVolume(script, deeds, {
    ...{ end: 'closed', pace: isDatagram(script) ? 'own-time' : 'own-connection' },
    ...fleet.count,
  })
  const count = readings / size
  return {
    ...{ way, volume: times(volume, count), sessions: [{ volume, count }], readings },
    ...{ messages: count * deeds.length, pings: 0, connections: count },
    wakeUpsADay: wakeUpsADay(gaps, fleet.month, size),
    wakeUp: volume,
    roundTrips: connectionRoundTrips(script, deeds),
  }
}

/** How much a run of equal deeds takes more than one shorter, once a connection has settled. */
const SETTLED = 3

function keptMonth(fleet: FleetFile, way: Way, scripts: Scripts): Made {
  const inOne = way.batch?.as === 'message'
  const size = inOne ? (way.batch?.size ?? 1) : 1
  const script = scriptFor(way, scripts, inOne ? 'batch' : 'reading')
  const gaps = gapsOf(fleet).map(({ seconds, count }) => ({
    ...{ seconds: seconds * size, count: count / size },
  }))
  const rules: ConnectionRules = { end: 'lost', pace: 'own-time', ...fleet.count }
  const silence = {
    keepAlive: keepAliveOf(fleet, script),
    pings: fleet.connection.pings,
    limit: isDatagram(script) ? Number.POSITIVE_INFINITY : silenceLimit(fleet, script.protocol),
  }
  const cost = costsOf(script, rules)
  const messages = messagesIn(gaps)
  let [volume, pings, lost, opening] = [NOTHING, 0, 0, 0]
  for (const { seconds, count } of gaps) {
    const deeds = deedsOf(seconds, silence)
    volume = plus(volume, times(cost.pattern(deeds.pings), count))
    pings += count * (deeds.pings + deeds.pingsThatOpen)
    lost += deeds.losesConnection ? count : 0
    opening += count * deeds.pingsThatOpen
  }
  const hasConnection = !isDatagram(script)
  const days = fleet.month / SECONDS_PER_DAY
  // Of a connection that is there: where each is lost to silence, nothing else ends it.
  const standing = 1 - lost / messages
  const reconnects = fleet.connection.reconnects * days * standing
  const begun = hasConnection ? Math.max(1, lost) + reconnects : 0
  if (hasConnection) {
    volume = plus(volume, times(cost.begin, begun))
    volume = plus(volume, times(cost.openedByPing, opening))
  }
  const connections = begun + opening
  const sessions = hasConnection ? connections : 1
  const wakeUps = wakeUpsADay(gaps, fleet.month, 1) + pings / days
  return {
    ...{ way, volume, readings: messages * size, messages, pings, connections },
    sessions: [{ volume: times(volume, 1 / sessions), count: sessions }],
    ...{ wakeUpsADay: wakeUps, wakeUp: times(volume, 1 / (wakeUps * days)) },
    roundTrips:
      connectionRoundTrips(script, ['message']) -
      (lost >= messages && hasConnection ? 0 : connectionRoundTrips(script, [])),
  }
}

interface Costs {
  /** A message and so many pings after it, on a connection that has settled. */
  pattern(pings: number): Volume
  /** Opening, and what the first message takes beside a further one. */
  readonly begin: Volume
  readonly openedByPing: Volume
}

const KNOWN_COSTS = new WeakMap<Script, Map<string, Costs>>()

/** Costs of the patterns that a kept connection is made of; each is worked out once. */
function costsOf(script: Script, rules: ConnectionRules): Costs {
  const known = KNOWN_COSTS.get(script) ?? new Map<string, Costs>()
  KNOWN_COSTS.set(script, known)
  const key = Object.values(rules).join(' ')
  const found = known.get(key) ?? workOutCosts(script, rules)
  known.set(key, found)
  return found
}

function workOutCosts(script: Script, rules: ConnectionRules): Costs {
  const of = (deeds: readonly Deed[]): Volume => connectionVolume(script, deeds, rules)
  const patternOf = (pings: number): Deed[] => [
    'message',
    ...Array.from({ length: pings }, () => 'ping' as const),
  ]
  const repeated = (pings: number, count: number): Deed[] =>
    Array.from({ length: count }, () => patternOf(pings)).flat()
  /** By whole pings, from none to one more than it takes to settle. */
  const settled = Array.from({ length: SETTLED + 2 }, (_, pings) =>
    minus(of(repeated(pings, SETTLED + 1)), of(repeated(pings, SETTLED))),
  )
  return {
    /** Beyond a few pings each takes what the last did; there may be a part of one on average. */
    pattern: (pings) => {
      const whole = Math.min(Math.floor(pings), SETTLED)
      const [at, next] = [settled[whole] as Volume, settled[whole + 1] as Volume]
      return pings === whole ? at : plus(at, times(minus(next, at), pings - whole))
    },
    begin: minus(of(['message']), settled[0] as Volume),
    openedByPing: of(['ping']),
  }
}
