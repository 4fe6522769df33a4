import { answerRequests } from '../system/worker-channel.ts'
import { EndpointHost } from './host.ts'

/** The commands of an endpoint process: an `EndpointHost` behind a channel. */
function endpointCommands(host: EndpointHost) {
  return {
    serve: host.serve.bind(host),
    startBlock: host.startBlock.bind(host),
    slowDown: host.slowDown.bind(host),
    startCounting: host.startCounting.bind(host),
    collectCount: host.collectCount.bind(host),
    usage: host.usage,
    collect: host.collect.bind(host),
    stop: host.stop.bind(host),
  }
}

export type EndpointCommands = ReturnType<typeof endpointCommands>

answerRequests(endpointCommands(new EndpointHost()))
