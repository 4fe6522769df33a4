import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import type { Rules } from '../parsing/rules.ts'
import { isEventName, type SocketIoPacket, type TextPacket } from './socketio-packets.ts'

/** Namespaces, or events that wait for their acknowledgement, of one side. */
const MAX_KEPT = 16_384

/** What both directions of one connection must know of each other. */
export class SocketIoSession {
  readonly #rules: Readonly<Record<Direction, Rules>>
  /** Packets are not known that it should know: what follows from them is no breach. */
  #isPartial: boolean
  #isOpen = false
  readonly #connected: Record<Direction, Set<string>> = { up: new Set(), down: new Set() }
  /** By the sender of the event: namespace and id of each acknowledgement that is asked for. */
  readonly #due: Record<Direction, Set<string>> = { up: new Set(), down: new Set() }

  constructor(rules: Readonly<Record<Direction, Rules>>, start: 'fresh' | 'joined') {
    this.#rules = rules
    this.#isPartial = start === 'joined'
  }

  /** Packets that crossed were not read. */
  lose(): void {
    this.#isPartial = true
  }

  /** @throws MalformedBytes where this packet may not come now, and the rules are strict */
  admit(direction: Direction, { label, sender, isProbe, socketIo }: TextPacket): void {
    const rules = this.#rules[direction]
    if (isProbe && !this.#isOpen && !this.#isPartial) {
      rules.breach('the session began over polling, and is moved here (Engine.IO protocol 4)')
      this.#isPartial = true
    }
    if (sender !== null && sender !== direction && !isProbe) {
      rules.breach(`a ${direction === 'up' ? 'client' : 'server'} does not send ${label}`)
    }
    if (this.#isOpen && label === 'Engine.IO open' && !this.#isPartial)
      rules.breach(`a second ${label}`)
    if (!this.#isOpen && label !== 'Engine.IO open' && !this.#isPartial) {
      rules.breach(`${label} comes before Engine.IO open`)
      this.#isPartial = true
    }
    this.#isOpen = true
    if (socketIo !== null) this.#admitSocketIo(direction, socketIo)
  }

  #admitSocketIo(direction: Direction, packet: SocketIoPacket): void {
    const { name, namespace, acknowledgementId } = packet
    const rules = this.#rules[direction]
    if (name === 'CONNECT' || name === 'CONNECT_ERROR') {
      if (direction === 'down' && !this.#connected.up.has(namespace) && !this.#isPartial) {
        rules.breach(`${name} answers a CONNECT that nobody sent`)
      }
      this.#keep(this.#connected[direction], namespace, direction)
      return
    }
    if (!this.#connected[direction].has(namespace) && !this.#isPartial) {
      rules.breach(`${name} comes before CONNECT`)
    }
    if (name === 'DISCONNECT') {
      for (const each of DIRECTIONS) this.#connected[each].delete(namespace)
      return
    }
    const key = `${namespace} ${acknowledgementId}`
    if (isEventName(name)) {
      if (acknowledgementId !== null) this.#keep(this.#due[direction], key, direction)
    } else if (!this.#due[direction === 'up' ? 'down' : 'up'].delete(key) && !this.#isPartial) {
      rules.breach(`${name} acknowledges an event that does not wait for it`)
    }
  }

  /** Of more than anybody has under way, what comes first is forgotten, and no breach follows from it. */
  #keep(set: Set<string>, key: string, direction: Direction): void {
    if (set.size >= MAX_KEPT) {
      this.#rules[direction].breach(`more than ${MAX_KEPT} events or namespaces wait for an answer`)
      set.clear()
      this.#isPartial = true
    }
    set.add(key)
  }
}
