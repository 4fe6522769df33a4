import type { Security } from '../../tls/security.ts'
import type { Endpoint, ServeContext } from '../../transport.ts'
import { requestReader } from '../request/read-request.ts'
import { answerMessage, bodyOf, type HttpVersion, openFastify } from './fastify-app.ts'

/**
 * Fastify answering the scenario's requests with the scenario's response, after
 * the arrival was handed over. Anything else is a 404, so that a message sent
 * astray is never an arrival.
 */
export async function serveFastify(
  context: ServeContext,
  version: HttpVersion = 'http/1.1',
  security: Security = 'clear',
): Promise<Endpoint> {
  const { scenario, onArrival } = context
  const server = await openFastify(context, version, security)
  const read = requestReader(scenario)
  const { method } = scenario.http.request
  // A wildcard, since `:` and `*` in a scenario's path mean themselves.
  const route = { method, url: '*', exposeHeadRoute: false }
  server.app.route({
    ...route,
    handler: (request, reply) => {
      const payload = read({ method, target: request.raw.url ?? '', content: bodyOf(request) })
      if (payload === null) {
        reply.callNotFound()
        return
      }
      // HPACK codes it in a size that changes with the time, and again within the second in one byte.
      if (version === 'http/2') reply.raw.sendDate = false
      const held = onArrival(payload)
      if (held === undefined) answerMessage(reply, scenario)
      else
        held.then(
          () => answerMessage(reply, scenario),
          (error) => reply.send(error),
        )
    },
  })
  return server.listen()
}
