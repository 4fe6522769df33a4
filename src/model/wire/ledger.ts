import type { Basis, Direction, Layer, Phase } from '../vocabulary.ts'
import { BASES, DIRECTIONS, LAYERS, PHASES } from '../vocabulary.ts'
import type { Frame } from './frame.ts'

/** Bytes of one phase × direction × layer. */
export interface LedgerEntry {
  phase: Phase
  direction: Direction
  layer: Layer
  bytes: number
  basis: Basis
  /** How many messages these bytes are of, where they are of others than the rest of the ledger. */
  messages?: number | undefined
  /** Of the network layer: the IP packets that the phase took in this direction, by the same basis. */
  packets?: number | undefined
}

export interface ByteTotals {
  up: number
  down: number
}

/** What to add up; a key left out means all of it. */
export interface LedgerFilter {
  phase?: Phase
  direction?: Direction
  layer?: Layer
  basis?: Basis
}

/** Sum in bytes of the entries that match. `network` bytes are excluded unless asked for: wire bytes are the byte stream. */
export function sumLedger(ledger: readonly LedgerEntry[], filter: LedgerFilter = {}): number {
  let total = 0
  for (const entry of ledger) {
    if (filter.layer === undefined ? entry.layer === 'network' : entry.layer !== filter.layer)
      continue
    if (filter.phase !== undefined && entry.phase !== filter.phase) continue
    if (filter.direction !== undefined && entry.direction !== filter.direction) continue
    if (filter.basis !== undefined && entry.basis !== filter.basis) continue
    total += entry.bytes
  }
  return total
}

/**
 * Where the network bytes of a ledger come from, and with them its link bytes:
 * `measured` where all of them were. Null where there are none: then nothing is
 * known of the link.
 */
export function linkBasisOf(ledger: readonly LedgerEntry[]): Basis | null {
  const network = ledger.filter(({ layer }) => layer === 'network')
  if (network.length === 0) return null
  return network.every(({ basis }) => basis === 'measured') ? 'measured' : 'modelled'
}

const PHASE_AT: Readonly<Record<Phase, number>> = { setup: 0, steady: 1, idle: 2, close: 3 }
const LAYER_AT: Readonly<Record<Layer, number>> = {
  payload: 0,
  framing: 1,
  acknowledgement: 2,
  control: 3,
  security: 4,
  network: 5,
}
const CELLS = PHASES.length * DIRECTIONS.length * LAYERS.length * BASES.length

/** Where an entry stands: in the order of the words. */
const cellOf = (phase: Phase, direction: Direction, layer: Layer, basis: Basis): number =>
  ((PHASE_AT[phase] * DIRECTIONS.length + (direction === 'up' ? 0 : 1)) * LAYERS.length +
    LAYER_AT[layer]) *
    BASES.length +
  (basis === 'measured' ? 0 : 1)

/**
 * The `network` bytes of one message in the steady phase: measured on a link
 * they are of fewer messages than the rest.
 * @param messages of the rest of the ledger
 */
export function networkPerMessage(ledger: readonly LedgerEntry[], messages: number): number {
  return ledger
    .filter(({ phase, layer }) => phase === 'steady' && layer === 'network')
    .reduce((sum, entry) => sum + entry.bytes / (entry.messages ?? messages), 0)
}

/**
 * The `network` bytes of one message with its share of opening and closing its
 * connection; idle excluded.
 * @param isOwn each message opens a connection: then a link pass of fewer
 *   messages opened fewer; a kept connection is opened once, however many there are
 */
export function networkWithConnection(
  ledger: readonly LedgerEntry[],
  messages: number,
  isOwn: boolean,
): number {
  return ledger
    .filter(({ phase, layer }) => layer === 'network' && (phase === 'setup' || phase === 'close'))
    .reduce(
      (sum, entry) => sum + entry.bytes / (isOwn ? (entry.messages ?? messages) : messages),
      networkPerMessage(ledger, messages),
    )
}

/** The `network` bytes of one message with opening and closing a connection for it alone, where the pass kept one. */
export const networkOfOne = (ledger: readonly LedgerEntry[], messages: number): number =>
  networkPerMessage(ledger, messages) +
  sumLedger(ledger, { phase: 'setup', layer: 'network' }) +
  sumLedger(ledger, { phase: 'close', layer: 'network' })

