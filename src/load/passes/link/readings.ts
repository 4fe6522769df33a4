import type { InterfaceCounters } from '../../../system/namespace/interface-counters.ts'

/** The device's end of a link at the boundaries of a pass, each read when nothing was under way. */
export interface LinkReadings {
  before: InterfaceCounters
  connected: InterfaceCounters
  /** After each message; once after all where the client drives itself. */
  messages: InterfaceCounters[]
  keptAlive: InterfaceCounters
  closed: InterfaceCounters
}

/** Packets of the whole pass, both ways. */
export const packetsOf = ({ before, closed }: LinkReadings): number =>
  packetsBetween(before, closed).reduce((sum, packets) => sum + packets, 0)

/**
 * Whether messages took the same number of packets, each way. The first is left
 * out, since on a fresh connection TCP acknowledges sooner; so are messages that
 * open their connections themselves, which close as it happens.
 */
export function isEven({ before, connected, messages }: LinkReadings): boolean {
  const [up] = packetsBetween(before, connected)
  if (up === 0) return true
  const later = messages
    .slice(1)
    .map((after, index) => packetsBetween(messages[index] as InterfaceCounters, after).join())
  return new Set(later).size <= 1
}

const packetsBetween = (from: InterfaceCounters, to: InterfaceCounters): [number, number] => [
  to.sent.packets - from.sent.packets,
  to.received.packets - from.received.packets,
]
