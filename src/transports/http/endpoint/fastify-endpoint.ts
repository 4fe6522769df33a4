import type { Security } from '../../tls/security.ts'
import type { Endpoint, ServeContext } from '../../transport.ts'
import {
  answerMessage,
  bodyOf,
  type HttpVersion,
  openFastify,
  requestTargetOf,
} from './fastify-app.ts'

/**
 * Fastify answering POST on the scenario's path with the scenario's response,
 * after the arrival was handed over. Any other path is a 404, and any other
 * method, so that a message sent astray is never an arrival.
 */
export async function serveFastify(
  context: ServeContext,
  version: HttpVersion = 'http/1.1',
  security: Security = 'clear',
): Promise<Endpoint> {
  const { scenario, onArrival } = context
  const server = await openFastify(context, version, security)
  const target = requestTargetOf(scenario.path)
  // A wildcard, since `:` and `*` in a scenario's path mean themselves.
  server.app.post('*', (request, reply) => {
    if (request.raw.url !== target) {
      reply.callNotFound()
      return
    }
    // HPACK codes it in a size that changes with the time, and again within the second in one byte.
    if (version === 'http/2') reply.raw.sendDate = false
    const held = onArrival(bodyOf(request))
    if (held === undefined) answerMessage(reply, scenario)
    else
      held.then(
        () => answerMessage(reply, scenario),
        (error) => reply.send(error),
      )
  })
  return server.listen()
}