/** The same ledger with these `network` entries in place of its own. */
export const withNetwork = (
  ledger: readonly LedgerEntry[],
  network: readonly LedgerEntry[],
): LedgerEntry[] => mergeLedgers([ledger.filter(({ layer }) => layer !== 'network'), network])

/**
 * Adds frames up, part by part, and gives the entries in the order of the words.
 * Its size is fixed and adding makes no garbage: a tap adds every frame of
 * thousands of connections.
 */
export class LedgerBook {
  readonly #bytes = new Float64Array(CELLS)
  readonly #packets = new Float64Array(CELLS)

  add(frame: Frame): void {
    const from = cellOf(frame.phase, frame.direction, 'payload', 'measured')
    for (const { layer, lengthBytes } of frame.parts) {
      const cell = from + LAYER_AT[layer] * BASES.length
      this.#bytes[cell] = (this.#bytes[cell] as number) + lengthBytes
    }
  }

  /** Bytes of a layer in one place: of a frame's part, or of no frame, such as the headers of packets. */
  addBytes(
    { phase, direction }: Pick<Frame, 'phase' | 'direction'>,
    layer: Layer,
    bytes: number,
    basis: Basis = 'measured',
  ): void {
    const cell = cellOf(phase, direction, layer, basis)
    this.#bytes[cell] = (this.#bytes[cell] as number) + bytes
  }

  /** The headers of so many packets, in bytes. */
  addPackets(
    place: Pick<Frame, 'phase' | 'direction'>,
    packets: number,
    headerBytes: number,
    basis: Basis = 'measured',
  ): void {
    this.addBytes(place, 'network', headerBytes, basis)
    const cell = cellOf(place.phase, place.direction, 'network', basis)
    this.#packets[cell] = (this.#packets[cell] as number) + packets
  }

  /** Everything that another one has. */
  addBook(other: LedgerBook): void {
    for (let cell = 0; cell < CELLS; cell += 1) {
      this.#bytes[cell] = (this.#bytes[cell] as number) + (other.#bytes[cell] as number)
      this.#packets[cell] = (this.#packets[cell] as number) + (other.#packets[cell] as number)
    }
  }

  /** The byte stream of a direction, without what `network` has: what `sumLedger` has of its entries. */
  wireBytes(direction: Direction): number {
    let total = 0
    for (const phase of PHASES) {
      const from = cellOf(phase, direction, 'payload', 'measured')
      const until = cellOf(phase, direction, 'network', 'measured')
      for (let cell = from; cell < until; cell += 1) total += this.#bytes[cell] as number
    }
    return total
  }

  entries(): LedgerEntry[] {
    const entries: LedgerEntry[] = []
    for (const phase of PHASES) {
      for (const direction of DIRECTIONS) {
        for (const layer of LAYERS) {
          for (const basis of BASES) {
            const cell = cellOf(phase, direction, layer, basis)
            const bytes = this.#bytes[cell]
            const packets = this.#packets[cell]
            if (!bytes) continue
            entries.push({ phase, direction, layer, bytes, basis, ...(packets && { packets }) })
          }
        }
      }
    }
    return entries
  }
}

/** One ledger of several links: what is of one phase, direction, layer and basis is added up. */
export function mergeLedgers(ledgers: readonly (readonly LedgerEntry[])[]): LedgerEntry[] {
  const sums = new Map<string, LedgerEntry>()
  for (const entry of ledgers.flat()) {
    const key = keyOf(entry)
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, { ...entry })
    else {
      sum.bytes += entry.bytes
      if (entry.packets !== undefined) sum.packets = (sum.packets ?? 0) + entry.packets
    }
  }
  return [...sums.values()].toSorted((a, b) => placeOf(a) - placeOf(b))
}

const keyOf = ({ phase, direction, layer, basis, messages }: LedgerEntry): string =>
  `${phase} ${direction} ${layer} ${basis} ${messages ?? ''}`

const placeOf = ({ phase, direction, layer, basis }: LedgerEntry): number =>
  cellOf(phase, direction, layer, basis)
