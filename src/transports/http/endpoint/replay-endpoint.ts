import { STATUS_CODES } from 'node:http'
import { createServer, type Socket } from 'node:net'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { stopped } from '../../connection-errors.ts'
import { disposeOnAbort } from '../../once-disposed.ts'
import { addressOf, listen } from '../../sockets.ts'
import type { Endpoint, ServeContext } from '../../transport.ts'
import { ANSWER_SETS } from '../header-sets/answer-sets.ts'
import { buildHead, fillHead } from '../header-sets/header-set.ts'
import { type HttpMessage, MessageReader } from '../message-reader.ts'
import { requestReader } from '../request/read-request.ts'

/**
 * Answers each of the scenario's requests with the same bytes, composed once:
 * the scenario's answer under the head of its answer set. Anything else is
 * answered 404, so that a message sent astray is never an arrival.
 */
export async function serveReplay(context: ServeContext): Promise<Endpoint> {
  const { scenario, host, signal } = context
  if (signal.aborted) throw stopped(signal)
  const server = createServer({ noDelay: true }, (socket) => answerAll(socket, context))
  const listener = await listen(server, host)
  return {
    address: addressOf('http:', host, listener.port, scenario.path),
    [Symbol.asyncDispose]: disposeOnAbort(signal, () => listener.close()),
  }
}

/** The whole answer: head and content. */
export function answerOf({ http }: Scenario): Buffer {
  const { status, headers, body, answerSet = 'minimal', head } = http.response
  const { lines, reason } = ANSWER_SETS[answerSet]
  const content = Buffer.from(body)
  if (head !== undefined) {
    return Buffer.concat([fillHead(head, { length: String(content.length) }), content])
  }
  // RFC 9110 §8.6: a 204 has no Content-Length; RFC 9112 §6.3: without one, others end with the connection.
  const framing = status === 204 || status === 304 ? [] : [`Content-Length: ${content.length}`]
  const phrase = reason === 'phrase' ? (STATUS_CODES[status] ?? '') : ''
  const startLine = `HTTP/1.1 ${status} ${phrase}`
  return Buffer.concat([buildHead(startLine, [...lines, ...framing], {}, headers), content])
}

const NOT_FOUND = Buffer.from('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n')

function answerAll(socket: Socket, { scenario, onArrival }: ServeContext): void {
  const reader = new MessageReader()
  const read = requestReader(scenario)
  const answer = answerOf(scenario)
  const give = async ({ startLine, content, isLast }: HttpMessage): Promise<void> => {
    const [, method, target] = /^(\S+) (\S+) HTTP\/1\.1$/.exec(startLine) ?? []
    const payload =
      method === undefined || target === undefined ? null : read({ method, target, content })
    if (payload !== null) await onArrival(payload)
    if (!socket.writable) return
    socket.write(payload === null ? NOT_FOUND : answer)
    // RFC 9112 §9.6: whoever says close is answered, and then heard no more.
    if (isLast) socket.end()
  }
  /** Answers come in the order of the requests (RFC 9112 §9.3.2). */
  let answered: Promise<void> = Promise.resolve()
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    try {
      for (const request of reader.feed(chunk)) {
        answered = answered.then(() => give(request)).catch(() => void socket.destroy())
      }
    } catch {
      socket.destroy()
    }
  })
}
