import type { Endpoint, ServeContext } from '../../transport.ts'
import { answerMessage, bodyOf, openFastify } from '../endpoint/fastify-app.ts'
import { requestTargetOf } from '../request/read-request.ts'
import { EventStreams } from './event-streams.ts'

/** Fastify that forwards each POST to the scenario's path to whoever has a stream of it open. */
export async function serveBroadcast(
  context: ServeContext,
  heartbeatMs: number,
): Promise<Endpoint> {
  const { scenario } = context
  const server = await openFastify(context)
  const streams = new EventStreams(scenario)
  const target = requestTargetOf(scenario.path)
  server.app.route({
    method: ['GET', 'POST'],
    url: '*',
    handler: (request, reply) => {
      if (request.raw.url !== target) {
        reply.callNotFound()
      } else if (request.method === 'GET') {
        streams.open(reply)
      } else {
        streams.send(bodyOf(request))
        answerMessage(reply, scenario)
      }
    },
  })
  const beating = setInterval(() => streams.beat(), heartbeatMs)
  return server.listen(() => clearInterval(beating))
}
