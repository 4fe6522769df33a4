import { EndpointHost } from './endpoint-host.ts'
import { answerRequests } from './worker-channel.ts'

/** The commands of an endpoint process: an `EndpointHost` behind a channel. */
function endpointCommands(host: EndpointHost) {
  return {
    serve: host.serve.bind(host),
    startBlock: host.startBlock.bind(host),
    slowDown: host.slowDown.bind(host),
    collect: host.collect.bind(host),
    stop: host.stop.bind(host),
  }
}

export type EndpointCommands = ReturnType<typeof endpointCommands>

answerRequests(endpointCommands(new EndpointHost()))
