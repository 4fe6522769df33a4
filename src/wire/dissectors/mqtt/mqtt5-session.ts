import type { Direction } from '../../../model/vocabulary.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import type { PacketName5 } from './mqtt5-packets.ts'
import { MqttSession } from './mqtt311-session.ts'

/** What MQTT 5 adds: AUTH, a DISCONNECT from the server, topic aliases, reasons in UNSUBACK. */
export class Mqtt5Session {
  readonly exchanges = new MqttSession()
  #isConnected = false
  #serverHasLeft = false
  readonly #aliases: Record<Direction, Set<number>> = { up: new Set(), down: new Set() }
  readonly #unsubscribed = new Map<number, number>()

  /** @throws MalformedBytes where this packet may not come now */
  admit(name: PacketName5, direction: Direction): void {
    if (direction === 'down' && this.#serverHasLeft) {
      throw new MalformedBytes(`${name} comes after DISCONNECT [MQTT-3.14.4-1]`)
    }
    if (name === 'AUTH') {
      // Before CONNACK too (§4.12), but never before CONNECT.
      if (!this.#isConnected) throw new MalformedBytes('AUTH comes before a CONNECT (§4.12)')
      return
    }
    this.exchanges.admit(name, direction)
    if (name === 'CONNECT') this.#isConnected = true
  }

  leave(direction: Direction): void {
    if (direction === 'down') this.#serverHasLeft = true
    else this.exchanges.disconnect()
  }

  /** A PUBLISH with a topic name sets its alias; one without must find it set. */
  useAlias(sender: Direction, topic: string, alias: number | null): void {
    if (alias === 0) throw new MalformedBytes('the Topic Alias is 0 [MQTT-3.3.2-8]')
    if (topic !== '') {
      if (alias !== null) this.#aliases[sender].add(alias)
      return
    }
    if (alias === null) {
      throw new MalformedBytes('Topic Name is empty, and there is no Topic Alias (§3.3.2.1)')
    }
    if (!this.#aliases[sender].has(alias)) {
      throw new MalformedBytes(`Topic Alias ${alias} was never set (MQTT 5.0 §3.3.2.3.4)`)
    }
  }

  unsubscribe(identifier: number, filters: number): void {
    this.exchanges.unsubscribe(identifier)
    this.#unsubscribed.set(identifier, filters)
  }

  answerUnsubscribe(identifier: number, reasonCodes: number): void {
    this.exchanges.answerUnsubscribe(identifier)
    const filters = this.#unsubscribed.get(identifier)
    this.#unsubscribed.delete(identifier)
    if (filters !== reasonCodes) {
      throw new MalformedBytes(
        `UNSUBACK has ${reasonCodes} Reason Codes for ${filters} topic filters [MQTT-3.11.3-1]`,
      )
    }
  }
}
