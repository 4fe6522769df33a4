import type { Direction } from '../../../model/vocabulary.ts'
import type { ConnectionMemory } from '../../../model/wire/frame.ts'
import type { Rules } from '../parsing/rules.ts'
import type { PacketName } from './mqtt311-packets.ts'

const ACKNOWLEDGEMENTS = ['PUBACK', 'PUBREC', 'PUBREL', 'PUBCOMP', 'SUBACK', 'UNSUBACK'] as const
type Acknowledgement = (typeof ACKNOWLEDGEMENTS)[number]
/** Those of a PUBLISH. */
export type PublishAcknowledgement = Exclude<Acknowledgement, 'SUBACK' | 'UNSUBACK'>

/** One number for both: there is one for each PUBLISH, and texts would have to be made. */
const keyOf = (name: Acknowledgement, identifier: number): number =>
  identifier * ACKNOWLEDGEMENTS.length + ACKNOWLEDGEMENTS.indexOf(name)

const otherSide = (direction: Direction): Direction => (direction === 'up' ? 'down' : 'up')

/** What a session is told of where it stands. */
export interface SessionContext {
  readonly rules: Readonly<Record<Direction, Rules>>
  /** What the connections before this one left behind; null where nobody keeps it. */
  readonly memory: ConnectionMemory | null
  readonly start: 'fresh' | 'joined'
}

/** How a version calls itself in CONNECT. */
export interface Dialect {
  readonly protocolName: string
  readonly level: number
}

/** What a PUBLISH above QoS 0 is: a DUP may be the only copy that crossed here. */
export type Copy = 'new' | 'again' | 'first copy unseen'

/**
 * What both directions of one connection must know of each other: who may speak
 * now, and which Packet Identifiers wait for which acknowledgement.
 */
export class MqttSession {
  readonly dialect: Dialect
  readonly #rules: Readonly<Record<Direction, Rules>>
  readonly #memory: ConnectionMemory | null
  /** Packets are not known that it should know: what follows from them is no breach. */
  #isPartial: boolean
  #connected = false
  #cleanSession = true
  #answer: 'none' | 'accepted' | 'refused' = 'none'
  #disconnected = false
  #pings = 0
  /** By the sender of the message: acknowledgement and identifier, as a key → how often it is due. */
  readonly #due: Record<Direction, Map<number, number>> = { up: new Map(), down: new Map() }
  /** Messages that the session has not seen through, across the connections of a kept one. */
  #inFlight: Set<string> = new Set()
  /** Redeliveries whose first copy, if it crossed, did on another connection. */
  #notOurs = new Set<string>()
  /** Identifiers of messages that crossed on this connection, and were not seen through. */
  readonly #unanswered: Record<Direction, Set<number>> = { up: new Set(), down: new Set() }
  /** Topic filters of each SUBSCRIBE that waits for its SUBACK. */
  readonly #filters = new Map<number, number>()

  constructor(dialect: Dialect, { rules, memory, start }: SessionContext) {
    this.dialect = dialect
    this.#rules = rules
    this.#memory = memory
    this.#isPartial = start === 'joined'
  }

  /** Packets that crossed were not read. */
  lose(): void {
    this.#isPartial = true
  }

  /** @throws MalformedBytes where this packet may not come now, and the rules are strict */
  admit(name: PacketName, direction: Direction): void {
    if (direction === 'up') this.#admitFromClient(name)
    else this.#admitFromServer(name)
  }

