import type { MeteredTraffic, MeterFigures } from '../../model/report/tap/meter-figures.ts'
import { DIRECTIONS } from '../../model/vocabulary.ts'
import { type ByteTotals, LedgerBook } from '../../model/wire/ledger.ts'
import type { FrameListener } from '../../wire/detection/detected-connection.ts'
import type { ConnectionTap } from '../../wire/relay/tcp-relay.ts'
import type { TappedConnection } from '../tapped-connection.ts'
import { ConnectionMeter, OTHERS, type TrafficLabel } from './connection-meter.ts'
import { type HeldFrames, HeldUnits } from './held-units.ts'
import { Tallies } from './tallies.ts'
import { TopicLabels } from './topic-labels.ts'

/** What is to be told while a tap runs. */
export interface MeterOptions {
  /** Topics and paths to tell apart, as in a subscription to MQTT. */
  topics: readonly string[]
  /** Whether reports are cut into periods, for which it must be certain what is settled. */
  periods: boolean
  /** What each unit is held against; null nothing. */
  held: HeldFrames | null
}

/** All connections of the same label. */
class LabelledTraffic {
  readonly #label: TrafficLabel
  readonly book = new LedgerBook()
  readonly tallies = new Tallies()

  constructor(label: TrafficLabel) {
    this.#label = label
  }

  addAll(other: LabelledTraffic): this {
    this.book.addBook(other.book)
    this.tallies.addAll(other.tallies)
    return this
  }

  add(connection: TappedConnection, meter: ConnectionMeter): void {
    if (this.#label.protocol !== OTHERS) this.book.addBook(connection.account.book)
    meter.addTo(this.tallies, connection)
  }

  copy(): LabelledTraffic {
    return new LabelledTraffic(this.#label).addAll(this)
  }

  describe(): MeteredTraffic {
    return { ...this.#label, ledger: this.book.entries(), ...this.tallies.describe() }
  }
}

/** What its connection is to tell. */
interface MeteredConnection {
  begin(connection: TappedConnection): void
  onChunk: ConnectionTap['bytes']
  onFrame: FrameListener
}

type Totals = Map<string, LabelledTraffic>

/** Everything that a tap tells while it runs: it grows with open connections, and with nothing else. */
export class TapMeter {
  readonly #topics: TopicLabels
  readonly #held: HeldUnits | null
  readonly #open = new Map<TappedConnection, ConnectionMeter>()
  readonly #ended: Totals = new Map()
  readonly #isWanted: (connection: TappedConnection) => boolean

  constructor({ topics, held }: MeterOptions, isWanted: (connection: TappedConnection) => boolean) {
    this.#topics = new TopicLabels(topics)
    this.#held = held && new HeldUnits(held)
    this.#isWanted = isWanted
  }

  /** @param onFrame is told each frame too */
  openConnection(onFrame?: FrameListener): MeteredConnection {
    const meter = new ConnectionMeter()
    let its: TappedConnection | null = null
    return {
      begin: (connection) => {
        its = connection
        this.#open.set(connection, meter)
      },
      onChunk: (direction, chunk) => meter.heard(direction, chunk, its?.account.speech ?? null),
      onFrame: (frame, speech, subject) => {
        meter.frame(frame, subject)
        const { direction, lengthBytes } = frame
        const topic = subject && this.#topics.add(direction, subject, lengthBytes)
        this.#held?.add(frame, speech, topic)
        onFrame?.(frame, speech, subject)
      },
    }
  }

  /** @returns under what it was added up */
  close(connection: TappedConnection): TrafficLabel | null {
    const meter = this.#open.get(connection)
    this.#open.delete(connection)
    if (meter === undefined) return null
    meter.end()
    this.#add(this.#ended, connection, meter)
    return meter.label(connection, this.#isWanted)
  }

  /** What is certain of an open connection; null where it is not what it speaks. */
  settled(connection: TappedConnection): { protocol: string; told: ByteTotals } | null {
    const meter = this.#open.get(connection)
    const label = meter?.label(connection, this.#isWanted)
    if (meter === undefined || !label) return null
    const told = {
      up: meter.toldBytes(connection, 'up'),
      down: meter.toldBytes(connection, 'down'),
    }
    return { protocol: label.protocol, told }
  }

  figures(): MeterFigures {
    const totals: Totals = new Map([...this.#ended].map(([key, sum]) => [key, sum.copy()]))
    const pending = { up: 0, down: 0 }
    for (const [connection, meter] of this.#open) {
      const isTold = this.#add(totals, connection, meter)
      for (const direction of DIRECTIONS) {
        const told = isTold ? meter.toldBytes(connection, direction) : 0
        pending[direction] += connection.wireBytes[direction] - told
      }
    }
    return {
      traffic: Array.from(totals.values(), (each) => each.describe()),
      pending,
      topics: this.#topics.list(),
      changes: this.#held?.list() ?? [],
    }
  }

  /** @returns false where it is not certain yet what it is added up under */
  #add(totals: Totals, connection: TappedConnection, meter: ConnectionMeter): boolean {
    const label = meter.label(connection, this.#isWanted)
    if (label === null) return false
    const key = `${label.protocol} ${label.tls}`
    let its = totals.get(key)
    if (its === undefined) {
      its = new LabelledTraffic(label)
      totals.set(key, its)
    }
    its.add(connection, meter)
    return true
  }
}
