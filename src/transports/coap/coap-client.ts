import type { Socket } from 'node:dgram'
import type { Agent, CoapRequestParams, IncomingMessage, OutgoingMessage } from 'coap'
import { InstrumentError, SaidError } from '../../model/errors.ts'
import { type Said, said } from '../../model/said/said.ts'
import { contentTypeOf } from '../../model/scenario/content-type.ts'
import type { Scenario } from '../../model/scenario/scenario.ts'
import { closed, lost, placeOf, targetOf, unreachable } from '../connection-errors.ts'
import { Lifeline } from '../connections/lifeline.ts'
import { Liveness } from './liveness.ts'
import { loadCoap } from './node-coap.ts'
import { BLOCK_BYTES, encodeBlock, encodeContentFormat } from './option-values.ts'
import { openUdpSocket } from './udp-sockets.ts'
import { type Resource, uriOptionsOf } from './uri-options.ts'

/** A message that node-coap has read, with its options as bytes. */
export type ReceivedMessage = Parameters<Agent['_handle']>[0]

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly resource: Resource
  readonly reliability: 'confirmable' | 'non-confirmable'
  readonly payload?: Uint8Array
  /** Besides those that name the resource and its block. */
  readonly options?: Readonly<Record<string, Buffer>>
  /** node-coap chooses 8 bytes, half of them random (RFC 7252 §5.3.1), where it is left out. */
  readonly token?: Buffer
  /** RFC 7641 §2: 0 registers, 1 deregisters. */
  readonly observe?: 0 | 1
}

const HEADER = { confirmable: 0x40, acknowledgement: 0x60, reset: 0x70, types: 0xf0 }

/**
 * node-coap's client on a connected socket. Message IDs have 2 bytes and tokens
 * 8, whatever their value. A confirmable message that is not acknowledged is sent
 * again after 10 to 15 s, which changes the bytes of a run and never its messages:
 * the other side knows it by its Message ID (RFC 7252 §4.5).
 */
export class CoapClient {
  readonly lifeline: Lifeline
  readonly #address: URL
  readonly #socket: Socket
  readonly #agent: Agent
  readonly #liveness: Liveness
  readonly #open = new Set<OutgoingMessage>()
  /** Who is told the confirmable messages of a token that is observed. */
  readonly #observers = new Map<string, (message: ReceivedMessage) => void>()
  readonly #pings = new Map<number, () => void>()
  readonly #isClosed: Promise<void>
  #isHeard = false

