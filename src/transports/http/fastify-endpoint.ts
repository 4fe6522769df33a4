import type { Endpoint, ServeContext } from '../transport.ts'
import {
  answerMessage,
  bodyOf,
  listenFastify,
  openFastify,
  requestTargetOf,
} from './fastify-app.ts'

/**
 * Fastify answering POST on the scenario's path with the scenario's response,
 * after the arrival was handed over. Any other path is a 404, and any other
 * method, so that a message sent astray is never an arrival.
 */
export async function serveFastify(context: ServeContext): Promise<Endpoint> {
  const { scenario, onArrival } = context
  const app = await openFastify(context)
  const target = requestTargetOf(scenario.path)
  // A wildcard, since `:` and `*` in a scenario's path mean themselves.
  app.post('*', (request, reply) => {
    if (request.raw.url !== target) {
      reply.callNotFound()
      return
    }
    const held = onArrival(bodyOf(request))
    if (held === undefined) answerMessage(reply, scenario)
    else
      held.then(
        () => answerMessage(reply, scenario),
        (error) => reply.send(error),
      )
  })
  return listenFastify(app, context)
}
