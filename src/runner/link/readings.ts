import type { InterfaceCounters } from '../namespace/interface-counters.ts'

/** The device's end of a link at the boundaries of a pass, each read when nothing was under way. */
export interface LinkReadings {
  before: InterfaceCounters
  connected: InterfaceCounters
  /** After each message; once after all where the client drives itself. */
  messages: InterfaceCounters[]
  keptAlive: InterfaceCounters
  closed: InterfaceCounters
}