  #admitFromClient(name: PacketName): void {
    if (this.#disconnected) {
      this.#rules.up.breach(
        `${name} comes after DISCONNECT [MQTT-3.14.4-2]`,
        'packets come after DISCONNECT [MQTT-3.14.4-2]',
      )
    }
    if (this.#connected && name === 'CONNECT') {
      this.#rules.up.breach('a second CONNECT on one connection [MQTT-3.1.0-2]')
    }
    if (!this.#connected && name !== 'CONNECT' && !this.#isPartial) {
      this.#rules.up.breach(`the first packet is ${name}, not CONNECT [MQTT-3.1.0-1]`)
      // What follows from it is no breach of its own.
      this.#isPartial = true
    }
  }

  #admitFromServer(name: PacketName): void {
    if (this.#answer === 'refused') {
      this.#rules.down.breach(
        `${name} comes after the connection was refused [MQTT-3.2.2-5]`,
        'packets come after the connection was refused [MQTT-3.2.2-5]',
      )
    }
    if (this.#isPartial) return
    if (!this.#connected) {
      this.#rules.down.breach(`${name} comes before a CONNECT (MQTT 3.1.1 §3.2)`)
      this.#isPartial = true
    } else if (this.#answer === 'none' && name !== 'CONNACK') {
      this.#rules.down.breach(`the first answer is ${name}, not CONNACK [MQTT-3.2.0-1]`)
      this.#answer = 'accepted'
    } else if (this.#answer === 'accepted' && name === 'CONNACK') {
      this.#rules.down.breach('a second CONNACK on one connection (MQTT 3.1.1 §3.2)')
    }
  }

  connect(clientId: string, cleanSession: boolean): void {
    this.#connected = true
    this.#cleanSession = cleanSession
    if (clientId === '') return
    this.#inFlight = this.#memory?.recall(`MQTT ${clientId}`, !cleanSession) ?? new Set()
    // Of redeliveries before this connection, it cannot have the first copy.
    this.#notOurs = new Set([...this.#inFlight].filter((key) => key.startsWith(UNSEEN)))
  }

  answerConnect(sessionPresent: boolean, returnCode: number): void {
    if (sessionPresent && returnCode !== 0) {
      this.#rules.down.breach('Session Present is set on a refusal [MQTT-3.2.2-4]')
    }
    if (sessionPresent && this.#cleanSession && this.#connected) {
      this.#rules.down.breach('Session Present is set on a clean session [MQTT-3.2.2-1]')
    }
    this.#answer = returnCode === 0 ? 'accepted' : 'refused'
  }

  disconnect(): void {
    this.#disconnected = true
  }

  ping(): void {
    this.#pings += 1
  }

  answerPing(): void {
    if (this.#pings > 0) this.#pings -= 1
    else if (!this.#isPartial) {
      this.#rules.down.breach('PINGRESP comes, but no PINGREQ is outstanding (MQTT 3.1.1 §3.13)')
    }
  }

  publish(sender: Direction, qos: number, identifier: number, duplicate: boolean): Copy {
    // A re-sent PUBLISH keeps its identifier [MQTT-2.3.1-3], and each copy is acknowledged.
    if (!duplicate) this.#refuseIdentifierInUse(sender, identifier)
    this.#expect(sender, qos === 1 ? 'PUBACK' : 'PUBREC', identifier)
    const key = `${sender} ${identifier}`
    this.#unanswered[sender].add(identifier)
    const isKnown = this.#inFlight.has(key)
    if (this.#inFlight.size < MAX_IN_FLIGHT) this.#inFlight.add(key)
    const unseen = UNSEEN + key
    if (duplicate) {
      if (isKnown) return 'again'
      this.#notOurs.add(unseen)
      if (this.#inFlight.size < MAX_IN_FLIGHT) this.#inFlight.add(unseen)
      return 'first copy unseen'
    }
    // Without DUP it says that it is the first (§3.3.1.1). Its redelivery on the next connection may have been read before it.
    const isLate = !this.#notOurs.has(unseen) && this.#inFlight.delete(unseen)
    return isLate ? 'again' : 'new'
  }

  subscribe(identifier: number, filters: number): void {
    this.#refuseIdentifierInUse('up', identifier)
    this.#filters.set(identifier, filters)
    this.#expect('up', 'SUBACK', identifier)
  }

  unsubscribe(identifier: number): void {
    this.#refuseIdentifierInUse('up', identifier)
    this.#expect('up', 'UNSUBACK', identifier)
  }

  answerSubscribe(identifier: number, returnCodes: number): void {
    this.#settle('down', 'up', 'SUBACK', identifier)
    const filters = this.#filters.get(identifier)
    this.#filters.delete(identifier)
    if (filters === returnCodes || (filters === undefined && this.#isPartial)) return
    this.#rules.down.breach(
      `SUBACK has ${returnCodes} return codes for ${filters} topic filters [MQTT-3.8.4-5]`,
      'SUBACK has not as many return codes as there were topic filters [MQTT-3.8.4-5]',
    )
  }

  answerUnsubscribe(identifier: number): void {
    this.#settle('down', 'up', 'UNSUBACK', identifier)
  }

  /** @param direction of the acknowledgement itself */
  acknowledge(
    name: PublishAcknowledgement,
    direction: Direction,
    identifier: number,
    /** MQTT 5 §4.3.3: a PUBREC that refuses is not followed by a PUBREL. */
    verdict: 'accepted' | 'refused' = 'accepted',
  ): void {
    // PUBREL comes from the publisher, the others from its opposite.
    const publisher = name === 'PUBREL' ? direction : otherSide(direction)
    // A resumed session re-sends its PUBREL on a connection that never saw the PUBLISH [MQTT-4.4.0-1].
    const resumed =
      name === 'PUBREL' && !this.#cleanSession && !this.#isDue(publisher, name, identifier)
    const isDue = resumed || this.#settle(direction, publisher, name, identifier)
    const isOver = name === 'PUBACK' || name === 'PUBCOMP' || verdict === 'refused'
    if (isOver) {
      this.#inFlight.delete(`${publisher} ${identifier}`)
      this.#unanswered[publisher].delete(identifier)
    }
    if (!isDue) return
    if (name === 'PUBREC' && verdict === 'accepted') this.#expect(publisher, 'PUBREL', identifier)
    if (name === 'PUBREL') this.#expect(publisher, 'PUBCOMP', identifier)
  }

  /** Messages that were not acknowledged, by their sender. */
  unanswered(sender: Direction): number {
    return this.#unanswered[sender].size
  }

  #isDue(sender: Direction, name: Acknowledgement, identifier: number): boolean {
    return this.#due[sender].has(keyOf(name, identifier))
  }

  #expect(sender: Direction, name: Acknowledgement, identifier: number): void {
    const key = keyOf(name, identifier)
    this.#due[sender].set(key, (this.#due[sender].get(key) ?? 0) + 1)
  }

  /** @returns whether it was due, or may have been */
  #settle(by: Direction, sender: Direction, name: Acknowledgement, identifier: number): boolean {
    const key = keyOf(name, identifier)
    const times = this.#due[sender].get(key)
    if (times === undefined) {
      if (this.#isPartial) return true
      this.#rules[by].breach(
        `${name} for Packet Identifier ${identifier}, which does not wait for one (MQTT 3.1.1 §2.3.1)`,
        `${name} for a Packet Identifier that does not wait for one (MQTT 3.1.1 §2.3.1)`,
      )
      return false
    }
    if (times === 1) this.#due[sender].delete(key)
    else this.#due[sender].set(key, times - 1)
    return true
  }

  #refuseIdentifierInUse(sender: Direction, identifier: number): void {
    if (this.#isPartial || this.#due[sender].size === 0) return
    if (!ACKNOWLEDGEMENTS.some((name) => this.#isDue(sender, name, identifier))) return
    this.#rules[sender].breach(
      `Packet Identifier ${identifier} is still in use [MQTT-2.3.1-2]`,
      'a Packet Identifier is used again before it was free [MQTT-2.3.1-2]',
    )
  }
}

/** Before the key of a redelivery whose first copy was not read before it. */
const UNSEEN = 'unseen '

/** As many as one client may have under way without being told to wait (MQTT 5.0 §3.1.2.11.3). */
const MAX_IN_FLIGHT = 65_535
