import type { Direction } from '../../../model/vocabulary.ts'
import type { PacketName5 } from './mqtt5-packets.ts'
import { MqttSession, type SessionContext } from './mqtt311-session.ts'

/** What MQTT 5 adds: AUTH, a DISCONNECT from the server, topic aliases, reasons in UNSUBACK. */
export class Mqtt5Session {
  readonly exchanges: MqttSession
  readonly #rules: SessionContext['rules']
  #isPartial: boolean
  #isConnected = false
  #serverHasLeft = false
  readonly #aliases: Record<Direction, Set<number>> = { up: new Set(), down: new Set() }
  readonly #unsubscribed = new Map<number, number>()

  constructor(context: SessionContext) {
    this.exchanges = new MqttSession({ protocolName: 'MQTT', level: 5 }, context)
    this.#rules = context.rules
    this.#isPartial = context.start === 'joined'
  }

  lose(sender: Direction): void {
    this.#isPartial = true
    // One of them may have set an alias anew.
    this.#aliases[sender].clear()
    this.exchanges.lose()
  }

  unanswered(sender: Direction): number {
    return this.exchanges.unanswered(sender)
  }

  /** @throws MalformedBytes where this packet may not come now, and the rules are strict */
  admit(name: PacketName5, direction: Direction): void {
    if (direction === 'down' && this.#serverHasLeft) {
      const what = 'comes after DISCONNECT [MQTT-3.14.4-1]'
      this.#rules.down.breach(`${name} ${what}`, `a packet ${what}`)
    }
    if (name === 'AUTH') {
      // Before CONNACK too (§4.12), but never before CONNECT.
      if (!this.#isConnected && !this.#isPartial) {
        this.#rules[direction].breach('AUTH comes before a CONNECT (MQTT 5.0 §4.12)')
      }
      return
    }
    this.exchanges.admit(name, direction)
    if (name === 'CONNECT') this.#isConnected = true
  }

  leave(direction: Direction): void {
    if (direction === 'down') this.#serverHasLeft = true
    else this.exchanges.disconnect()
  }

  /**
   * A PUBLISH with a topic name sets its alias; one without must find it set.
   * @returns whether its topic is known
   */
  useAlias(sender: Direction, topic: string, alias: number | null): boolean {
    const rules = this.#rules[sender]
    if (alias === 0) rules.breach('the Topic Alias is 0 [MQTT-3.3.2-8]')
    if (topic !== '') {
      if (alias !== null) this.#aliases[sender].add(alias)
      return true
    }
    if (alias === null) {
      rules.breach('Topic Name is empty, and there is no Topic Alias (MQTT 5.0 §3.3.2.1)')
      return false
    }
    if (this.#aliases[sender].has(alias)) return true
    if (!this.#isPartial) {
      rules.breach(
        `Topic Alias ${alias} was never set (MQTT 5.0 §3.3.2.3.4)`,
        'a Topic Alias was never set (MQTT 5.0 §3.3.2.3.4)',
      )
    }
    return false
  }

  unsubscribe(identifier: number, filters: number): void {
    this.exchanges.unsubscribe(identifier)
    this.#unsubscribed.set(identifier, filters)
  }

  answerUnsubscribe(identifier: number, reasonCodes: number): void {
    this.exchanges.answerUnsubscribe(identifier)
    const filters = this.#unsubscribed.get(identifier)
    this.#unsubscribed.delete(identifier)
    if (filters === reasonCodes || (filters === undefined && this.#isPartial)) return
    this.#rules.down.breach(
      `UNSUBACK has ${reasonCodes} Reason Codes for ${filters} topic filters [MQTT-3.11.3-1]`,
      'UNSUBACK has not as many Reason Codes as there were topic filters [MQTT-3.11.3-1]',
    )
  }
}
