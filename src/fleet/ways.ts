import type { FleetFile, Policy } from '../model/fleet/fleet-file.ts'
import { listTransports, type TransportListing } from '../transports/registry.ts'

/** A way of talking: one row of the answer. */
export interface Way {
  /** The base id, or an id that says more. */
  readonly transport: string
  readonly policy: Policy | 'no-connection'
  readonly session: 'none' | 'full' | 'resumed'
  /** Whose set-up and goodbye it has; null: those of its messages’ cell. */
  readonly opener: string | null
  /** Whose messages it sends. */
  readonly speaker: string
  readonly batch: { readonly size: number; readonly as: 'message' | 'messages' } | null
}

/** The ids of this program that open a connection for each message, by their base. */
const SUFFIXES = { full: '-close', resumed: '-resumed', wake: '-wake' } as const
const LISTED: ReadonlyMap<string, TransportListing> = new Map(
  listTransports().map((listing) => [listing.id, listing]),
)
const QOS = /-qos[012]$/

/** The id that sets up its session so for each message; null where there is none. */
export function openerOf(id: string, session: 'full' | 'resumed'): string | null {
  const stems = [id, id.replace(QOS, ''), id.replace(/-alias-qos[012]$/, '')]
  const found = stems.map((stem) => stem + SUFFIXES[session]).find((each) => LISTED.has(each))
  return found ?? null
}

/** What an id that says more is a variant of; the id itself where it says no more. */
export function baseOf(id: string): string {
  const suffix = Object.values(SUFFIXES).find((each) => id.endsWith(each))
  if (suffix === undefined) return id
  const stem = id.slice(0, -suffix.length)
  return LISTED.has(stem) ? stem : `${stem}-qos1`
}

const saysMore = (id: string): boolean =>
  Object.values(SUFFIXES).some((suffix) => id.endsWith(suffix))

/**
 * The rows of a fleet, and the combinations that mean nothing: an id that
 * already says how it connects is a row of `per-message` alone, and what has no
 * connection has one row.
 */
export function waysOf(fleet: FleetFile): { ways: Way[]; leftOut: string[] } {
  const ways: Way[] = []
  const leftOut: string[] = []
  for (const transport of fleet.transports) {
    const before = ways.length
    for (const policy of fleet.connection.policy) {
      // Who waits for commands keeps a connection to hear them on.
      const waits = fleet.schedule.commands !== undefined
      const found = waits && policy !== 'kept' ? null : wayOf(transport, policy, fleet)
      const isThere = ways.some(
        (way) => way.transport === transport && way.policy === found?.policy,
      )
      if (found === null || isThere) leftOut.push(`${transport}, ${policy}`)
      else ways.push(found)
    }
    if (ways.length === before && saysMore(transport)) {
      const only = wayOf(transport, 'per-message', fleet)
      if (only !== null) ways.push(only)
    }
  }
  return { ways, leftOut }
}

export function wayOf(
  transport: string,
  policy: Policy,
  { connection, batch }: Pick<FleetFile, 'connection' | 'batch'>,
): Way | null {
  const traits = LISTED.get(transport)?.traits
  if (traits === undefined) return null
  const isBatch = policy === 'per-batch'
  const gathered = isBatch ? (batch ?? null) : null
  if (saysMore(transport)) {
    if (policy !== 'per-message') return null
    const session = !traits.secure ? 'none' : transport.endsWith('-close') ? 'full' : 'resumed'
    return { transport, policy, session, opener: null, speaker: transport, batch: null }
  }
  if (traits.protocol === 'coap' && !traits.secure) {
    if (isBatch && gathered?.as !== 'message') return null
    return {
      ...{ transport, policy: isBatch ? policy : 'no-connection', session: 'none' },
      ...{ opener: null, speaker: transport, batch: gathered },
    }
  }
  const session = traits.secure ? connection.session : 'none'
  const opener = openerOf(transport, session === 'resumed' ? 'resumed' : 'full')
  // A session that nothing here resumes would be told as if it were.
  if (session === 'resumed' && opener === null) return null
  const isOwn = policy === 'per-message' && opener !== null && sameDelivery(transport, opener)
  return {
    ...{ transport, policy, session, batch: gathered },
    opener: policy === 'kept' && session !== 'resumed' ? null : opener,
    speaker: isOwn ? (opener ?? transport) : transport,
  }
}

/** Whether one message of the two is the same: `mqtt-close` is QoS 1. */
const sameDelivery = (a: string, b: string): boolean =>
  LISTED.get(a)?.traits.completion === LISTED.get(b)?.traits.completion
