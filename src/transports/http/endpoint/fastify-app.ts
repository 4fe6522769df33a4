import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { tlsProfileOf } from '../../../model/tls/profiles.ts'
import { stopped, unlistenable } from '../../connection-errors.ts'
import { disposeOnAbort } from '../../once-disposed.ts'
import { addressOf, keepConnections, portOf } from '../../sockets.ts'
import { createTlsIdentity, type TlsIdentity, trustOf } from '../../tls/certificate.ts'
import { endBeforeDestroy } from '../../tls/close-notify.ts'
import type { Security } from '../../tls/security.ts'
import { tlsServerOptions } from '../../tls/tls-server.ts'
import type { Endpoint, ServeContext } from '../../transport.ts'
import { LARGEST_WINDOW_BYTES } from '../flow-window.ts'

export type HttpVersion = 'http/1.1' | 'http/2'

/** As large as MQTT's largest message, so that no payload fits one protocol and not the other. */
const MAX_BODY_BYTES = 268_435_456

/** A Fastify that takes every body as bytes, before it listens. */
export interface HttpServer {
  readonly app: FastifyInstance
  /**
   * Binds a free port.
   * @param onClose called when the endpoint is disposed of, before connections are closed
   * @throws InstrumentError `connection`
   */
  listen(onClose?: () => void): Promise<Endpoint>
}

export async function openFastify(
  { scenario, host, signal }: ServeContext,
  version: HttpVersion = 'http/1.1',
  security: Security = 'clear',
): Promise<HttpServer> {
  if (signal.aborted) throw stopped(signal)
  const identity = security === 'tls' ? await createTlsIdentity(tlsProfileOf(scenario), host) : null
  const app = await createApp(version, identity)
  const dropConnections = keepConnections(app.server)
  if (identity !== null && version === 'http/1.1') {
    // Behind an answer with `Connection: close`, Node says goodbye and closes before it has heard the client's.
    app.server.on('secureConnection', (socket) => endBeforeDestroy(socket))
  }
  // The bytes are the message: nothing is parsed, whatever the media type says.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  return {
    app,
    async listen(onClose = () => {}) {
      try {
        await app.listen({ host, port: 0 })
      } catch (cause) {
        throw unlistenable(host, cause)
      }
      const scheme = identity === null ? 'http:' : 'https:'
      return {
        address: addressOf(scheme, host, portOf(app.server), scenario.path),
        ...trustOf(identity),
        [Symbol.asyncDispose]: disposeOnAbort(signal, async () => {
          onClose()
          const isClosed = app.close()
          // Kept alive or in the middle of a request: of HTTP/2, Fastify would wait for those.
          dropConnections()
          await isClosed
        }),
      }
    },
  }
}

/** No route has a schema, and Fastify would load a JSON Schema validator for it at every start. */
const NO_SCHEMAS = { buildValidator: noSchema, buildSerializer: noSchema }

function noSchema(): never {
  throw new Error('routes of an endpoint have no schemas')
}

async function createApp(
  version: HttpVersion,
  identity: TlsIdentity | null,
): Promise<FastifyInstance> {
  const { fastify } = await import('fastify')
  const options = {
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    schemaController: { compilersFactory: NO_SCHEMAS },
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

/** The body of a request whose bytes were taken as they are. */
export const bodyOf = ({ body }: { body: unknown }): Buffer =>
  (body as Buffer | undefined) ?? Buffer.alloc(0)

/** The scenario's own answer to a message. */
export function answerMessage(reply: FastifyReply, { http }: Scenario): void {
  const { status, headers, body } = http.response
  reply.code(status).headers(headers)
  // An empty string would be answered with a Content-Type.
  if (body === '') reply.send()
  else reply.send(body)
}
