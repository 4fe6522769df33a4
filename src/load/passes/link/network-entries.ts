import { InstrumentError } from '../../../model/errors.ts'
import { said } from '../../../model/said/said.ts'
import type { Direction, Phase } from '../../../model/vocabulary.ts'
import { DIRECTIONS, PHASES } from '../../../model/vocabulary.ts'
import { LedgerBook, type LedgerEntry, sumLedger } from '../../../model/wire/ledger.ts'
import type { InterfaceCounters, Traffic } from '../../../system/namespace/interface-counters.ts'
import { apportion } from './apportion.ts'
import type { LinkReadings } from './readings.ts'

/** IEEE 802.3: two addresses and the type; a veth counts them, and no checksum. */
const ETHERNET_HEADER_BYTES = 14
/** IPv4 and UDP without options; IPv4 and TCP with as many options as each can have. */
const LEAST_HEADER_BYTES = 28
const MOST_HEADER_BYTES = 120

/** What crossed between two readings, without Ethernet: the total lengths of the IP packets. */
export function ipTraffic(
  from: InterfaceCounters,
  to: InterfaceCounters,
  direction: Direction,
): Traffic {
  const end = direction === 'up' ? 'sent' : 'received'
  const packets = to[end].packets - from[end].packets
  const bytes = to[end].bytes - from[end].bytes
  return { packets, bytes: bytes - packets * ETHERNET_HEADER_BYTES }
}

/**
 * The `network` layer of a pass: the bytes of its IP packets less those of the
 * stream, phase by phase. What was sent again is in it.
 *
 * Where the messages open the connections themselves, one phase goes over into
 * the next without a pause, and the readings have them together. Then their sum
 * is measured, and the model says which part of it is of which phase.
 *
 * @param wire the ledger of the same number of the same messages, with the
 *   modelled `network` layer
 * @throws InstrumentError `ledger-mismatch` where packets would have headers of an
 *   impossible size: then the readings were not taken between phases
 */
export function networkEntries(
  readings: LinkReadings,
  wire: readonly LedgerEntry[],
): LedgerEntry[] {
  const book = new LedgerBook()
  for (const { phases, from, to } of spansOf(readings, wire)) {
    for (const direction of DIRECTIONS) {
      const traffic = ipTraffic(from, to, direction)
      const network = headersOf(traffic, phases, direction, wire)
      const modelled = phases.map((phase) =>
        sumLedger(wire, { phase, direction, layer: 'network' }),
      )
      const packets = apportion(traffic.packets, modelled)
      apportion(network, modelled).forEach((bytes, at) => {
        const place = { phase: phases[at] as Phase, direction }
        book.addPackets(place, packets[at] ?? 0, bytes)
      })
    }
  }
  return book.entries()
}

/**
 * The link bytes of the message that took the fewest: of messages that open their
 * own connections, where nothing else crosses between two readings. Null where
 * none was read.
 */
export function leastLinkBytes({ before, messages }: LinkReadings): number | null {
  const each = messages.map((after, index) =>
    DIRECTIONS.reduce(
      (sum, direction) => sum + ipTraffic(messages[index - 1] ?? before, after, direction).bytes,
      0,
    ),
  )
  return each.length === 0 ? null : Math.min(...each)
}

/** Phases between two readings. */
interface Span {
  phases: readonly Phase[]
  from: InterfaceCounters
  to: InterfaceCounters
}

function spansOf(readings: LinkReadings, wire: readonly LedgerEntry[]): Span[] {
  const { before, connected, keptAlive, closed } = readings
  const opensLater =
    ipTraffic(before, connected, 'up').packets === 0 &&
    sumLedger(wire, { phase: 'setup', layer: 'network' }) > 0
  if (opensLater) return [{ phases: PHASES, from: before, to: closed }]
  const last = readings.messages.at(-1) ?? connected
  return [
    { phases: ['setup'], from: before, to: connected },
    { phases: ['steady'], from: connected, to: last },
    { phases: ['idle'], from: last, to: keptAlive },
    { phases: ['close'], from: keptAlive, to: closed },
  ]
}

function headersOf(
  { bytes, packets }: Traffic,
  phases: readonly Phase[],
  direction: Direction,
  wire: readonly LedgerEntry[],
): number {
  const stream = phases.reduce((sum, phase) => sum + sumLedger(wire, { phase, direction }), 0)
  const headers = bytes - stream
  if (headers >= packets * LEAST_HEADER_BYTES && headers <= packets * MOST_HEADER_BYTES) {
    return headers
  }
  throw new InstrumentError(
    'ledger-mismatch',
    said('strangeHeaders', { packets, direction, phases: phases.join(', '), bytes, stream }),
  )
}
