import type { Socket } from 'node:net'
import { saidOf } from '../../../model/errors.ts'
import { type Said, said } from '../../../model/said/said.ts'
import type { Qos } from '../../../transports/mqtt/broker-limits.ts'
import { describeReason } from '../../../transports/words/mqtt-answers.ts'
import type { ConnectionShare } from '../load-connection.ts'
import { SocketConnection } from '../socket-connection.ts'
import type { Turn } from '../turn.ts'
import { AWAITS, FlightWindow } from './flight-window.ts'
import { PACKET, PacketScanner, type PacketSink } from './packet-scanner.ts'
import type { PublishFrames } from './publish-frames.ts'

/** §3.12: no variable header, no payload. */
const PINGREQ = Uint8Array.of(0xc0, 0)
/** §3.14, in both versions: without a reason code it is a normal one. */
const DISCONNECT = Uint8Array.of(0xe0, 0)
/** §3.6.1: PUBREL carries the reserved flags 0010. */
const PUBREL_HEAD = 0x62
const PUBREL_BYTES = 4
/** MQTT 5.0 §2.4: from here on a reason code says no. */
const FIRST_REFUSAL = 0x80

/** What a message of each QoS waits for first. */
const FIRST_AWAITED = [AWAITS.flush, AWAITS.puback, AWAITS.pubrec] as const

/** Of connections that never have any: one for all. */
const NO_RELEASES = new Uint16Array(0)

/** What the load asks for on a connection, as far as its broker grants it. */
export interface ConnectionTerms {
  /** Messages in flight at once, at most. */
  readonly window: number
  readonly keepAliveS: number
}

/** What a connection sends, and whom it tells. */
export interface Publishing {
  readonly frames: PublishFrames
  readonly turn: Turn
  /** Of its topic, where it has one of its own. */
  readonly topicNumber: number | null
  readonly qos: Qos
  readonly share: ConnectionShare
}

/**
 * One connection under load, from its CONNACK on. It keeps no closure and no
 * object for a message: those in flight are rows of its window, and what comes
 * back is scanned where the kernel put it.
 */
export class PublishConnection extends SocketConnection implements PacketSink {
  readonly keepAliveS: number
  protected readonly farewell = DISCONNECT
  protected readonly says = 'fault'
  protected readonly awaited = 'unknown'
  readonly #window: FlightWindow
  /** Since the last look of the keep-alive. */
  #hasSent = false
  readonly #publishing: Publishing
  readonly #qos: Qos
  readonly #scanner: PacketScanner
  /** Packet ids of the messages that are to be written next, and those to be released with PUBREL. */
  #batch: Uint16Array
  #batchCount = 0
  #releases: Uint16Array
  #releaseCount = 0
  /** When what completes was seen to. */
  #readNs = 0

  constructor(socket: Socket, terms: ConnectionTerms, publishing: Publishing) {
    super(socket, 'brokerClosed', publishing.share)
    const { qos } = publishing
    const { window, keepAliveS } = terms
    this.keepAliveS = keepAliveS
    this.#window = new FlightWindow(window)
    this.#publishing = publishing
    this.#qos = qos
    this.#scanner = new PacketScanner(this)
    this.#batch = new Uint16Array(Math.min(window, 16))
    this.#releases = qos === 2 ? new Uint16Array(Math.min(window, 16)) : NO_RELEASES
  }

  protected get freeInWindow(): number {
    return this.#window.room
  }

  get windowSize(): number {
    return this.#window.size
  }

  get unacknowledged(): number {
    return this.#window.inFlight
  }

