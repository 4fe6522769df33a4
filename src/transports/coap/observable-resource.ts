import type { IncomingMessage, ObserveWriteStream } from 'coap'
import { type Answer, type CoapServer, clientOf, optionOf } from './coap-server.ts'
import { BLOCK_BYTES, blockNumberOf, encodeBlock } from './option-values.ts'

const CONTENT = '2.05'
const EMPTY = Buffer.alloc(0)

/**
 * A resource that is posted to and observed (RFC 7641): what comes is passed on
 * to every observer and not kept, so it is empty to whoever registers, and
 * registering again costs no more than it must.
 */
export class ObservableResource {
  readonly #server: CoapServer
  readonly #observers = new Map<string, Observer>()

  constructor(server: CoapServer) {
    this.#server = server
  }

  answer(request: IncomingMessage): Answer {
    const { method, payload, headers } = request
    if (method === 'POST') {
      for (const observer of this.#observers.values()) observer.notify(payload)
      return { code: '2.04' }
    }
    if (method !== 'GET') return { code: '4.05' }
    if (headers.Observe === 1) {
      this.#observers.delete(keyOf(request))
      return { code: CONTENT }
    }
    const block = optionOf(request, 'Block2')
    if (block === undefined) return { code: CONTENT }
    const client = clientOf(request)
    for (const observer of this.#observers.values()) {
      if (observer.client !== client) continue
      const part = observer.giveBlock(blockNumberOf(block))
      if (part !== null) return { code: CONTENT, ...part }
    }
    // RFC 7959 §2.4: nothing of it is left to ask for.
    return { code: '4.00' }
  }

  observe(request: IncomingMessage, notifications: ObserveWriteStream): void {
    const key = keyOf(request)
    const known = this.#observers.get(key)
    if (known !== undefined) {
      known.renew(notifications)
      return
    }
    const observer = new Observer(clientOf(request), this.#server, notifications, () => {
      this.#observers.delete(key)
    })
    this.#observers.set(key, observer)
  }
}

/** RFC 7641 §4.1: an observer is a client and its token. */
const keyOf = (request: IncomingMessage): string =>
  `${clientOf(request)} ${Buffer.from(request._packet.token ?? EMPTY).toString('hex')}`

/**
 * One entry of the list of observers. Observe promises the latest state only:
 * a newer one may take the place of one that is not yet delivered (RFC 7641
 * §1.3, §4.5.2). Commands are not to be skipped, so the next notification waits
 * here until the last is acknowledged, which NSTART asks for as well (RFC 7252
 * §4.7). Then each is delivered, in order; with one command in flight nothing
 * ever waits.
 */
class Observer {
  readonly client: string
  readonly #server: CoapServer
  readonly #onReset: () => void
  #notifications: ObserveWriteStream
  #last: Promise<void> = Promise.resolve()
  /** What is sent in blocks, until the last of them was asked for. */
  #body: { readonly bytes: Buffer; readonly onTaken: () => void } | null = null

  constructor(
    client: string,
    server: CoapServer,
    notifications: ObserveWriteStream,
    onReset: () => void,
  ) {
    this.client = client
    this.#server = server
    this.#onReset = onReset
    this.#notifications = notifications
    this.#write(EMPTY)
  }

  /** The client registers again: the numbers of its notifications go on (RFC 7641 §4.4). */
  renew(notifications: ObserveWriteStream): void {
    notifications._counter = this.#notifications._counter
    this.#notifications = notifications
    this.#write(EMPTY)
  }

  notify(state: Buffer): void {
    this.#last = this.#last.then(() => this.#deliver(state))
  }

  /**
   * A block of the body whose first one was sent with the notification; null
   * where there is none. The client asks for one after the other.
   */
  giveBlock(number: number): Pick<Answer, 'payload' | 'block'> | null {
    const { bytes, onTaken } = this.#body ?? {}
    const from = number * BLOCK_BYTES
    if (bytes === undefined || from >= bytes.length) return null
    const until = from + BLOCK_BYTES
    const isLast = until >= bytes.length
    if (isLast) {
      this.#body = null
      onTaken?.()
    }
    const block = encodeBlock(number, isLast ? 'none' : 'more')
    return { payload: bytes.subarray(from, until), block }
  }

  async #deliver(state: Buffer): Promise<void> {
    const isCut = state.length > BLOCK_BYTES
    const isTaken = isCut
      ? new Promise<void>((resolve) => {
          this.#body = { bytes: state, onTaken: resolve }
        })
      : null
    const messageId = this.#write(state.subarray(0, BLOCK_BYTES), isCut)
    const said = await this.#server.acknowledgement(this.client, messageId)
    // RFC 7641 §3.6: a reset says that it is not interested any more.
    if (said === 'RST') this.#onReset()
    else await isTaken
  }

  /** @returns the Message ID under which it was sent */
  #write(state: Buffer, isCut = false): number {
    const notifications = this.#notifications
    // What the one before had: node-coap keeps them.
    notifications._packet.options = []
    notifications.statusCode = CONTENT
    if (isCut) notifications.setOption('Block2', encodeBlock(0, 'more'))
    let messageId = -1
    const send = notifications._send
    notifications._send = (stream, packet) => {
      send(stream, packet)
      messageId = packet.messageId ?? -1
    }
    notifications.write(state)
    notifications._send = send
    return messageId
  }
}