  private constructor(address: URL, socket: Socket, agent: Agent, signal: AbortSignal) {
    this.#address = address
    this.#socket = socket
    this.#agent = agent
    this.#isClosed = new Promise((resolve) => socket.once('close', () => resolve()))
    this.#liveness = new Liveness({
      isOwed: () => !this.lifeline.idle,
      ping: () => this.#send(HEADER.confirmable, this.#agent._nextMessageId()),
      giveUp: () => this.#break(new SaidError(said('unheardFor', { seconds: 15 }))),
    })
    this.lifeline = new Lifeline(signal, () => this.#sever())
    socket.on('message', (datagram) => this.#hear(datagram))
    socket.on('error', (error) => this.#break(error))
    // It tells the errors of the socket again.
    agent.on('error', () => {})
    const handle = agent._handle.bind(agent)
    agent._handle = (message, ...from) => {
      // RFC 7252 §4.2: an acknowledgement of nothing that is open is ignored. It
      // comes twice where a request was sent twice, and node-coap would take the
      // second for the answer to the next block.
      if (message.ack && !agent._msgIdToReq.has(message.messageId)) return
      const observer = this.#observers.get(message.token.toString('hex'))
      if (observer === undefined || message.ack || message.reset) {
        handle(message, ...from)
        return
      }
      if (message.confirmable) this.#send(HEADER.acknowledgement, message.messageId)
      observer(message)
    }
  }

  /** @throws InstrumentError `connection`, or the reason of the signal */
  static async open(address: URL, signal: AbortSignal): Promise<CoapClient> {
    const socket = await openUdpSocket(address, signal)
    const { Agent } = await loadCoap()
    const agent = new Agent({ socket: directed(socket) })
    const client = new CoapClient(address, socket, agent, signal)
    if (client.lifeline.reason !== null) throw client.lifeline.reason
    return client
  }

  /** Resolves with the response, whatever its code. */
  request({
    method,
    resource,
    reliability,
    payload,
    options,
    token,
    observe,
  }: Request): Promise<IncomingMessage> {
    const { host, port } = targetOf(this.#address)
    const isCut = payload !== undefined && payload.length > BLOCK_BYTES
    const parameters: CoapRequestParams = {
      hostname: host,
      port,
      method,
      confirmable: reliability === 'confirmable',
      options: {
        ...uriOptionsOf(resource),
        ...options,
        // From here on node-coap cuts the payload, and sends each block confirmable.
        ...(isCut && { Block1: encodeBlock(0, 'none') }),
      },
      ...(token !== undefined && { token }),
      ...(observe !== undefined && { observe }),
    }
    return this.lifeline.wait<IncomingMessage>((resolve) => {
      const request = this.#agent.request(parameters)
      this.#open.add(request)
      request.on('response', (response: IncomingMessage) => {
        this.#open.delete(request)
        resolve(response)
      })
      request.on('error', (error: Error) => this.#break(error))
      this.#liveness.touch()
      if (payload === undefined) request.end()
      else request.end(Buffer.from(payload.buffer, payload.byteOffset, payload.length))
    })
  }

  /**
   * POSTs the scenario's messages to a resource; each resolves when it was answered 2.04.
   * @throws InstrumentError `connection`
   */
  poster(
    resource: Resource,
    reliability: Request['reliability'],
    scenario: Scenario,
  ): (payload: Uint8Array) => Promise<void> {
    const contentFormat = encodeContentFormat(contentTypeOf(scenario))
    const options = contentFormat === null ? {} : { 'Content-Format': contentFormat }
    const request = { method: 'POST', resource, reliability, options } as const
    return async (payload) => {
      const { code } = await this.request({ ...request, payload })
      if (code !== '2.04') throw this.unexpected(`POST /${resource.path.join('/')}`, code)
    }
  }

  /** Acknowledges the confirmable messages of a token, and hands them over instead of to node-coap. */
  observe(token: Buffer, observer: (message: ReceivedMessage) => void): void {
    this.#observers.set(token.toString('hex'), observer)
  }

  stopObserving(token: Buffer): void {
    this.#observers.delete(token.toString('hex'))
  }

  /** RFC 7252 §4.3: an empty confirmable message, which is answered with a reset. */
  ping(): Promise<void> {
    return this.lifeline.wait((resolve) => {
      const messageId = this.#agent._nextMessageId()
      this.#pings.set(messageId, resolve)
      this.#liveness.touch()
      this.#send(HEADER.confirmable, messageId)
    })
  }

  unexpected(what: Said, code: string): InstrumentError {
    const place = placeOf(this.#address)
    return new InstrumentError('connection', said('coapAnswered', { what, place, code }))
  }

  /** Closes the socket: CoAP over UDP has no goodbye. */
  async close(): Promise<void> {
    this.lifeline.cut(closed(this.#address))
    await this.#isClosed
  }

  #sever(): void {
    this.#liveness.stop()
    for (const request of this.#open) {
      this.#agent.abort(request)
      // A datagram still under way may fail after the listeners are gone.
      request.sender.on('error', () => {})
    }
    this.#open.clear()
    this.#socket.close()
  }

  #hear(datagram: Uint8Array): void {
    this.#isHeard = true
    this.#liveness.touch()
    const [first = 0, code = 0, high = 0, low = 0] = datagram
    if ((first & HEADER.types) !== HEADER.reset || code !== 0) return
    const messageId = high * 256 + low
    this.#pings.get(messageId)?.()
    this.#pings.delete(messageId)
  }

  /** Who was never heard is not there; who was, is gone. */
  #break(cause: Error): void {
    const broken = this.#isHeard ? lost : unreachable
    this.lifeline.cut(broken(this.#address, cause))
  }

  /** An empty message (RFC 7252 §4.1). */
  #send(header: number, messageId: number): void {
    if (this.lifeline.reason !== null) return
    this.#socket.send(Uint8Array.of(header, 0, messageId >> 8, messageId & 0xff))
  }
}

/**
 * node-coap names the destination with each datagram, which a connected socket
 * does not take.
 */
function directed(socket: Socket): Socket {
  const send = socket.send.bind(socket) as (
    datagram: Uint8Array,
    offset: number,
    length: number,
    done?: (error: Error | null, bytes: number) => void,
  ) => void
  const directedSend = (
    datagram: Uint8Array,
    offset = 0,
    length = datagram.length,
    _port?: number,
    _host?: string,
    done?: (error: Error | null, bytes: number) => void,
  ): void => send(datagram, offset, length, done)
  socket.send = directedSend as Socket['send']
  return socket
}