  /** Puts one message into the next batch; only while there is room. `flush` sends it. */
  enqueue(dueNs: number, sentNs: number): void {
    const id = this.#window.take(dueNs, sentNs, FIRST_AWAITED[this.#qos])
    if (this.#batchCount === this.#batch.length) this.#batch = grown(this.#batch, this.#window.size)
    this.#batch[this.#batchCount] = id
    this.#batchCount += 1
  }

  /** One write for everything that has gathered. */
  flush(): void {
    const { tally } = this.share
    const messages = this.#batchCount
    if (this.lost || messages + this.#releaseCount === 0) return
    const { frames, turn, topicNumber } = this.#publishing
    const first = turn.take(messages)
    const size = frames.sizeOf(first, messages)
    // A buffer of its own: the kernel may take it later, and a pool would pin it.
    const bytes = Buffer.allocUnsafe(this.#releaseCount * PUBREL_BYTES + size)
    const at = this.#writeReleases(bytes)
    frames.write(bytes, at, { first, topicNumber }, this.#batch, messages)
    this.#batchCount = 0
    tally.sent += messages
    this.#hasSent = true
    if (this.#qos === 0) {
      const ids = this.#batch.slice(0, messages)
      this.write(bytes, () => this.#flushed(ids))
      return
    }
    this.write(bytes)
  }

  /** [MQTT-3.1.2-23]: not longer than the keep-alive without a packet. */
  keepAlive(): void {
    if (!this.#hasSent && !this.lost) this.write(PINGREQ)
    this.#hasSent = false
  }

  /** @throws nothing: bytes that are no MQTT end the connection, which is counted */
  feed(bytes: Uint8Array, length: number): void {
    // One look at the clock for all that came together: it is here now.
    this.#readNs = this.share.now()
    try {
      this.#scanner.feed(bytes, length)
    } catch (error) {
      this.drop(saidOf(error))
      return
    }
    this.share.onRoom(this, 'now')
    // With QoS 2 those that found no batch of new messages to go with.
    if (this.#releaseCount > 0) this.flush()
  }

  packet(type: number, id: number, reason: number): void {
    // What was in flight has been counted as unacknowledged, whatever else is in the chunk.
    if (this.lost) return
    const awaited = this.#window.awaitedBy(id)
    if (type === PACKET.puback && awaited === AWAITS.puback) this.#complete(id, reason)
    else if (type === PACKET.pubcomp && awaited === AWAITS.pubcomp) this.#complete(id, reason)
    else if (type === PACKET.pubrec && awaited === AWAITS.pubrec) {
      // MQTT 5.0 §4.3.3: a PUBREC that says no ends the exchange.
      if (reason >= FIRST_REFUSAL) this.#complete(id, reason)
      else this.#release(id)
    } else if (type === PACKET.disconnect) {
      this.drop(said('brokerDisconnects', { why: describeReason(reason) }))
    } else if (type !== PACKET.pingresp) {
      this.drop(said('strangePacket', { packet: nameOf(type) }))
    }
  }

  #complete(id: number, reason: number): void {
    const { tally, observer } = this.share
    const completedNs = this.#readNs
    const dueNs = this.#window.dueNs(id)
    const sentNs = this.#window.sentNs(id)
    this.#window.release(id)
    this.hasCompleted = true
    tally.completed += 1
    if (reason >= FIRST_REFUSAL) tally.refused += 1
    tally.lastCompletionNs = completedNs
    observer.completed(completedNs - dueNs, sentNs - dueNs)
  }

  #release(id: number): void {
    this.#window.advance(id, AWAITS.pubcomp)
    if (this.#releaseCount === this.#releases.length) {
      this.#releases = grown(this.#releases, this.#window.size)
    }
    this.#releases[this.#releaseCount] = id
    this.#releaseCount += 1
  }

  #writeReleases(bytes: Buffer): number {
    let at = 0
    for (let index = 0; index < this.#releaseCount; index += 1) {
      const id = this.#releases[index] as number
      bytes[at] = PUBREL_HEAD
      bytes[at + 1] = 2
      bytes[at + 2] = id >> 8
      bytes[at + 3] = id & 0xff
      at += PUBREL_BYTES
    }
    this.#releaseCount = 0
    return at
  }

  /** QoS 0 completes when its bytes are the kernel's: nobody answers it. */
  #flushed(ids: Uint16Array): void {
    if (this.lost) return
    this.#readNs = this.share.now()
    for (const id of ids) this.#complete(id, 0)
    this.share.onRoom(this, 'next turn')
  }
}

function grown(ids: Uint16Array, most: number): Uint16Array {
  const larger = new Uint16Array(Math.min(most, ids.length * 2))
  larger.set(ids)
  return larger
}

const NAMES = new Map<number, string>(
  Object.entries(PACKET).map(([name, type]) => [type, name.toUpperCase()]),
)
const nameOf = (type: number): Said => NAMES.get(type) ?? said('packetOfType', { type })
