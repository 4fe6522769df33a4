import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Scenario } from '../../model/scenario.ts'
import { stopped, unlistenable } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, portOf } from '../sockets.ts'
import type { Endpoint, ServeContext } from '../transport.ts'

/** As large as MQTT's largest message, so that no payload fits one protocol and not the other. */
const MAX_BODY_BYTES = 268_435_456

/** A Fastify that takes every body as bytes. */
export async function openFastify({ signal }: ServeContext): Promise<FastifyInstance> {
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
  return app
}

/** The body of a request whose bytes were taken as they are. */
export const bodyOf = ({ body }: { body: unknown }): Buffer =>
  (body as Buffer | undefined) ?? Buffer.alloc(0)

/** As the server sees it in a request line. */
export function requestTargetOf(path: string): string {
  const { pathname, search } = new URL(`http://host${path}`)
  return pathname + search
}

/** The scenario's own answer to a message. */
export function answerMessage(reply: FastifyReply, { http }: Scenario): void {
  const { status, headers, body } = http.response
  reply.code(status).headers(headers)
  // An empty string would be answered with a Content-Type.
  if (body === '') reply.send()
  else reply.send(body)
}

/**
 * Binds a free port.
 * @param onClose called when the endpoint is disposed of, before connections are closed
 * @throws InstrumentError `connection`
 */
export async function listenFastify(
  app: FastifyInstance,
  { scenario, host, signal }: ServeContext,
  onClose: () => void = () => {},
): Promise<Endpoint> {
  try {
    await app.listen({ host, port: 0 })
  } catch (cause) {
    throw unlistenable(host, cause)
  }
  return {
    address: addressOf('http:', host, portOf(app.server), scenario.path),
    [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
      onClose()
      await app.close()
    }),
  }
}
