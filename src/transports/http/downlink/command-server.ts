import type { FastifyReply, FastifyRequest } from 'fastify'
import { contentTypeOf } from '../../../model/scenario/content-type.ts'
import type { Scenario } from '../../../model/scenario/scenario.ts'
import { deviceChannels } from '../../channels.ts'
import type { Endpoint, ServeContext } from '../../transport.ts'
import { answerMessage, bodyOf, openFastify } from '../endpoint/fastify-app.ts'
import { requestTargetOf } from '../request/read-request.ts'
import type { Answer, CommandDesk } from './command-desk.ts'
import { EventStreams } from './event-streams.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => void

/** RFC 9110 §15.6.4. */
const SERVICE_UNAVAILABLE = 503

/**
 * Fastify between an app and a device.
 *
 * | who | request | what it does |
 * |---|---|---|
 * | app | POST `<path>/set` | hands in a command: 204, or 503 where no device can get it |
 * | device | GET `<path>/set` | asks for commands, in the way of the desk |
 * | device | POST `<path>/state` | reports its state: the scenario's own answer |
 * | app | GET `<path>/state` | states as server-sent events |
 * | app | DELETE `<path>/set` | ends the wait at the desk now, for measuring it |
 */
export async function serveCommands(
  context: ServeContext,
  openDesk: (answer: Answer) => CommandDesk,
): Promise<Endpoint> {
  const { scenario } = context
  const { receives, sends } = deviceChannels(scenario)
  const server = await openFastify(context)
  const desk = openDesk(answerWith(scenario))
  const states = new EventStreams(scenario)
  const set = requestTargetOf(receives.path)
  const state = requestTargetOf(sends.path)
  const handlers: Readonly<Record<string, Handler>> = {
    [`POST ${set}`]: (request, reply) => {
      reply.code(desk.accept(bodyOf(request)) ? 204 : SERVICE_UNAVAILABLE).send()
    },
    [`GET ${set}`]: (_request, reply) => desk.ask(reply),
    [`DELETE ${set}`]: (_request, reply) => {
      desk.endWait().then(
        () => reply.code(204).send(),
        (error) => reply.send(error),
      )
    },
    [`POST ${state}`]: (request, reply) => {
      states.send(bodyOf(request))
      answerMessage(reply, scenario)
    },
    [`GET ${state}`]: (_request, reply) => states.open(reply),
  }
  // A wildcard, since `:` and `*` in a scenario's path mean themselves.
  server.app.route({
    method: ['GET', 'POST', 'DELETE'],
    url: '*',
    handler: (request, reply) => {
      const handle = handlers[`${request.method} ${request.raw.url}`]
      if (handle === undefined) reply.callNotFound()
      else handle(request, reply)
    },
  })
  return server.listen(() => desk.close())
}

function answerWith(scenario: Scenario): Answer {
  const { headers } = scenario.http.response
  const contentType = contentTypeOf(scenario)
  return (reply, command) => {
    reply.headers(headers)
    if (command === null) reply.code(204).send()
    else reply.code(200).header('content-type', contentType).send(command)
  }
}
