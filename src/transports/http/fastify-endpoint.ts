import { stopped, unlistenable } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, portOf } from '../sockets.ts'
import type { Endpoint, ServeContext } from '../transport.ts'

/** As large as MQTT's largest message, so that no payload fits one protocol and not the other. */
const MAX_BODY_BYTES = 268_435_456

/**
 * Fastify answering POST on the scenario's path with the scenario's response,
 * after the arrival was handed over. Any other path is a 404, and any other
 * method, so that a message sent astray is never an arrival.
 */
export async function serveFastify({
  scenario,
  host,
  onArrival,
  signal,
}: ServeContext): Promise<Endpoint> {
  if (signal.aborted) throw stopped(signal)
  const { fastify } = await import('fastify')
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    // Disposing closes every connection, kept alive or in the middle of a request.
    forceCloseConnections: true,
    http: { noDelay: true },
  })
  // The bytes are the message: nothing is parsed, whatever the media type says.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  const { status, headers, body } = scenario.http.response
  const { pathname, search } = new URL(`http://host${scenario.path}`)
  // A wildcard, since `:` and `*` in a scenario's path mean themselves.
  app.post('*', (request, reply) => {
    if (request.raw.url !== pathname + search) {
      reply.callNotFound()
      return
    }
    const answer = (): void => {
      reply.code(status).headers(headers)
      // An empty string would be answered with a Content-Type.
      if (body === '') reply.send()
      else reply.send(body)
    }
    const held = onArrival((request.body as Buffer | undefined) ?? Buffer.alloc(0))
    if (held === undefined) answer()
    else held.then(answer, (error) => reply.send(error))
  })
  try {
    await app.listen({ host, port: 0 })
  } catch (cause) {
    throw unlistenable(host, cause)
  }
  return {
    address: addressOf('http:', host, portOf(app.server), scenario.path),
    [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
      await app.close()
    }),
  }
}
