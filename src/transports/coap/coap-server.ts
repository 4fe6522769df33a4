import type { Socket } from 'node:dgram'
import { once } from 'node:events'
import type { IncomingMessage, ObserveWriteStream, OutgoingMessage } from 'coap'
import { stopped } from '../connection-errors.ts'
import { loadCoap } from './node-coap.ts'
import { bindUdpSocket } from './udp-sockets.ts'

/** A response: its code, such as `2.04`, and what it carries, in one block at most. */
export interface Answer {
  readonly code: string
  readonly payload?: Buffer
  /** Block2 of the payload. */
  readonly block?: Buffer
}

export interface RequestHandler {
  /** The response waits for the promise. */
  answer(request: IncomingMessage): Answer | Promise<Answer>
  /** GET with Observe 0, to be answered by the first write; 4.05 where it is left out. */
  observe?(request: IncomingMessage, notifications: ObserveWriteStream): void
}

export interface CoapServer {
  readonly port: number
  /**
   * Resolves with what the client says to a confirmable message: that it has it,
   * or, by a reset, that it does not want it. Stays open where it says nothing.
   */
  acknowledgement(client: string, messageId: number): Promise<'ACK' | 'RST'>
  close(): Promise<void>
}

/** Where a request comes from, as text. */
export const clientOf = ({ rsinfo }: IncomingMessage): string => `${rsinfo.address}:${rsinfo.port}`

/** The bytes of an option that node-coap leaves as they are: one of Block1, Block2. */
export const optionOf = (request: IncomingMessage, name: 'Block1' | 'Block2'): Buffer | undefined =>
  request._packet.options?.find((option) => option.name === name)?.value

/**
 * Of responses that node-coap keeps, to give them again to a request that comes
 * again: some thousand. Each has a timer, and by itself it keeps 32 MiB of them.
 */
const CACHE_BYTES = 64 * 1024

const ACKNOWLEDGEMENT = 2
const RESET = 3

/**
 * node-coap's server on a free port, answering pings (RFC 7252 §4.3) and
 * repetitions by itself. An answer that takes longer than 50 ms comes in a
 * message of its own, after an empty acknowledgement (§5.2.2).
 * @throws InstrumentError `connection`, or the reason of the signal
 */
export async function openCoapServer(
  host: string,
  signal: AbortSignal,
  handler: RequestHandler,
): Promise<CoapServer> {
  if (signal.aborted) throw stopped(signal)
  const { createServer, OutgoingMessage: Outgoing } = await loadCoap()
  const socket = await bindUdpSocket(host)
  const acknowledgements = watchAcknowledgements(socket)
  /** Responses to requests whose answer is still being made, by client and Message ID. */
  const open = new Map<string, OutgoingMessage>()
  let isClosed = false

  const respond = (request: IncomingMessage, response: OutgoingMessage, answer: Answer): void => {
    if (isClosed) return
    response.code = answer.code
    // RFC 7959 §2.3: which block the response acknowledges; here the last.
    const block1 = optionOf(request, 'Block1')
    if (block1 !== undefined) response.setOption('Block1', block1)
    if (answer.block !== undefined) response.setOption('Block2', answer.block)
    // Not its own `end`, which would cut the payload anew and read all of a body for each block.
    Outgoing.prototype.end.call(response, answer.payload)
  }

  const handle = (request: IncomingMessage, response: OutgoingMessage): void => {
    if (request.code === '0.00') {
      response.reset()
      return
    }
    if (request.headers.Observe === 0) {
      const notifications = response as unknown as ObserveWriteStream
      if (handler.observe !== undefined) handler.observe(request, notifications)
      else {
        notifications.statusCode = '4.05'
        notifications.end()
      }
      return
    }
    const key = `${clientOf(request)} ${request._packet.messageId}`
    if (open.has(key)) {
      // RFC 7252 §4.5: once is enough; the empty acknowledgement is under way.
      stopAcknowledging(response)
      return
    }
    const answer = handler.answer(request)
    if (!(answer instanceof Promise)) {
      respond(request, response, answer)
      return
    }
    open.set(key, response)
    const settle = (settled: Answer): void => {
      open.delete(key)
      respond(request, response, settled)
    }
    answer.then(settle, () => settle({ code: '5.00' }))
  }

  const server = createServer(
    { cacheSize: CACHE_BYTES },
    handle as Parameters<typeof createServer>[1],
  )
  server.listen(socket)
  return {
    port: socket.address().port,
    acknowledgement: acknowledgements.next,
    async close() {
      if (isClosed) return
      isClosed = true
      const closed = once(socket, 'close')
      // Its timers would send on a socket that is closed.
      for (const response of open.values()) stopAcknowledging(response)
      server.close()
      socket.close()
      await closed
    },
  }
}

/** The empty acknowledgement that node-coap sends 50 ms after a confirmable request. */
function stopAcknowledging(response: OutgoingMessage): void {
  if (response._ackTimer !== null) clearTimeout(response._ackTimer)
}

/** node-coap keeps to itself what a client says to a notification. */
function watchAcknowledgements(socket: Socket): { next: CoapServer['acknowledgement'] } {
  const waiting = new Map<string, (said: 'ACK' | 'RST') => void>()
  socket.on('message', (datagram, { address, port }) => {
    const [first = 0, code = 0, high = 0, low = 0] = datagram
    const type = (first >> 4) & 3
    if (code !== 0 || (type !== ACKNOWLEDGEMENT && type !== RESET)) return
    const key = `${address}:${port} ${high * 256 + low}`
    waiting.get(key)?.(type === ACKNOWLEDGEMENT ? 'ACK' : 'RST')
    waiting.delete(key)
  })
  return {
    next: (client, messageId) =>
      new Promise((resolve) => {
        waiting.set(`${client} ${messageId}`, resolve)
      }),
  }
}
