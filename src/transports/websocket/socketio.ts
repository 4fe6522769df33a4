import { InstrumentError } from '../../model/errors.ts'
import type { Scenario } from '../../model/scenario.ts'
import { requireScheme } from '../connection-errors.ts'
import type { NoOptions } from '../no-options.ts'
import { refuseOptions } from '../no-options.ts'
import { nothingToDispose } from '../once-disposed.ts'
import type { App, Transport } from '../transport.ts'
import { SocketIoConnection } from './socketio-connection.ts'
import { serveSocketIo } from './socketio-endpoint.ts'

/** Names that Socket.IO keeps for itself (its documentation, "Emit cheatsheet"). */
const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
])

/** Names of events, each also that of the room that it is forwarded to. */
interface Events {
  /** What the device sends. */
  readonly sent: string
  /** What the device receives; null where it receives nothing. */
  readonly received: string | null
}

/** @throws InstrumentError `usage` where the topic cannot be an event */
function eventsOf({ flow, topic }: Scenario): Events {
  if (flow === 'roundtrip') return { sent: `${topic}/state`, received: `${topic}/set` }
  if (RESERVED_EVENTS.has(topic)) {
    throw new InstrumentError(
      'usage',
      `topic: ${topic} is an event that Socket.IO keeps for itself; choose another for socketio`,
    )
  }
  return { sent: topic, received: flow === 'fanout' ? topic : null }
}

/**
 * Socket.IO with an event a message: the payload is its binary argument, and an
 * acknowledgement without arguments, which the server's application gives, is
 * the answer.
 *
 * A client cannot provoke the ping, which is the server's and comes each 25
 * seconds, so there is no keep-alive to be measured.
 */
export const socketio: Transport<NoOptions> = {
  id: 'socketio',
  title: 'Socket.IO, an acknowledged event a reading',
  traits: {
    client: 'socket.io-client',
    protocol: 'socket.io',
    flows: ['uplink', 'roundtrip', 'fanout'],
    completion: 'answered',
    secure: false,
  },
  parseOptions: refuseOptions('socketio'),
  serve: (_options, context) => serveSocketIo(context),

  async connect(address, _options, { scenario, signal }) {
    requireScheme('socketio', address, 'http:')
    const { sent, received } = eventsOf(scenario)
    const connection = await SocketIoConnection.open(address, received, signal)
    return {
      openProducer: async () => ({
        kind: 'paced',
        send: (payload) => connection.emit(sent, payload),
        [Symbol.asyncDispose]: nothingToDispose,
      }),
      async openConsumer(onDelivery) {
        const stop = received === null ? () => {} : connection.listen(received, onDelivery)
        return {
          async [Symbol.asyncDispose]() {
            stop()
          },
        }
      },
      [Symbol.asyncDispose]: connection[Symbol.asyncDispose],
    }
  },

  async connectApp(address, _options, { scenario, signal }) {
    requireScheme('socketio', address, 'http:')
    const events = eventsOf(scenario)
    const connection = await SocketIoConnection.open(address, events.sent, signal)
    const app: App = {
      command: (payload) => connection.emit(events.received ?? events.sent, payload),
      onState: () => {},
      [Symbol.asyncDispose]: connection[Symbol.asyncDispose],
    }
    connection.listen(events.sent, (payload) => app.onState(payload))
    return app
  },
}
