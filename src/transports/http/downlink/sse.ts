import { requireScheme } from '../../connection-errors.ts'
import { type NoOptions, refuseOptions } from '../../no-options.ts'
import type { Transport } from '../../transport.ts'
import { FASTIFY, UNDICI } from '../libraries.ts'
import { serveBroadcast } from './broadcast-server.ts'
import { serveCommands } from './command-server.ts'
import { EventStreams } from './event-streams.ts'
import { readEvents } from './fetching.ts'
import { connectHttpApp } from './http-app.ts'
import { StreamingDesk } from './streaming-desk.ts'
import { connectWaitingDevice } from './waiting-device.ts'

/** HTML §9.2.7: a comment line every 15 seconds or so, or some proxies drop the connection. */
const HEARTBEAT_S = 15

/**
 * The device opens an event stream, and each command is an event on it. In a
 * `fanout` every subscriber has a stream of the scenario's own path.
 */
export const sse: Transport<NoOptions> = {
  id: 'sse',
  title: { en: 'HTTP/1.1 server-sent events', 'zh-TW': 'HTTP/1.1 伺服器推送事件（SSE）' },
  traits: {
    client: 'fetch',
    protocol: 'http/1.1',
    flows: ['roundtrip', 'fanout'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 155 },
  libraries: [UNDICI, FASTIFY],
  parseOptions: refuseOptions('sse'),
  waiting: () => ({ delivery: 'pushed', everyS: HEARTBEAT_S }),
  serve: (_options, context) =>
    context.scenario.flow === 'fanout'
      ? serveBroadcast(context, HEARTBEAT_S * 1_000)
      : serveCommands(
          context,
          () => new StreamingDesk(new EventStreams(context.scenario), HEARTBEAT_S * 1_000),
        ),

  async connect(address, _options, context) {
    requireScheme('sse', address, 'http:')
    return connectWaitingDevice(
      address,
      context,
      ({ connection, url, onOpen, onDelivery, onQuiet }) =>
        readEvents(connection, url, context.scenario, onOpen, (item) => {
          if (item.kind === 'payload') onDelivery(item.payload)
          else onQuiet()
        }),
    )
  },

  async connectApp(address, _options, context) {
    requireScheme('sse', address, 'http:')
    return connectHttpApp(address, context, 'ends waits')
  },
}
