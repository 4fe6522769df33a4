import { DIRECTIONS, type Direction } from '../../../model/vocabulary.ts'
import { MalformedBytes } from '../parsing/byte-parser.ts'
import { isEventName, type SocketIoPacket, type TextPacket } from './socketio-packets.ts'

/** What both directions of one connection must know of each other. */
export class SocketIoSession {
  #isOpen = false
  readonly #connected: Record<Direction, Set<string>> = { up: new Set(), down: new Set() }
  /** By the sender of the event: namespace and id of each acknowledgement that is asked for. */
  readonly #due: Record<Direction, Set<string>> = { up: new Set(), down: new Set() }

  /** @throws MalformedBytes where this packet may not come now */
  admit(direction: Direction, { label, sender, socketIo }: TextPacket): void {
    if (sender !== null && sender !== direction) {
      throw new MalformedBytes(
        `a ${direction === 'up' ? 'client' : 'server'} does not send ${label}`,
      )
    }
    if (this.#isOpen === (label === 'Engine.IO open')) {
      throw new MalformedBytes(
        this.#isOpen ? `a second ${label}` : `${label} comes before Engine.IO open`,
      )
    }
    this.#isOpen = true
    if (socketIo !== null) this.#admitSocketIo(direction, socketIo)
  }

  #admitSocketIo(direction: Direction, packet: SocketIoPacket): void {
    const { name, namespace, acknowledgementId } = packet
    if (name === 'CONNECT' || name === 'CONNECT_ERROR') {
      if (direction === 'down' && !this.#connected.up.has(namespace)) {
        throw new MalformedBytes(`${name} answers a CONNECT that nobody sent`)
      }
      this.#connected[direction].add(namespace)
      return
    }
    if (!this.#connected[direction].has(namespace)) {
      throw new MalformedBytes(`${name} comes before CONNECT`)
    }
    if (name === 'DISCONNECT') {
      for (const each of DIRECTIONS) this.#connected[each].delete(namespace)
      return
    }
    const key = `${namespace} ${acknowledgementId}`
    if (isEventName(name)) {
      if (acknowledgementId !== null) this.#due[direction].add(key)
    } else if (!this.#due[direction === 'up' ? 'down' : 'up'].delete(key)) {
      throw new MalformedBytes(`${name} acknowledges an event that does not wait for it`)
    }
  }
}
