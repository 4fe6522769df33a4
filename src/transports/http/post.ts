import { nothingToDispose } from '../once-disposed.ts'
import type { ConnectContext, PacedProducer } from '../transport.ts'
import { requireAnswer } from './answer.ts'
import type { FetchConnection } from './fetch-connection.ts'
import { type HttpRequest, RequestWriter } from './request/write-request.ts'

/** A request a message; answered when all of the scenario's answer is here. */
export function postingProducer(
  connection: FetchConnection,
  url: URL,
  context: ConnectContext,
): PacedProducer {
  const writer = new RequestWriter(url, context.scenario)
  return {
    kind: 'paced',
    async send(payload) {
      const request = writer.write(payload)
      const status = await ask(connection, writer.urlOf(request), request, statusOf)
      requireAnswer(url, status, context)
    },
    settled: () => connection.settled(),
    [Symbol.asyncDispose]: nothingToDispose,
  }
}

export const statusOf = ({ status }: Response): number => status

/**
 * Sends a request with `fetch`.
 * @param url where to, with the request's path and query
 * @param read is asked once all of the answer is here
 * @throws InstrumentError `connection` where none came
 */
export function ask<T>(
  connection: FetchConnection,
  url: URL,
  { method, headers, content }: HttpRequest,
  read: (response: Response) => T,
): Promise<T> {
  const init: RequestInit = {
    method,
    headers: { ...headers },
    ...(content !== null && { body: content as NonNullable<RequestInit['body']> }),
  }
  return connection.use((socket) =>
    socket.request(url, init, async (response) => {
      await response.arrayBuffer()
      return read(response)
    }),
  )
}
