import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { stopped, unlistenable } from '../connection-errors.ts'
import { disposeOnAbort } from '../once-disposed.ts'
import { addressOf, portOf } from '../sockets.ts'
import { createTlsIdentity, type TlsIdentity } from '../tls/certificate.ts'
import { endBeforeDestroy } from '../tls/close-notify.ts'
import type { Security } from '../tls/security.ts'
import { tlsServerOptions } from '../tls/tls-server.ts'
import type { Endpoint, ServeContext } from '../transport.ts'
import { LARGEST_WINDOW_BYTES } from './flow-window.ts'

/** As large as MQTT's largest message, so that no payload fits one protocol and not the other. */
const MAX_BODY_BYTES = 268_435_456

export type HttpVersion = 'http/1.1' | 'http/2'

/**
 * Fastify answering POST on the scenario's path with the scenario's response,
 * after the arrival was handed over. Any other path is a 404, and any other
 * method, so that a message sent astray is never an arrival.
 */
export async function serveFastify(
  { scenario, host, onArrival, signal }: ServeContext,
  version: HttpVersion = 'http/1.1',
  security: Security = 'clear',
): Promise<Endpoint> {
  if (signal.aborted) throw stopped(signal)
  const identity = security === 'tls' ? await createTlsIdentity() : null
  const app = await createApp(version, identity)
  const connections = new Set<Socket>()
  app.server.on('connection', (socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  if (identity !== null && version === 'http/1.1') {
    // Behind an answer with `Connection: close`, Node says goodbye and closes before it has heard the client's.
    app.server.on('secureConnection', (socket) => endBeforeDestroy(socket, isGoodbye))
  }
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
    // HPACK codes it in a size that changes with the time, and again within the second in one byte.
    if (version === 'http/2') reply.raw.sendDate = false
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
    address: addressOf(
      identity === null ? 'http:' : 'https:',
      host,
      portOf(app.server),
      scenario.path,
    ),
    ...(identity !== null && { certificate: identity.certificate }),
    [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
      const isClosed = app.close()
      // Kept alive or in the middle of a request: of HTTP/2, Fastify would wait for those.
      for (const socket of connections) socket.destroy()
      await isClosed
    }),
  }
}

const isGoodbye = (error: Error | undefined): boolean => error === undefined

async function createApp(
  version: HttpVersion,
  identity: TlsIdentity | null,
): Promise<FastifyInstance> {
  const { fastify } = await import('fastify')
  const options = {
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
  }
  // Its types tell servers apart; what is used of them here is the same.
  if (version === 'http/1.1') {
    return fastify({
      ...options,
      http: { noDelay: true },
      ...(identity !== null && { https: tlsServerOptions(identity, 'http/1.1') }),
    }) as FastifyInstance
  }
  const settings = { initialWindowSize: LARGEST_WINDOW_BYTES }
  const http2 = { ...options, http2: true as const, http: { noDelay: true, settings } }
  const app =
    identity === null
      ? fastify(http2)
      : fastify({ ...http2, https: { ...tlsServerOptions(identity, 'h2'), settings } })
  app.server.on('session', (session) => session.setLocalWindowSize(LARGEST_WINDOW_BYTES))
  return app as unknown as FastifyInstance
}
