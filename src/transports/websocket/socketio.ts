import { InstrumentError } from '../../model/errors.ts'
import { said } from '../../model/said/said.ts'
import { appChannels, deviceChannels } from '../channels.ts'
import { requireScheme } from '../connection-errors.ts'
import { type NoOptions, refuseOptions } from '../no-options.ts'
import { nothingToDispose } from '../once-disposed.ts'
import type { App, Transport } from '../transport.ts'
import { WS } from './libraries.ts'
import { openSocketIo } from './socketio-connection.ts'
import { PING_NOW, serveSocketIo } from './socketio-endpoint.ts'

/** `pingInterval` of Socket.IO by default; the handshake says it to the client. */
const PING_INTERVAL_S = 25

/** Names that Socket.IO keeps for itself (its documentation, "Emit cheatsheet"). */
const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
])

/**
 * Socket.IO with an event a message: the payload is its binary argument, and an
 * acknowledgement without arguments, which the server's application gives, is
 * the answer. The event has the name of the topic, and so has the room that it
 * is forwarded to.
 */
export const socketio: Transport<NoOptions> = {
  id: 'socketio',
  title: {
    en: 'Socket.IO, an acknowledged event a reading',
    'zh-TW': 'Socket.IO，每筆讀數一個有確認的事件',
  },
  traits: {
    client: 'socket.io-client',
    protocol: 'socket.io',
    flows: ['uplink', 'roundtrip', 'fanout'],
    completion: 'answered',
    secure: false,
  },
  listing: { order: 315 },
  // They bring their own Engine.IO and their own copy of ws.
  libraries: [{ name: 'socket.io', moves: 'down' }, { name: 'socket.io-client', moves: 'up' }, WS],
  parseOptions: refuseOptions('socketio'),
  waiting: () => ({ delivery: 'pushed', everyS: PING_INTERVAL_S }),
  serve: (_options, context) => serveSocketIo(context),

  async connect(address, _options, context) {
    const { scenario } = context
    requireScheme('socketio', address, 'http:')
    const { sends, receives } = deviceChannels(scenario)
    requireEvent(sends.topic)
    const room = scenario.flow === 'uplink' ? null : receives.topic
    const connection = await openSocketIo(address, room, context)
    return {
      openProducer: async () => ({
        kind: 'paced',
        send: (payload) => connection.emit(sends.topic, payload),
        [Symbol.asyncDispose]: nothingToDispose,
      }),
      openConsumer: (onDelivery) => connection.listen(receives.topic, onDelivery),
      // The ping is the server's: only an app can have it come at once.
      ...(scenario.flow === 'roundtrip' && { keepAlive: () => connection.pinged() }),
      [Symbol.asyncDispose]: connection[Symbol.asyncDispose],
    }
  },

  async connectApp(address, _options, context) {
    const { scenario } = context
    requireScheme('socketio', address, 'http:')
    const { sends, receives } = appChannels(scenario)
    const connection = await openSocketIo(address, receives.topic, context)
    const app: App = {
      command: (payload) => connection.emit(sends.topic, payload),
      onState: () => {},
      endWait: () => connection.emit(PING_NOW),
      [Symbol.asyncDispose]: connection[Symbol.asyncDispose],
    }
    await connection.listen(receives.topic, (payload) => app.onState(payload))
    return app
  },
}

/** @throws InstrumentError `usage` where the topic cannot be an event */
function requireEvent(topic: string): void {
  if (!RESERVED_EVENTS.has(topic)) return
  throw new InstrumentError('usage', said('reservedEvent', { topic }))
}
