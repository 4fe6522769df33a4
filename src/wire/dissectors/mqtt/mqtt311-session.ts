import type { Direction } from '../../../model/vocabulary.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import type { PacketName } from './mqtt311-packets.ts'

type Acknowledgement = 'PUBACK' | 'PUBREC' | 'PUBREL' | 'PUBCOMP' | 'SUBACK' | 'UNSUBACK'

const ACKNOWLEDGEMENTS: readonly Acknowledgement[] = [
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBACK',
  'UNSUBACK',
]

export const otherSide = (direction: Direction): Direction => (direction === 'up' ? 'down' : 'up')

/**
 * What both directions of one connection must know of each other: who may speak
 * now, and which Packet Identifiers wait for which acknowledgement.
 */
export class MqttSession {
  #connected = false
  #cleanSession = true
  #answer: 'none' | 'accepted' | 'refused' = 'none'
  #disconnected = false
  #pings = 0
  /** By the sender of the message: acknowledgement and identifier → how often it is due. */
  readonly #due: Record<Direction, Map<string, number>> = { up: new Map(), down: new Map() }
  /** Topic filters of each SUBSCRIBE that waits for its SUBACK. */
  readonly #filters = new Map<number, number>()

  /** @throws MalformedBytes where this packet may not come now */
  admit(name: PacketName, direction: Direction): void {
    if (direction === 'up') this.#admitFromClient(name)
    else this.#admitFromServer(name)
  }

  #admitFromClient(name: PacketName): void {
    if (this.#disconnected) {
      throw new MalformedBytes(`${name} comes after DISCONNECT [MQTT-3.14.4-2]`)
    }
    if (this.#connected && name === 'CONNECT') {
      throw new MalformedBytes('a second CONNECT on one connection [MQTT-3.1.0-2]')
    }
    if (!this.#connected && name !== 'CONNECT') {
      throw new MalformedBytes(`the first packet is ${name}, not CONNECT [MQTT-3.1.0-1]`)
    }
  }

  #admitFromServer(name: PacketName): void {
    if (!this.#connected) {
      throw new MalformedBytes(`${name} comes before a CONNECT (MQTT 3.1.1 §3.2)`)
    }
    if (this.#answer === 'refused') {
      throw new MalformedBytes(`${name} comes after the connection was refused [MQTT-3.2.2-5]`)
    }
    if (this.#answer === 'none' && name !== 'CONNACK') {
      throw new MalformedBytes(`the first answer is ${name}, not CONNACK [MQTT-3.2.0-1]`)
    }
    if (this.#answer === 'accepted' && name === 'CONNACK') {
      throw new MalformedBytes('a second CONNACK on one connection (MQTT 3.1.1 §3.2)')
    }
  }

  connect(cleanSession: boolean): void {
    this.#connected = true
    this.#cleanSession = cleanSession
  }

  answerConnect(sessionPresent: boolean, returnCode: number): void {
    if (sessionPresent && returnCode !== 0) {
      throw new MalformedBytes('Session Present is set on a refusal [MQTT-3.2.2-4]')
    }
    if (sessionPresent && this.#cleanSession) {
      throw new MalformedBytes('Session Present is set on a clean session [MQTT-3.2.2-1]')
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
    if (this.#pings === 0) {
      throw new MalformedBytes('PINGRESP comes, but no PINGREQ is outstanding (MQTT 3.1.1 §3.13)')
    }
    this.#pings -= 1
  }

  publish(sender: Direction, qos: number, identifier: number, duplicate: boolean): void {
    // A re-sent PUBLISH keeps its identifier [MQTT-2.3.1-3], and each copy is acknowledged.
    if (!duplicate) this.#refuseIdentifierInUse(sender, identifier)
    this.#expect(sender, qos === 1 ? 'PUBACK' : 'PUBREC', identifier)
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
    this.#settle('up', 'SUBACK', identifier)
    const filters = this.#filters.get(identifier)
    this.#filters.delete(identifier)
    if (filters !== returnCodes) {
      throw new MalformedBytes(
        `SUBACK has ${returnCodes} return codes for ${filters} topic filters [MQTT-3.8.4-5]`,
      )
    }
  }

  answerUnsubscribe(identifier: number): void {
    this.#settle('up', 'UNSUBACK', identifier)
  }

  /** @param direction of the acknowledgement itself */
  acknowledge(
    name: 'PUBACK' | 'PUBREC' | 'PUBREL' | 'PUBCOMP',
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
    if (!resumed) this.#settle(publisher, name, identifier)
    if (name === 'PUBREC' && verdict === 'accepted') this.#expect(publisher, 'PUBREL', identifier)
    if (name === 'PUBREL') this.#expect(publisher, 'PUBCOMP', identifier)
  }

  #isDue(sender: Direction, name: Acknowledgement, identifier: number): boolean {
    return this.#due[sender].has(`${name} ${identifier}`)
  }

  #expect(sender: Direction, name: Acknowledgement, identifier: number): void {
    const key = `${name} ${identifier}`
    this.#due[sender].set(key, (this.#due[sender].get(key) ?? 0) + 1)
  }

  #settle(sender: Direction, name: Acknowledgement, identifier: number): void {
    const key = `${name} ${identifier}`
    const times = this.#due[sender].get(key)
    if (times === undefined) {
      throw new MalformedBytes(
        `${name} for Packet Identifier ${identifier}, which does not wait for one (MQTT 3.1.1 §2.3.1)`,
      )
    }
    if (times === 1) this.#due[sender].delete(key)
    else this.#due[sender].set(key, times - 1)
  }

  #refuseIdentifierInUse(sender: Direction, identifier: number): void {
    if (ACKNOWLEDGEMENTS.some((name) => this.#isDue(sender, name, identifier))) {
      throw new MalformedBytes(`Packet Identifier ${identifier} is still in use [MQTT-2.3.1-2]`)
    }
  }
}
